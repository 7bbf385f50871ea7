import { randomUUID } from 'node:crypto';
import { type Handlers, HttpError } from '../kit/index.ts';
import type { Account } from './account-store.ts';
import type contract from './contract.ts';
import { type SessionHandlersProps, startSession } from './session-handlers.ts';

/** @see createAccountHandlers */
export type AccountHandlersProps = Omit<SessionHandlersProps, 'metrics'>;

type AccountHandlers = Pick<
  Handlers<typeof contract>,
  'register' | 'account' | 'changePassword' | 'deleteAccount' | 'deletedAccounts'
>;

/** What makes, changes and deletes accounts. */
export function createAccountHandlers(props: AccountHandlersProps): AccountHandlers {
  const { log, accounts, sessions, passwords, tokens, limits, guard } = props;

  /** Asks for the password once more: an access token alone, which may have been copied, must not be enough. */
  const askAgain = async (account: Account, password: string) => {
    await limits.password.take(account.id);
    const { matches } = await passwords.check(password, account.passwordHash);
    if (!matches) throw new HttpError(403, 'wrong-password', 'The password is not the one of this account');
    await limits.password.reset(account.id);
  };
  /** They are over anyway, by what the database says: with the store away they are only still in its list. */
  const endSessions = async (account: string, except?: string) => {
    try {
      await sessions.endAll(account, except);
    } catch (err) {
      log.warn({ err, account }, 'sessions not removed; they end at their next refresh');
    }
  };

  /** Else whoever is told to try again would find the address taken. */
  const takeBack = async (account: string) => {
    try {
      await accounts.takeBack(account);
    } catch (err) {
      log.warn({ err, account }, 'an account stays whose owner was told that there is none; they can log in');
    }
  };

  return {
    register: async (request) => {
      const { email, password } = request.body;
      await limits.takeAddress(request.ip);
      // Before the account is there, so that in a known outage none has to be taken back.
      await tokens.check();
      const passwordHash = await passwords.hash(password);
      const account = await accounts.add({ id: randomUUID(), email, passwordHash });
      if (!account) throw new HttpError(409, 'email-taken', 'There is an account with this e-mail address already');
      return startSession({ sessions, tokens }, account, request).catch(async (error) => {
        await takeBack(account.id);
        throw error;
      });
    },

    account: async ({ user }) => {
      const { id, email, createdAt } = (await guard(user)).account;
      return { id, email, createdAt: createdAt.toISOString() };
    },

    changePassword: async ({ user, body: { current, next } }) => {
      const { account, session } = await guard(user);
      await askAgain(account, current);
      const changed = await accounts.changePassword(account, await passwords.hash(next), session.id);
      if (!changed) {
        throw new HttpError(409, 'account-changed', 'The account was changed or deleted meanwhile; look again');
      }
      await endSessions(account.id, session.id);
    },

    deleteAccount: async ({ user, body: { password } }) => {
      const { account } = await guard(user);
      await askAgain(account, password);
      // Of two at once the second finds what it wanted.
      await accounts.delete(account.id);
      await endSessions(account.id);
    },

    deletedAccounts: async ({ query: { after, limit } }) => ({ items: await accounts.deletedAfter(after, limit) }),
  };
}
