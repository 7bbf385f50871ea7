import { z } from 'zod';
import { brokenConstraint, type Database, HttpError, sql } from '../kit/index.ts';
import { noWritesConstraint } from './migrations.ts';

/** A file of the media service. */
const file = z.object({ id: z.uuid(), type: z.string() });
export type File = z.output<typeof file>;

const post = z.object({
  id: z.string(),
  authorId: z.uuid(),
  caption: z.string(),
  media: z.array(file),
  createdAt: z.date(),
  likes: z.int(),
  comments: z.int(),
  likedByMe: z.boolean(),
});
/** A post as one account sees it. */
export type Post = z.output<typeof post>;

const comment = z.object({ id: z.string(), authorId: z.uuid(), text: z.string(), createdAt: z.date() });
export type Comment = z.output<typeof comment>;

const liking = z.object({ likes: z.int(), likedByMe: z.boolean() });
export type Liking = z.output<typeof liking>;

/** Which part of a list is asked for. */
export interface Slice {
  /** The last id of the page before. @default - the list's start */
  readonly after: string | undefined;
  /** The most entries. */
  readonly limit: number;
}

/** Above every id. */
const latest = '9223372036854775807';

/** @param ids SQL that gives the ids of the posts; `$1` is who sees them */
const postsOf = (ids: string) => `
  with page as (${ids})
  select p.id::text, p.author_id as "authorId", p.caption, p.created_at as "createdAt", p.likes, p.comments,
    exists (select from likes l where l.post_id = p.id and l.account_id = $1) as "likedByMe",
    (select json_agg(json_build_object('id', m.media_id, 'type', m.type) order by m.position)
      from post_media m where m.post_id = p.id) as media
  from page join posts p on p.id = page.id
  order by p.id desc`;

/**
 * The newest posts of some authors are by those whose latest post is the newest. So one step in the index for each author finds these few, and only
 * theirs are read and sorted, however many posts there are.
 */
export const feedStatement = sql(
  'feed',
  postsOf(`
    select recent.id
    from (
      select author, last.id
      from unnest($2::uuid[]) as author
      cross join lateral (
        select id from posts where author_id = author and id < $3 and deleted_at is null order by id desc limit 1
      ) as last
      order by last.id desc
      limit $4
    ) as active
    cross join lateral (
      select id from posts
      where author_id = active.author and id < $3 and deleted_at is null order by id desc limit $4
    ) as recent
    order by recent.id desc
    limit $4`),
  post,
);
const byAuthor = sql(
  'byAuthor',
  postsOf('select id from posts where author_id = $2 and id < $3 and deleted_at is null order by id desc limit $4'),
  post,
);
const byId = sql('byId', postsOf('select id from posts where id = $2 and deleted_at is null'), post);
const authorOf = sql(
  'authorOf',
  'select author_id as id from posts where id = $1 and deleted_at is null',
  z.object({ id: z.uuid() }),
);

const insertPost = sql(
  'insertPost',
  `with writer as materialized (select writing_account($1) as id),
  post as (
    insert into posts (id, author_id, caption) select next_post_id(), id, $2 from writer returning id, created_at
  ),
  media as (
    insert into post_media (post_id, position, media_id, type)
    select post.id, given.position, given.id, given.type
    from post, unnest($3::uuid[], $4::text[]) with ordinality as given (id, type, position)
  )
  select id::text, created_at as "createdAt" from post`,
  post.pick({ id: true, createdAt: true }),
);
/** Hides it. What hangs on it may be more than one statement can remove in its time. */
const deletePost = sql(
  'deletePost',
  'update posts set deleted_at = clock_timestamp() where id = $1 and author_id = $2 and deleted_at is null',
);

/*
 * Whatever changes what a post counts locks the post first: so nobody waits in a circle with the removal of the post, and a comment gets its id in the order in which the comments of a post are committed. The count that such a lock reads is the latest.
 */
const like = sql(
  'like',
  `with writer as materialized (select writing_account($2) as id),
  post as materialized (select p.id, p.likes from writer, posts p where p.id = $1 and p.deleted_at is null for no key update of p),
  liked as (
    insert into likes (post_id, account_id) select post.id, writer.id from post, writer
    on conflict do nothing returning post_id
  ),
  counted as (
    update posts set likes = likes + 1 where id = (select post_id from liked)
  )
  select (post.likes + (select count(*) from liked))::int as likes, true as "likedByMe" from post`,
  liking,
);
const unlike = sql(
  'unlike',
  `with post as materialized (select id, likes from posts where id = $1 and deleted_at is null for no key update),
  unliked as (
    delete from likes where post_id = (select id from post) and account_id = $2 returning post_id
  ),
  counted as (
    update posts set likes = likes - 1 where id = (select post_id from unliked)
  )
  select (post.likes - (select count(*) from unliked))::int as likes, false as "likedByMe" from post`,
  liking,
);

