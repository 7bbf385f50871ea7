import type { Clients } from './clients.ts';
import { createComments } from './comments.ts';
import { createDraft } from './draft.ts';
import { createPeople } from './people.ts';
import { createPosts } from './posts.ts';
import { createSession } from './session.ts';
import { createToasts } from './toasts.ts';

export type Insta = ReturnType<typeof createInsta>;

/** Everything that the page knows, and what can be done with it. */
export function createInsta(api: Clients) {
  const toasts = createToasts();
  const posts = createPosts(api, toasts);
  const comments = createComments(api, toasts, posts);
  const people = createPeople(api, toasts, posts);
  const draft = createDraft({
    create: posts.create,
    send: (file, options) => api.media.upload({ body: file }, options),
    // What stays behind in vain the media service deletes with the account.
    discard: (id) => void api.media.remove({ params: { id } }).catch(() => undefined),
    preview: { open: (file) => URL.createObjectURL(file), close: (address) => URL.revokeObjectURL(address) },
  });
  const session = createSession(api, {
    shown: () => {
      for (const each of [posts, comments, people]) each.clear();
    },
    written: () => {
      comments.forgetWritten();
      // Its files only their owner may delete, who is not logged in any more.
      draft.clear({ keep: true });
    },
  });
  return { api, toasts, posts, comments, people, draft, session };
}
