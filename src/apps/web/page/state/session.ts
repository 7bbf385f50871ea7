import { isProblem } from '../format/message-of.ts';
import type { Clients } from './clients.ts';
import { createStore } from './store.ts';
import type { Profile } from './types.ts';

/** Who uses the page: `unknown` until the server said so, `guest` not logged in, `newcomer` without a profile. */
export type SessionState =
  | { readonly status: 'unknown' }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'guest' }
  | { readonly status: 'newcomer' }
  | { readonly status: 'member'; readonly me: Profile };

export interface ProfileText {
  readonly handle: string;
  readonly name: string;
  readonly bio: string;
  readonly avatar: string | null;
}

export type Session = ReturnType<typeof createSession>;

export interface Forget {
  /** All that was shown to the one who was logged in before. */
  readonly shown: () => void;
  /** All that they were writing, too. */
  readonly written: () => void;
}

export function createSession(api: Clients, forget: Forget) {
  const state = createStore<SessionState>({ status: 'unknown' });
  /** Whose account it is that something may be written in; it outlives the session, in case the same person goes on. */
  let writer: string | undefined;
  /** Of those who look at the same time who it is, the last one is right. */
  let looks = 0;

  /** What is left once somebody else ended the session, or it became too old. What was being written is kept for whoever wrote it. */
  const end = () => {
    looks += 1;
    forget.shown();
    state.set({ status: 'guest' });
  };

  const leave = () => {
    writer = undefined;
    forget.written();
    end();
  };

  const setWriter = (account: string) => {
    if (writer !== undefined && writer !== account) forget.written();
    writer = account;
  };

  const setMe = (me: Profile) => {
    setWriter(me.id);
    state.set({ status: 'member', me });
  };

  /** Finds out who it is. */
  const start = async (): Promise<void> => {
    looks += 1;
    const look = looks;
    try {
      const me = await api.users.me();
      if (look === looks) setMe(me);
    } catch (error) {
      if (look !== looks) return;
      if (isProblem(error) && error.status === 401) end();
      else if (isProblem(error) && error.code === 'profile-missing') state.set({ status: 'newcomer' });
      else state.set({ status: 'failed', error });
    }
  };

  return {
    state,
    start,
    end,

    /** Goes on as whoever another tab logged in. @param account undefined where it logged out */
    async changed(account: string | undefined): Promise<void> {
      if (account === undefined) {
        leave();
        return;
      }
      setWriter(account);
      forget.shown();
      state.set({ status: 'unknown' });
      await start();
    },

    /** Goes on where the session had ended and another tab logged in again. */
    async renewed(): Promise<void> {
      if (state.get().status === 'guest') await start();
    },

    me(): Profile | undefined {
      const now = state.get();
      return now.status === 'member' ? now.me : undefined;
    },

    /** @throws what the API throws */
    async logIn(email: string, password: string): Promise<void> {
      const { accountId } = await api.web.logIn({ body: { email, password } });
      setWriter(accountId);
      forget.shown();
      await start();
    },

    /** @throws what the API throws */
    async signUp(email: string, password: string): Promise<void> {
      const { accountId } = await api.web.signUp({ body: { email, password } });
      setWriter(accountId);
      forget.shown();
      state.set({ status: 'newcomer' });
    },

    /** Makes or changes the profile. @throws what the API throws */
    async saveProfile(profile: ProfileText): Promise<void> {
      setMe(await api.users.saveMe({ body: profile }));
    },

    /** @throws what the API throws */
    async logOut(): Promise<void> {
      await api.web.logOut();
      leave();
    },

    /** @throws what the API throws */
    async deleteAccount(password: string): Promise<void> {
      await api.auth.deleteAccount({ body: { password } });
      // The session is gone already: this only clears the cookies.
      await api.web.logOut().catch(() => undefined);
      leave();
    },
  };
}