const insertComment = sql(
  'insertComment',
  `with writer as materialized (select writing_account($2) as id),
  post as materialized (select p.id from writer, posts p where p.id = $1 and p.deleted_at is null for no key update of p),
  added as (
    insert into comments (post_id, author_id, text) select post.id, writer.id, $3 from post, writer
    returning id, post_id, author_id, text, created_at
  ),
  counted as (
    update posts set comments = comments + 1 where id = (select post_id from added)
  )
  select id::text, author_id as "authorId", text, created_at as "createdAt" from added`,
  comment,
);
const deleteComment = sql(
  'deleteComment',
  `with post as materialized (select id, author_id from posts where id = $1 and deleted_at is null for no key update),
  removed as (
    delete from comments c using post
    where c.id = $2 and c.post_id = post.id and $3 in (c.author_id, post.author_id)
    returning c.post_id
  ),
  counted as (
    update posts set comments = comments - 1 where id = (select post_id from removed)
  )
  select from removed`,
);
const commentsOn = sql(
  'commentsOn',
  `select id::text, author_id as "authorId", text, created_at as "createdAt"
  from comments where post_id = $1 and id > $2
  order by comments.id limit $3`,
  comment,
);

/** The posts, likes and comments in the database. Ids of posts and comments are decimal text. */
export class Store {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The newest posts of some authors. @param authors each once */
  feed(viewer: string, authors: readonly string[], { after = latest, limit }: Slice): Promise<Post[]> {
    return this.#database.all(feedStatement, viewer, authors, after, limit);
  }

  /** The newest posts of one author. */
  byAuthor(viewer: string, author: string, { after = latest, limit }: Slice): Promise<Post[]> {
    return this.#database.all(byAuthor, viewer, author, after, limit);
  }

  byId(viewer: string, id: string): Promise<Post | undefined> {
    return this.#database.one(byId, viewer, id);
  }

  /** The account that made a post. */
  async authorOf(id: string): Promise<string | undefined> {
    return (await this.#database.one(authorOf, id))?.id;
  }

  /** @throws HttpError 401 `account-deleted` */
  async insert(author: string, caption: string, media: readonly File[]): Promise<Post> {
    const types = media.map(({ type }) => type);
    const ids = media.map(({ id }) => id);
    const made = await this.#database.one(insertPost, author, caption, ids, types).catch(refuseDeleted);
    if (!made) throw new Error('a post was inserted, and no row came back');
    return { ...made, authorId: author, caption, media: [...media], likes: 0, comments: 0, likedByMe: false };
  }

  /** From then on nobody sees it; `Removals` removes what there is of it. @returns whether there was such a post of this author */
  async remove(id: string, author: string): Promise<boolean> {
    return (await this.#database.run(deletePost, id, author)) > 0;
  }

  /** Undefined if there is no such post. @throws HttpError 401 `account-deleted` */
  like(id: string, account: string): Promise<Liking | undefined> {
    return this.#database.one(like, id, account).catch(refuseDeleted);
  }

  /** Undefined if there is no such post. */
  unlike(id: string, account: string): Promise<Liking | undefined> {
    return this.#database.one(unlike, id, account);
  }

  /** Undefined if there is no such post. @throws HttpError 401 `account-deleted` */
  comment(id: string, account: string, text: string): Promise<Comment | undefined> {
    return this.#database.one(insertComment, id, account, text).catch(refuseDeleted);
  }

  /** @returns whether there was such a comment, by this account or on a post of it */
  async removeComment(id: string, commentId: string, account: string): Promise<boolean> {
    return (await this.#database.run(deleteComment, id, commentId, account)) > 0;
  }

  /** The oldest comments. */
  comments(id: string, { after = '0', limit }: Slice): Promise<Comment[]> {
    return this.#database.all(commentsOn, id, after, limit);
  }
}

function refuseDeleted(error: unknown): never {
  if (brokenConstraint(error) !== noWritesConstraint) throw error;
  throw new HttpError(401, 'account-deleted', 'This account is deleted');
}
