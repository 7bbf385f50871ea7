import {
  alertmanagerSecret,
  cloudNativePg,
  cpu,
  defineEnvironment,
  gateway,
  outsideBuckets,
  outsideStore,
} from '../../model/index.ts';

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
  stores: {
    // In the cluster, on three nodes, with copies outside of it. A database that somebody else runs is the other choice: `outsideStore({ networks, port })`.
    database: cloudNativePg({
      storage: '20Gi',
      backups: {
        to: 'https://objects.example.com/trellis-databases?region=eu-central-1',
        at: { networks: ['10.20.0.0/16'], port: 443 },
      },
      api: { networks: ['10.10.0.0/28'], port: 6443 },
    }),
    // Each service's Secret says where its Redis is; this is the network that it is in.
    keyValue: outsideStore({ networks: ['10.20.0.0/16'], port: 6379 }),
    objects: outsideBuckets({
      at: { networks: ['10.20.0.0/16'], port: 443 },
      buckets: { insta: { media: 'https://objects.example.com/insta-media?region=eu-central-1' } },
    }),
  },
  monitoring: {
    release: 'monitoring',
    prometheus: { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' } },
  },
  tracing: {
    endpoint: 'http://otel-collector.monitoring.svc:4318',
    collector: { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'opentelemetry-collector' } },
  },
  requestLogs: 0.1,
  logging: { keptFor: '30d', storage: '100Gi' },
  // All that the cluster's Alertmanager is told, so alerts about the cluster itself too: docs/guide/alert-routing.md.
  alerting: alertmanagerSecret({
    receivers: {
      'on-call': {
        email: {
          to: ['on-call@example.com'],
          from: 'alerts@example.com',
          smarthost: 'smtp.example.com:587',
          username: 'alerts@example.com',
          password: { secret: 'alerting', key: 'smtp-password' },
        },
        slack: { url: { secret: 'alerting', key: 'slack-url' }, channel: '#alerts' },
      },
      channel: { slack: { url: { secret: 'alerting', key: 'slack-url' }, channel: '#alerts' } },
    },
    warning: 'channel',
    quietHours: { from: '20:00', to: '07:00', weekends: true, timeZone: 'Europe/Berlin' },
  }),
  overrides: {
    bird: { bird: { scaling: cpu({ min: 3, max: 20, cpu: 50, memory: 75 }) } },
  },
});
