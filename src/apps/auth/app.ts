import { toMilliseconds } from '../../model/index.ts';
import { defineApp } from '../kit/index.ts';
import { AccessTokens } from './access-tokens.ts';
import { createAccountHandlers } from './account-handlers.ts';
import { AccountStore } from './account-store.ts';
import { tokenAudience, tokenIssuer } from './contract.ts';
import { createGuard } from './guard.ts';
import { KeyEncryption } from './key-encryption.ts';
import { createLimits } from './limits.ts';
import { migrations } from './migrations.ts';
import { Passwords } from './passwords.ts';
import service from './service.ts';
import { createSessionHandlers } from './session-handlers.ts';
import { Sessions } from './sessions.ts';
import { SigningKeyStore } from './signing-key-store.ts';
import { SigningKeys } from './signing-keys.ts';

/** How often a replica reads the signing keys at most, in milliseconds. */
const keyInterval = 30_000;
/** How much of a request's time a password may wait for its turn: the rest is for the database, the sessions and the password itself. */
const waitingShare = 0.8;

export default defineApp(
  service,
  async (kit) => {
    const { config, log, metrics, keyValue } = kit;
    const lifetimeOf = (name: 'ACCESS_TOKEN_TTL' | 'SESSION_TTL' | 'KEY_ROTATION' | 'KEY_LEAD') => {
      const lifetime = toMilliseconds(config[name]);
      if (lifetime > 0) return lifetime;
      throw new Error(
        `${name} is ${config[name]}; allowed: more than 0s; fix: set how long, such as ${service.env[name].default}`,
      );
    };
    const { SIGNING_KEY_SECRET: secret, PREVIOUS_SIGNING_KEY_SECRET: before } = config;
    const lifetime = lifetimeOf('ACCESS_TOKEN_TTL');
    const lead = lifetimeOf('KEY_LEAD');
    lifetimeOf('SESSION_TTL');

    const keys = new SigningKeys({
      store: new SigningKeyStore(kit.database),
      encryption: new KeyEncryption(secret, ...(before === undefined ? [] : [before])),
      rotation: lifetimeOf('KEY_ROTATION'),
      lead,
      tokenLifetime: lifetime,
      log,
    });
    kit.ready.add('signing-keys', () => keys.check());
    // Several times within the lead, so that each replica knows a key well before its turn.
    kit.every('signing-keys', `${Math.min(keyInterval, Math.ceil(lead / 10))}ms`, () => keys.read());
    kit.authenticate({
      issuer: tokenIssuer,
      audience: tokenAudience,
      keys: async () => ({ keys: await keys.published() }),
    });

    const accounts = new AccountStore(kit.database);
    const sessions = new Sessions({ keyValue, ttl: config.SESSION_TTL, grace: config.REFRESH_GRACE });
    const parts = {
      log,
      metrics,
      accounts,
      sessions,
      passwords: new Passwords({ longestWait: toMilliseconds(service.lifecycle.request) * waitingShare }),
      tokens: new AccessTokens({ keys, lifetime }),
      limits: createLimits({ keyValue, perAddress: config.ADDRESS_LIMIT, perAccount: config.LOGIN_LIMIT }),
      guard: createGuard({ accounts, sessions }),
    };
    return {
      ...createAccountHandlers(parts),
      ...createSessionHandlers(parts),
      publicKeys: async () => ({ keys: await keys.published() }),
    };
  },
  { migrations },
);
