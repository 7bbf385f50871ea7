import { messageOf } from '../format/message-of.ts';
import { attempt } from './attempt.ts';
import type { Clients } from './clients.ts';
import { createKnown } from './known.ts';
import { type Page, PagedList } from './paged-list.ts';
import type { Toasts } from './toasts.ts';
import { createToggles } from './toggles.ts';
import type { Post } from './types.ts';

/** So many at once: what one sees, and the next. */
const pageSize = 10;
const tilesAtOnce = 24;

export type Posts = ReturnType<typeof createPosts>;

/** Posts, the lists that they are in, and what can be done with them but comments. */
export function createPosts(api: Clients, toasts: Toasts) {
  const known = createKnown<Post>(({ id }) => id);
  const toggles = createToggles();
  const byAuthor = new Map<string, PagedList<string>>();

  const idsOf = ({ items, next }: Page<Post>): Page<string> => {
    known.put(...items);
    return { items: items.map(({ id }) => id), next };
  };
  const listOf = (read: (cursor: string | undefined) => Promise<Page<Post>>) =>
    new PagedList<string>({ idOf: (id) => id, read: async (cursor) => idsOf(await read(cursor)) });

  const feed = listOf((cursor) => api.posts.feed({ query: { cursor, limit: pageSize } }));

  const ofAuthor = (author: string) => {
    const before = byAuthor.get(author);
    if (before) return before;
    const list = listOf((cursor) => api.posts.byAuthor({ query: { author, cursor, limit: tilesAtOnce } }));
    byAuthor.set(author, list);
    return list;
  };

  const like = async (id: string, on: boolean): Promise<void> => {
    if (known.get(id)?.likedByMe === on) return;
    await toggles.set(`like ${id}`, on, {
      show: (next) => known.change(id, (post) => withLike(post, next)),
      send: (next) => (next ? api.posts.like({ params: { id } }) : api.posts.unlike({ params: { id } })),
      settled: (answer) => known.change(id, (post) => ({ ...post, ...answer })),
      failed: (error, wanted) =>
        toasts.say(`${wanted ? 'Your like was taken back' : 'Your like is still there'}. ${messageOf(error)}`, {
          tone: 'trouble',
          action: { label: 'Try again', run: () => void like(id, wanted) },
        }),
    });
  };

  return {
    known,
    feed,
    ofAuthor,
    like,

    /** Reads a post anew. @throws what the API throws */
    async read(id: string): Promise<Post> {
      const post = await api.posts.one({ params: { id } });
      known.put(post);
      return post;
    },

    /** @throws what the API throws */
    async create(caption: string, media: readonly string[]): Promise<Post> {
      const post = await api.posts.create({ body: { caption, media: [...media] } });
      known.put(post);
      for (const list of [feed, ofAuthor(post.author.id)]) {
        if (list.state.get().status !== 'new') list.add(post.id);
      }
      return post;
    },

    /** Deletes a post of whoever asks. @returns whether it is gone */
    async remove({ id, author }: Post): Promise<boolean> {
      const done = await attempt({
        show: () => {
          const putBack = [feed, ofAuthor(author.id)].map((list) => list.remove(id));
          return () => {
            for (const each of putBack) each();
          };
        },
        send: () => api.posts.remove({ params: { id } }),
        failed: (error) => toasts.say(`Your post is still there. ${messageOf(error)}`, { tone: 'trouble' }),
      });
      if (done) toasts.say('Post deleted.');
      return done !== undefined;
    },

    /** Forgets lists that are other now, such as after a follow or a block. */
    forgetLists(): void {
      feed.clear();
      byAuthor.clear();
    },

    clear(): void {
      feed.clear();
      byAuthor.clear();
      known.clear();
    },
  };
}

/** The post as it is once whoever asks likes it, or no longer. */
export function withLike(post: Post, on: boolean): Post {
  if (post.likedByMe === on) return post;
  return { ...post, likedByMe: on, likes: Math.max(0, post.likes + (on ? 1 : -1)) };
}
