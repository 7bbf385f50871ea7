import { HttpError, type User } from '../kit/index.ts';
import type { Account, AccountStore } from './account-store.ts';
import { isStillGood, type Session, type Sessions } from './sessions.ts';

/** Finds the account and the session of whoever asks. @throws HttpError 401 `session-ended` if either is gone */
export type Guard = (user: User) => Promise<{ readonly account: Account; readonly session: Session }>;

/** An access token outlives its session by some minutes. What is in here may not be done with such a one. */
export function createGuard({ accounts, sessions }: { accounts: AccountStore; sessions: Sessions }): Guard {
  return async (user) => {
    const session = await sessions.find(user.session);
    if (!session || session.account !== user.id) throw sessionEnded();
    const account = await accounts.byId(user.id);
    if (!isStillGood(session, account)) throw sessionEnded();
    return { account, session };
  };
}

/** The answer to all that comes from a session that is over, whyever it is. */
export function sessionEnded(): HttpError {
  return new HttpError(401, 'session-ended', 'The session has ended; log in again');
}
