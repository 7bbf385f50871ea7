import { HttpError } from '../kit/index.ts';
import type { Relations } from './relations.ts';
import type { Store } from './store.ts';

/** What is asked about whoever wants to see a post. */
export interface Sight {
  readonly store: Pick<Store, 'authorOf'>;
  readonly relations: Pick<Relations, 'parted'>;
}

/**
 * Makes sure that somebody may see a post.
 *
 * @returns its author
 * @throws HttpError 404 `post-not-found` if there is none, or a block is between the viewer and its author; 503 `people-unavailable` if nothing is known of
 * blocks and the post is somebody else's
 */
export async function visiblePost({ store, relations }: Sight, viewer: string, id: string): Promise<string> {
  const author = await store.authorOf(id);
  if (author === undefined) throw postNotFound();
  if ((await relations.parted(viewer, [author])).has(author)) throw postNotFound();
  return author;
}

/** The same for a post that is not there and one that is hidden. */
export function postNotFound(): HttpError {
  return new HttpError(404, 'post-not-found', 'There is no such post');
}
