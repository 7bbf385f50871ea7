import { callTo, defineService, postgres, steps, time } from '../../model/index.ts';
import auth from '../auth/contract.ts';
import media from '../media/contract.ts';
import users from '../users/contract.ts';
import contract from './contract.ts';
import metrics from './metrics.ts';

export default defineService({
  contract,
  owner: 'feed-team',
  description: 'Posts with pictures, likes, comments, and the feed of those one follows.',
  calls: [auth, callTo(users, { timeout: '1s' }), callTo(media, { waits: true })],
  uses: { database: postgres({ connections: 8 }) },
  env: {
    DELETIONS_EVERY: time({ description: 'How often it asks which accounts were deleted.', default: '5s' }),
    RELATIONS_TTL: time({
      description: 'How long it remembers whom somebody follows and blocks: how late a feed may notice a change.',
      default: '2s',
    }),
  },
  metrics,
  scaling: steps(),
  // While media starts whoever asks for a picture waits.
  lifecycle: { request: '1m', drain: '1m' },
  slo: { availability: 0.999, latency: { quantile: 0.95, below: '300ms' } },
});
