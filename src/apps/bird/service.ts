import { callTo, cpu, defineService, time } from '../../model/index.ts';
import birdImage from '../bird-image/contract.ts';
import contract from './contract.ts';
import metrics from './metrics.ts';

export default defineService({
  contract,
  owner: 'bird-team',
  description: 'Shows a random bird from a public bird API, with a picture from bird-image.',
  calls: [callTo(birdImage, { timeout: '5s', retries: 1 })],
  outside: { birds: { url: 'https://freetestapi.com/api/v1', timeout: '3s', retries: 1 } },
  env: {
    BIRD_CACHE_TTL: time({ description: 'How long the list of birds is remembered.', default: '10m' }),
    FAILURE_TTL: time({
      description:
        'How long a failure of the bird API or of bird-image is remembered, so that an outage costs no request its time-out; a picture is no longer remembered either.',
      default: '5s',
    }),
  },
  metrics,
  scaling: cpu({ min: 2, max: 10, cpu: 50, memory: 75 }),
  // Pods follow the CPU, which says nothing of how many requests are unusual.
  alerts: { highTraffic: 300 },
  // Most birds are remembered; the rest wait for others.
  slo: { availability: 0.999, latency: { quantile: 0.95, below: '500ms' } },
});
