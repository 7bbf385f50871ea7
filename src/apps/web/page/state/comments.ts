import { messageOf } from '../format/message-of.ts';
import { attempt } from './attempt.ts';
import type { Clients } from './clients.ts';
import { createKnown } from './known.ts';
import { PagedList } from './paged-list.ts';
import type { Posts } from './posts.ts';
import type { Toasts } from './toasts.ts';
import type { Author, Comment } from './types.ts';

/** A comment; `pending` until the server has it. */
export type ShownComment = Comment & { readonly pending?: true };

export type Comments = ReturnType<typeof createComments>;

export function createComments(api: Clients, toasts: Toasts, posts: Posts) {
  const lists = new Map<string, PagedList<ShownComment>>();
  /** What is being written, by the post that it is for. */
  const written = createKnown<{ readonly post: string; readonly text: string }>(({ post }) => post);
  /** Rises when that is forgotten: what fails after that nobody goes on writing. */
  let writers = 0;
  let pending = 0;

  /** The comments on a post, the oldest first. */
  const of = (post: string) => {
    const before = lists.get(post);
    if (before) return before;
    const list = new PagedList<ShownComment>({
      idOf: ({ id }) => id,
      read: (cursor) => api.posts.comments({ params: { id: post }, query: { cursor } }),
    });
    lists.set(post, list);
    return list;
  };

  const count = (post: string, by: number) =>
    posts.known.change(post, (now) => ({ ...now, comments: Math.max(0, now.comments + by) }));

  const write = (post: string, text: string) => (text === '' ? written.forget(post) : written.put({ post, text }));

  return {
    of,
    write,
    written: written.all,
    forgetWritten(): void {
      writers += 1;
      written.clear();
    },

    /** Posts what was written; where that fails it is being written again, unless something else was begun meanwhile. Never rejects. */
    async add(post: string, text: string, author: Author): Promise<void> {
      pending += 1;
      const writer = writers;
      write(post, '');
      const id = `pending-${pending}`;
      const list = of(post);
      const done = await attempt({
        show: () => {
          list.add({ id, author, text, createdAt: new Date().toISOString(), pending: true }, 'end');
          count(post, 1);
          return () => {
            list.remove(id);
            count(post, -1);
          };
        },
        send: () => api.posts.comment({ params: { id: post }, body: { text } }),
        failed: (error) => toasts.say(`Your comment was not posted. ${messageOf(error)}`, { tone: 'trouble' }),
      });
      if (done) list.replace(id, done.answer);
      else if (writer === writers && !written.get(post)) write(post, text);
    },

    async remove(post: string, comment: string): Promise<void> {
      const list = of(post);
      const done = await attempt({
        show: () => {
          const putBack = list.remove(comment);
          count(post, -1);
          return () => {
            putBack();
            count(post, 1);
          };
        },
        send: () => api.posts.removeComment({ params: { id: post, comment } }),
        failed: (error) => toasts.say(`The comment is still there. ${messageOf(error)}`, { tone: 'trouble' }),
      });
      if (done) toasts.say('Comment deleted.');
    },

    clear: () => lists.clear(),
  };
}
