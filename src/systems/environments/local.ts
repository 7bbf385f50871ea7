import {
  defineEnvironment,
  ingress,
  keepBackups,
  nginx,
  nodePort,
  runObjectStore,
  runPostgres,
  runRedis,
  steps,
} from '../../model/index.ts';

/** Without a Prometheus nobody can tell the demand, and here is no room for more pods by way of precaution. */
const small = { scaling: steps({ fallback: 2 }) };

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
  gateways: {
    // Everybody here has one address, and so has a load test.
    insta: nginx({ rate: { perSecond: 10_000, burst: 10_000 }, requestsAtOnce: 10_000, routeRates: false }),
  },
  // Such a cluster has few processors, and each system needs room for the pods of a rollout besides.
  stores: {
    database: runPostgres({ resources: { cpu: '50m' } }),
    keyValue: runRedis({ resources: { cpu: '50m' } }),
    objects: runObjectStore({ storage: '2Gi', resources: { cpu: '25m' } }),
  },
  // It does nothing nearly all day.
  backups: keepBackups({ to: runObjectStore({ resources: { cpu: '10m', memory: '128Mi' } }) }),
  monitoring: {
    release: 'monitoring',
    prometheus: { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' } },
  },
  overrides: { insta: { auth: small, users: small, posts: small, media: small, web: small } },
});
