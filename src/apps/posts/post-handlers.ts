import { type Client, ClientError, callerSignal, type Handlers, HttpError, type Kit } from '../kit/index.ts';
import type mediaContract from '../media/contract.ts';
import type { FindAuthors } from './authors.ts';
import type contract from './contract.ts';
import { cursorOf, idOfCursor } from './cursor.ts';
import type { Relations } from './relations.ts';
import type service from './service.ts';
import type { File, Post, Store } from './store.ts';
import { postNotFound, visiblePost } from './visible-post.ts';

/** The handlers of posts themselves. */
export function createPostHandlers(props: {
  readonly store: Store;
  readonly findAuthors: FindAuthors;
  readonly relations: Relations;
  readonly media: Pick<Client<typeof mediaContract>, 'findFiles'>;
  readonly metrics: Pick<Kit<typeof service>['metrics'], 'created' | 'feedLength'>;
}): Pick<Handlers<typeof contract>, 'feed' | 'create' | 'byAuthor' | 'one' | 'remove'> {
  const { store, findAuthors, relations, metrics } = props;

  const shown = async (posts: readonly Post[]) => {
    const author = await findAuthors(posts.map(({ authorId }) => authorId));
    return posts.map(({ authorId, createdAt, ...post }) => ({
      ...post,
      author: author(authorId),
      createdAt: createdAt.toISOString(),
    }));
  };
  const page = async (
    { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
    read: (slice: { after: string | undefined; limit: number }) => Promise<Post[]>,
  ) => {
    // One more than asked for says whether another page follows.
    const found = await read({ after: cursor === undefined ? undefined : idOfCursor(cursor), limit: limit + 1 });
    const posts = found.slice(0, limit);
    const last = found.length > limit ? posts.at(-1) : undefined;
    return { items: await shown(posts), next: last ? cursorOf(last.id) : null };
  };

  return {
    feed: async ({ user, query }) => {
      const authors = [...new Set([user.id, ...(await relations.followed(user.id))])];
      const answer = await page(query, (slice) => store.feed(user.id, authors, slice));
      metrics.feedLength.observe(answer.items.length);
      return answer;
    },

    create: async ({ user, body }, reply) => {
      const files = await filesOf(props.media, user.id, body.media, callerSignal(reply));
      const post = await store.insert(user.id, body.caption, files);
      metrics.created.inc();
      const [answer] = await shown([post]);
      if (!answer) throw new Error('one post is shown as none');
      return answer;
    },

    byAuthor: async ({ user, query }) => {
      const { author } = query;
      const isHidden = (await relations.parted(user.id, [author])).has(author);
      return page(query, async (slice) => (isHidden ? [] : store.byAuthor(user.id, author, slice)));
    },

    one: async ({ user, params }) => {
      await visiblePost(props, user.id, params.id);
      const post = await store.byId(user.id, params.id);
      const [answer] = await shown(post ? [post] : []);
      if (!answer) throw postNotFound();
      return answer;
    },

    remove: async ({ user, params }) => {
      if (!(await store.remove(params.id, user.id))) throw postNotFound();
    },
  };
}

/** The files in the order of their ids. @param signal ends the wait for media. @throws HttpError 422 `media-not-yours`, 503 `media-unavailable` */
async function filesOf(
  media: Pick<Client<typeof mediaContract>, 'findFiles'>,
  owner: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<File[]> {
  const { items } = await media.findFiles({ query: { ids: [...ids] } }, { signal }).catch((error: unknown) => {
    if (!(error instanceof ClientError)) throw error;
    const detail = 'Pictures and videos cannot be looked up at the moment; try again later';
    throw new HttpError(503, 'media-unavailable', detail, { retryAfter: 2 });
  });
  const own = new Map(items.filter((file) => file.owner === owner).map(({ id, type }) => [id, { id, type }]));
  const files = ids.map((id) => own.get(id));
  const errors = files.flatMap((file, at) =>
    file ? [] : [{ path: `body.media[${at}]`, message: `${ids[at]} is no picture or video that you uploaded` }],
  );
  if (errors.length > 0) {
    const detail = 'A post shows what its author uploaded: upload what is missing, or leave it out';
    throw new HttpError(422, 'media-not-yours', detail, { errors });
  }
  return files.flatMap((file) => file ?? []);
}
