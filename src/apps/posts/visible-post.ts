import { HttpError } from '../kit/index.ts';
import type { FindRelations, Relations } from './relations.ts';
import type { Store } from './store.ts';

/** What is asked about whoever wants to see a post. */
export interface Sight {
  readonly store: Pick<Store, 'authorOf'>;
  readonly findRelations: FindRelations;
}

/** Whose comments nobody hides from the author of a post while nothing is known of blocks: their own posts always work for them. */
const nobody: ReadonlySet<string> = new Set();

/**
 * Makes sure that somebody may see a post.
 *
 * @returns the people whom blocks hide from the viewer
 * @throws HttpError 404 `post-not-found` if there is none, or a block is between the viewer and its author; 503 `people-unavailable` if nothing is known of
 * blocks and the post is somebody else's
 */
export async function visiblePost(
  { store, findRelations }: Sight,
  viewer: string,
  id: string,
): Promise<Relations['blocked']> {
  const author = await store.authorOf(id);
  if (author === undefined) throw postNotFound();
  if (author === viewer) return findRelations(viewer).then(({ blocked }) => blocked, nobodyIfUnknown);
  const { blocked } = await findRelations(viewer);
  if (blocked.has(author)) throw postNotFound();
  return blocked;
}

function nobodyIfUnknown(error: unknown): ReadonlySet<string> {
  if (error instanceof HttpError && error.code === 'people-unavailable') return nobody;
  throw error;
}

/** The same for a post that is not there and one that is hidden. */
export function postNotFound(): HttpError {
  return new HttpError(404, 'post-not-found', 'There is no such post');
}
