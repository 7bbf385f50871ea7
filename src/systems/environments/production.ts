import { cpu, defineEnvironment, gateway } from '../../model/index.ts';

/** Where people use it: several zones, behind a Gateway whose listeners hold the certificates. */
export default defineEnvironment({
  name: 'production',
  domain: 'example.com',
  images: { repository: 'registry.example.com/trellis', tag: '0.1.0', pullPolicy: 'Always' },
  exposure: [
    gateway({
      name: 'public',
      namespace: 'gateway',
      listener: 'https',
      controllers: [{ namespace: 'gateway' }],
    }),
  ],
  monitoring: {
    release: 'monitoring',
    prometheus: { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' } },
  },
  overrides: {
    bird: { bird: { scaling: cpu({ min: 3, max: 20, cpu: 50, memory: 75 }) } },
  },
});
