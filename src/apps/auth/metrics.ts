import { counter } from '../../model/index.ts';

export default {
  failedLogins: counter({
    name: 'auth_failed_logins_total',
    help: 'Log-ins that failed, by reason. The answer is the same for an account that is not there and a wrong password.',
    labels: { reason: ['unknown-account', 'wrong-password', 'too-many'] },
  }),
  reusedRefreshTokens: counter({
    name: 'auth_reused_refresh_tokens_total',
    help: 'Refresh tokens that came a second time: each ended its session.',
  }),
};
