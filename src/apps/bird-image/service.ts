import { cpu, defineService, secret, time } from '../../model/index.ts';
import contract from './contract.ts';
import metrics from './metrics.ts';

export default defineService({
  contract,
  owner: 'bird-team',
  description: 'Finds a picture for a bird in a public photo API.',
  outside: { photos: { url: 'https://api.unsplash.com', timeout: '2s', retries: 1 } },
  env: {
    PHOTOS_ACCESS_KEY: secret({
      description: 'The access key of the photo API. Without it every answer is the "missing bird" picture.',
      secret: 'bird-photos',
      key: 'access-key',
      optional: true,
    }),
    IMAGE_CACHE_TTL: time({
      description: 'How long a found picture is remembered: the photo API allows few requests an hour.',
      default: '1h',
    }),
    FAILURE_TTL: time({
      description: 'How long a failed search is remembered, so that an outage costs no request its time-out.',
      default: '5s',
    }),
  },
  metrics,
  scaling: cpu({ min: 2, max: 10, cpu: 50, memory: 75 }),
  // Pods follow the CPU, which says nothing of how many requests are unusual.
  alerts: { highTraffic: 300 },
  // A picture that is not remembered has to be asked for.
  slo: { availability: 0.999, latency: { quantile: 0.95, below: '1s' } },
});
