import {
  alertmanagerConfig,
  defineEnvironment,
  ingress,
  keepBackups,
  nginx,
  runObjectStore,
  runPostgres,
  runRedis,
  steps,
} from '../../model/index.ts';

/** Where a version is tried before it goes out: the shape of production behind an Ingress. */
export default defineEnvironment({
  name: 'staging',
  domain: 'staging.example.com',
  images: { repository: 'registry.example.com/trellis', tag: '0.1.0', pullPolicy: 'Always' },
  exposure: [
    ingress({
      className: 'traefik',
      controllers: [{ namespace: 'traefik', labels: { 'app.kubernetes.io/name': 'traefik' } }],
      clusterIssuer: 'letsencrypt-staging',
    }),
  ],
  gateways: { insta: nginx() },
  stores: {
    database: runPostgres({ storage: '5Gi' }),
    keyValue: runRedis(),
    objects: runObjectStore({ storage: '20Gi' }),
  },
  backups: keepBackups({ to: runObjectStore({ storage: '10Gi' }) }),
  monitoring: {
    release: 'monitoring',
    prometheus: { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' } },
  },
  tracing: {
    endpoint: 'http://otel-collector.monitoring.svc:4318',
    // Few people try it out, and each wants to see what happened.
    sampled: 1,
    collector: { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'opentelemetry-collector' } },
  },
  logging: {},
  // `npm run secrets` says which Secrets this needs. Until they are there nobody is told, and the operator logs why.
  alerting: alertmanagerConfig({
    receivers: { team: { slack: { url: { secret: 'alerting', key: 'slack-url' }, channel: '#staging' } } },
    // Nobody gets up for what is tried out.
    quietHours: { from: '18:00', to: '07:00', weekends: true },
  }),
  overrides: {
    bird: { bird: { env: { LOG_LEVEL: 'debug' } }, 'bird-image': { env: { LOG_LEVEL: 'debug' } } },
    // Nobody looks at pictures here for hours.
    insta: { media: { scaling: steps({ idle: { after: '10m' } }) } },
  },
});
