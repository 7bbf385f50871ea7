import { defineService, integer, postgres, redis, secret, steps, time } from '../../model/index.ts';
import contract from './contract.ts';
import metrics from './metrics.ts';

export default defineService({
  contract,
  owner: 'accounts-team',
  description: 'Accounts, sessions and the tokens that say who somebody is.',
  uses: { database: postgres(), keyValue: redis() },
  env: {
    ACCESS_TOKEN_TTL: time({
      description: 'How long an access token is good. It cannot be taken back before.',
      default: '5m',
    }),
    SESSION_TTL: time({ description: 'How long a session lasts from its last refresh.', default: '21d' }),
    REFRESH_GRACE: time({
      description:
        'How long after a refresh the token that it used gives the same next one again, for an answer that got lost and for several tabs of a browser. Later it counts as stolen.',
      default: '30s',
    }),
    KEY_ROTATION: time({ description: 'How long a key signs before the next one does.', default: '1d' }),
    KEY_LEAD: time({
      description:
        'How long a key is public before it signs. Other services keep the keys they know for 5 minutes, so it is well above that.',
      default: '10m',
    }),
    SIGNING_KEY_SECRET: secret({
      description: 'Encrypts the private signing keys in the database.',
      secret: 'auth',
      key: 'signing-key-secret',
      generated: true,
    }),
    PREVIOUS_SIGNING_KEY_SECRET: secret({
      description:
        'The secret before this one, while keys that it encrypted still sign: for KEY_ROTATION and KEY_LEAD after the change.',
      secret: 'auth',
      key: 'previous-signing-key-secret',
      optional: true,
    }),
    LOGIN_LIMIT: integer({ description: 'Log-ins per minute that may be tried on one account.', default: 10, min: 1 }),
    ADDRESS_LIMIT: integer({
      description: 'Log-ins and registrations per minute that may be tried from one address.',
      default: 100,
      min: 1,
    }),
  },
  metrics,
  scaling: steps(),
  // Argon2id takes 19 MiB for each password that is checked, and a core while it lasts.
  resources: { cpu: '100m', memory: '192Mi', memoryLimit: '384Mi' },
  // A password that is checked takes a core for a while, and may wait for its turn.
  slo: { availability: 0.999, latency: { quantile: 0.95, below: '500ms' } },
});
