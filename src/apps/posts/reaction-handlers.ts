import { type Handlers, HttpError } from '../kit/index.ts';
import type { FindAuthors } from './authors.ts';
import type contract from './contract.ts';
import { cursorOf, idOfCursor } from './cursor.ts';
import type { Relations } from './relations.ts';
import type { Comment, Store } from './store.ts';
import { postNotFound, visiblePost } from './visible-post.ts';

/** The handlers of likes and comments. */
export function createReactionHandlers(props: {
  readonly store: Store;
  readonly findAuthors: FindAuthors;
  readonly relations: Relations;
}): Pick<Handlers<typeof contract>, 'like' | 'unlike' | 'comments' | 'comment' | 'removeComment'> {
  const { store, findAuthors, relations } = props;

  const shown = async (comments: readonly Comment[]) => {
    const author = await findAuthors(comments.map(({ authorId }) => authorId));
    return comments.map(({ id, authorId, text, createdAt }) => ({
      id,
      author: author(authorId),
      text,
      createdAt: createdAt.toISOString(),
    }));
  };

  return {
    like: async ({ user, params }) => {
      await visiblePost(props, user.id, params.id);
      return there(await store.like(params.id, user.id));
    },

    // Whoever takes back a like of their own sees nothing new by it, so no block is in the way, nor the users service.
    unlike: async ({ user, params }) => there(await store.unlike(params.id, user.id)),

    comments: async ({ user, params, query: { cursor, limit } }) => {
      const after = cursor === undefined ? undefined : idOfCursor(cursor);
      const author = await visiblePost(props, user.id, params.id);
      // One more than asked for says whether another page follows.
      const found = await store.comments(params.id, { after, limit: limit + 1 });
      const comments = found.slice(0, limit);
      const last = found.length > limit ? comments.at(-1) : undefined;
      const hidden = await relations
        .parted(
          user.id,
          comments.map(({ authorId }) => authorId),
        )
        .catch((error: unknown) => nobodyIfUnknown(error, author === user.id));
      const visible = comments.filter(({ authorId }) => !hidden.has(authorId));
      return { items: await shown(visible), next: last ? cursorOf(last.id) : null };
    },

    comment: async ({ user, params, body }) => {
      await visiblePost(props, user.id, params.id);
      const [answer] = await shown([there(await store.comment(params.id, user.id, body.text))]);
      return there(answer);
    },

    removeComment: async ({ user, params }) => {
      if (await store.removeComment(params.id, params.comment, user.id)) return;
      throw new HttpError(404, 'comment-not-found', 'There is no such comment that you may delete');
    },
  };
}

/** From the author of a post nobody's comments are hidden while nothing is known of blocks: their own posts always work for them. */
function nobodyIfUnknown(error: unknown, isAuthor: boolean): ReadonlySet<string> {
  if (isAuthor && error instanceof HttpError && error.code === 'people-unavailable') return new Set();
  throw error;
}

/** @throws HttpError 404 `post-not-found` if the post was deleted meanwhile */
function there<T>(found: T | undefined): T {
  if (found === undefined) throw postNotFound();
  return found;
}
