import { messageOf } from '../format/message-of.ts';
import { attempt } from './attempt.ts';
import type { Clients } from './clients.ts';
import { createKnown } from './known.ts';
import { PagedList } from './paged-list.ts';
import type { Posts } from './posts.ts';
import type { Toasts } from './toasts.ts';
import { createToggles } from './toggles.ts';
import type { Person, Profile } from './types.ts';

export type People = ReturnType<typeof createPeople>;

/** Profiles by their handles, whom one follows and whom one blocks. */
export function createPeople(api: Clients, toasts: Toasts, posts: Posts) {
  const known = createKnown<Profile>(({ handle }) => handle);
  const toggles = createToggles();
  const listOf = (read: ReadPeople) => new PagedList<Person>({ idOf: ({ id }) => id, read });
  const blocks = listOf((cursor) => api.users.blocks({ query: { cursor } }));

  const follow = async (handle: string, on: boolean): Promise<void> => {
    await toggles.set(`follow ${handle}`, on, {
      show: (next) => known.change(handle, (person) => withFollow(person, next)),
      send: (next) => (next ? api.users.follow({ params: { handle } }) : api.users.unfollow({ params: { handle } })),
      settled: (person) => {
        known.put(person);
        posts.forgetLists();
      },
      failed: (error, wanted) =>
        toasts.say(`You ${wanted ? 'do not follow' : 'still follow'} @${handle}. ${messageOf(error)}`, {
          tone: 'trouble',
          action: { label: 'Try again', run: () => void follow(handle, wanted) },
        }),
    });
  };

  return {
    known,
    blocks,
    follow,

    /** Reads a profile anew. @throws what the API throws */
    async read(handle: string): Promise<Profile> {
      const person = await api.users.profile({ params: { handle } });
      known.put(person);
      return person;
    },

    search: (prefix: string) => listOf((cursor) => api.users.search({ query: { prefix, cursor } })),
    followers: (handle: string) => listOf((cursor) => api.users.followers({ params: { handle }, query: { cursor } })),
    following: (handle: string) => listOf((cursor) => api.users.following({ params: { handle }, query: { cursor } })),

    /** @returns whether they are blocked now */
    async block(handle: string): Promise<boolean> {
      const done = await attempt({
        show: () => {
          const before = known.get(handle);
          known.change(handle, (now) => ({ ...withFollow(now, false), followsMe: false, blockedByMe: true }));
          return () => {
            if (before) known.put(before);
          };
        },
        send: () => api.users.block({ params: { handle } }),
        failed: (error) => toasts.say(`@${handle} is not blocked. ${messageOf(error)}`, { tone: 'trouble' }),
      });
      if (!done) return false;
      posts.forgetLists();
      blocks.clear();
      toasts.say(`@${handle} is blocked: neither of you sees the other.`);
      return true;
    },

    async unblock({ id, handle }: Pick<Person, 'id' | 'handle'>): Promise<void> {
      const done = await attempt({
        show: () => {
          const putBack = blocks.remove(id);
          known.change(handle, (now) => ({ ...now, blockedByMe: false }));
          return () => {
            putBack();
            known.change(handle, (now) => ({ ...now, blockedByMe: true }));
          };
        },
        send: () => api.users.unblock({ params: { handle } }),
        failed: (error) => toasts.say(`@${handle} is still blocked. ${messageOf(error)}`, { tone: 'trouble' }),
      });
      if (!done) return;
      posts.forgetLists();
      toasts.say(`@${handle} is not blocked any more.`);
    },

    clear(): void {
      known.clear();
      blocks.clear();
    },
  };
}

type ReadPeople = ConstructorParameters<typeof PagedList<Person>>[0]['read'];

/** The person as they are once whoever asks follows them, or no longer. */
export function withFollow(person: Profile, on: boolean): Profile {
  if (person.followedByMe === on) return person;
  return { ...person, followedByMe: on, followers: Math.max(0, person.followers + (on ? 1 : -1)) };
}
