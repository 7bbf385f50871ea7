import { callTo, defineService, steps } from '../../model/index.ts';
import auth from '../auth/contract.ts';
import contract from './contract.ts';
import metrics from './metrics.ts';

export default defineService({
  contract,
  owner: 'web-team',
  description: 'The page of insta in a browser, and its session.',
  // To check a password may have to wait for its turn, and is never asked for twice.
  calls: [callTo(auth, { timeout: '15s' })],
  metrics,
  scaling: steps(),
  slo: { availability: 0.999, latency: { quantile: 0.95, below: '300ms' } },
});
