import { callTo, defineService, integer, postgres, steps, time } from '../../model/index.ts';
import auth from '../auth/contract.ts';
import media from '../media/contract.ts';
import contract from './contract.ts';
import metrics from './metrics.ts';

export default defineService({
  contract,
  owner: 'people-team',
  description: 'Profiles, and who follows or blocks whom.',
  calls: [auth, callTo(media, { waits: true })],
  uses: { database: postgres() },
  env: {
    DELETIONS_EVERY: time({ description: 'How often it asks which accounts were deleted.', default: '5s' }),
    MOST_FOLLOWED: integer({ description: 'How many people one may follow.', default: 5_000, min: 1, max: 20_000 }),
  },
  metrics,
  scaling: steps(),
  // While media starts whoever asks for a picture waits.
  lifecycle: { request: '1m', drain: '1m' },
  slo: { availability: 0.999, latency: { quantile: 0.95, below: '300ms' } },
});
