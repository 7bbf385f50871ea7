import type { FastifyRequest } from 'fastify';
import { type Handlers, HttpError, type Kit } from '../kit/index.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Account, AccountStore } from './account-store.ts';
import type contract from './contract.ts';
import { type Guard, sessionEnded } from './guard.ts';
import { isTooMany, type Limits } from './limits.ts';
import type { Passwords } from './passwords.ts';
import type service from './service.ts';
import { isStillGood, type Session, type Sessions } from './sessions.ts';

/** @see createSessionHandlers */
export interface SessionHandlersProps extends Pick<Kit<typeof service>, 'log' | 'metrics'> {
  readonly accounts: AccountStore;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly tokens: AccessTokens;
  readonly limits: Limits;
  readonly guard: Guard;
}

type SessionHandlers = Pick<
  Handlers<typeof contract>,
  'logIn' | 'refresh' | 'sessions' | 'logOut' | 'logOutEverywhere'
>;

/** What begins, goes on with and ends sessions. */
export function createSessionHandlers(props: SessionHandlersProps): SessionHandlers {
  const { log, metrics, accounts, sessions, passwords, tokens, limits, guard } = props;

  const takeLogIn = async (ip: string, email: string) => {
    try {
      // The address first: one that is past its limit must not use up the limits of accounts.
      await limits.takeAddress(ip);
      await limits.logIn.take(email);
    } catch (error) {
      if (isTooMany(error)) metrics.failedLogins.inc({ reason: 'too-many' });
      throw error;
    }
  };
  /** With the cost of today. A log-in does not fail for it: the next one tries again. */
  const rehash = async (account: Account, password: string) => {
    try {
      await accounts.replaceHash(account, await passwords.hash(password));
    } catch (err) {
      log.warn({ err, account: account.id }, 'password not hashed anew');
    }
  };
  /** A refresh token that was used already: somebody copied it, and nobody can tell who of the two is the thief. */
  const endReused = async ({ id, account }: Session) => {
    // Of several that come at once, one ends the session and is counted.
    if ((await sessions.end(account, id)) > 0) {
      metrics.reusedRefreshTokens.inc();
      log.warn({ account }, 'refresh token reused; its session is ended');
    }
    return sessionEnded();
  };

  return {
    logIn: async (request) => {
      const { email, password } = request.body;
      await takeLogIn(request.ip, email);
      const account = await accounts.byEmail(email);
      const { matches, isOutdated } = await passwords.check(password, account?.passwordHash);
      if (!account || !matches) {
        metrics.failedLogins.inc({ reason: account ? 'wrong-password' : 'unknown-account' });
        throw new HttpError(401, 'wrong-credentials', 'There is no account with this e-mail address and password');
      }
      if (isOutdated) await rehash(account, password);
      await limits.logIn.reset(email);
      return startSession({ sessions, tokens }, account, request);
    },

    refresh: async ({ body: { refreshToken } }) => {
      const session = await sessions.findByToken(refreshToken);
      if (!session) throw sessionEnded();
      const standing = sessions.standingOf(session, refreshToken);
      // The id of a session is no secret: whoever knows it must not be able to end it.
      if (standing === 'unknown') throw sessionEnded();
      if (standing === 'reused') throw await endReused(session);
      if (!isStillGood(session, await accounts.byId(session.account))) {
        await sessions.end(session.account, session.id);
        throw sessionEnded();
      }
      // Before the refresh token changes: a failure here must not cost it.
      const access = await tokens.sign(session.account, session.id);
      const next = await sessions.next(session, refreshToken);
      if (next === undefined) throw sessionEnded();
      return {
        accountId: session.account,
        sessionId: session.id,
        ...access,
        refreshToken: next,
        refreshExpiresIn: sessions.lifetime,
      };
    },

    sessions: async ({ user }) => {
      const { account } = await guard(user);
      const living = (await sessions.of(account.id)).filter((session) => isStillGood(session, account));
      return {
        items: living.map(({ id, createdAt, refreshedAt, userAgent }) => {
          return { id, createdAt, refreshedAt, userAgent, current: id === user.session };
        }),
      };
    },

    // Without the guard: to end what has ended is no mistake.
    logOut: async ({ user }) => {
      await sessions.end(user.id, user.session);
    },

    logOutEverywhere: async ({ user, query: { except } }) => {
      const { account, session } = await guard(user);
      await sessions.endAll(account.id, except && session.id);
    },
  };
}

/** Logs somebody in. */
export async function startSession(
  { sessions, tokens }: { readonly sessions: Sessions; readonly tokens: AccessTokens },
  account: Pick<Account, 'id' | 'passwordVersion'>,
  request: FastifyRequest,
) {
  const sessionId = sessions.newId();
  // First: without it nobody could use the session.
  const access = await tokens.sign(account.id, sessionId);
  const refreshToken = await sessions.start(sessionId, account, request.headers['user-agent']);
  return { accountId: account.id, sessionId, ...access, refreshToken, refreshExpiresIn: sessions.lifetime };
}
