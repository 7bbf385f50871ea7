import { defineEnvironment, ingress, nodePort, runObjectStore, runPostgres, runRedis } from '../../model/index.ts';

/** A cluster on the developer's own machine, such as kind, minikube or k3d, with images that were built there. */
export default defineEnvironment({
  name: 'local',
  domain: 'test',
  // `localhost` is no registry that a cluster could pull from: an image that was not loaded fails loudly instead of coming from a stranger.
  images: { repository: 'localhost/trellis', tag: 'local' },
  exposure: [
    ingress({
      // The cluster's default class, so whichever controller is there: Traefik, ingress-nginx (minikube), or Traefik as k3s ships it.
      controllers: [
        { namespace: 'traefik' },
        { namespace: 'ingress-nginx' },
        { namespace: 'kube-system', labels: { 'app.kubernetes.io/name': 'traefik' } },
      ],
    }),
    nodePort(),
  ],
  stores: { database: runPostgres(), keyValue: runRedis(), objects: runObjectStore({ storage: '2Gi' }) },
  monitoring: {
    release: 'monitoring',
    prometheus: { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' } },
  },
});
