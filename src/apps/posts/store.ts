import { z } from 'zod';
import { brokenConstraint, type Database, HttpError, type Queries, sql } from '../kit/index.ts';
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
        select id from posts where author_id = author and id < $3 order by id desc limit 1
      ) as last
      order by last.id desc
      limit $4
    ) as active
    cross join lateral (
      select id from posts where author_id = active.author and id < $3 order by id desc limit $4
    ) as recent
    order by recent.id desc
    limit $4`),
  post,
);
const byAuthor = sql(
  'byAuthor',
  postsOf('select id from posts where author_id = $2 and id < $3 order by id desc limit $4'),
  post,
);
const byId = sql('byId', postsOf('select $2::bigint as id'), post);
const authorOf = sql('authorOf', 'select author_id as id from posts where id = $1', z.object({ id: z.uuid() }));

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
const deletePost = sql('deletePost', 'delete from posts where id = $1 and author_id = $2');

/*
 * Whatever changes what a post counts locks the post first: so nobody waits in a circle with a deletion of the post, whose cascade comes after its lock, and
 * a comment gets its id in the order in which the comments of a post are committed. The count that such a lock reads is the latest.
 */
const like = sql(
  'like',
  `with writer as materialized (select writing_account($2) as id),
  post as materialized (select p.id, p.likes from writer, posts p where p.id = $1 for no key update of p),
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
  `with post as materialized (select id, likes from posts where id = $1 for no key update),
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
  post as materialized (select p.id from writer, posts p where p.id = $1 for no key update of p),
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
  `with post as materialized (select id, author_id from posts where id = $1 for no key update),
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
  from comments where post_id = $1 and id > $2 and author_id <> all ($3::uuid[])
  order by comments.id limit $4`,
  comment,
);

const markDeleted = sql(
  'markDeleted',
  `with alone as materialized (select pg_advisory_xact_lock(account_lock($1)))
  insert into deleted_accounts (account_id) select $1 from alone on conflict do nothing`,
);
const deletedAccounts = sql(
  'deletedAccounts',
  'select account_id as id from deleted_accounts where removed_at is null limit 100',
  z.object({ id: z.uuid() }),
);
/** Some of what an account left on posts, and its share of their counts. Locks the posts in one order, so that two replicas do not wait in a circle. */
const removeFrom = (table: 'likes' | 'comments', owner: 'account_id' | 'author_id') => `
  with post as materialized (
    select id from posts
    where id in (select post_id from ${table} where ${owner} = $1 order by post_id limit 500)
    order by id for no key update
  ),
  removed as (
    delete from ${table} where ${owner} = $1 and post_id in (select id from post) returning post_id
  )
  update posts set ${table} = posts.${table} - share.removed
  from (select post_id, count(*)::int as removed from removed group by post_id) as share
  where posts.id = share.post_id`;
const removeLikesOf = sql('removeLikesOf', removeFrom('likes', 'account_id'));
const removeCommentsOf = sql('removeCommentsOf', removeFrom('comments', 'author_id'));
const removePostsOf = sql(
  'removePostsOf',
  'delete from posts where id = any (array(select id from posts where author_id = $1 order by id limit 20 for update))',
);
const markRemoved = sql(
  'markRemoved',
  `update deleted_accounts set removed_at = now()
  where account_id = $1 and removed_at is null
    and not exists (select from posts where author_id = $1)
    and not exists (select from likes where account_id = $1)
    and not exists (select from comments where author_id = $1)`,
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

  /** @returns whether there was such a post of this author */
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

  /** The oldest comments. @param hidden accounts whose comments are left out */
  comments(id: string, hidden: readonly string[], { after = '0', limit }: Slice): Promise<Comment[]> {
    return this.#database.all(commentsOn, id, after, hidden, limit);
  }

  /** From the commit on nothing can be written for the account. */
  async markDeleted(tx: Queries, account: string): Promise<void> {
    await tx.run(markDeleted, account);
  }

  /** Accounts that are marked as deleted and of which something may be left. */
  async deletedAccounts(): Promise<string[]> {
    return (await this.#database.all(deletedAccounts)).map(({ id }) => id);
  }

  /**
   * Removes all of an account that is marked as deleted, in small steps: a long transaction would hold up everybody who likes the same posts.
   *
   * @returns whether this call ended it, and not that of another replica
   */
  async removeAccount(account: string, signal: AbortSignal): Promise<boolean> {
    for (const some of [removeLikesOf, removeCommentsOf, removePostsOf]) {
      while ((await this.#database.run(some, account)) > 0) signal.throwIfAborted();
    }
    return (await this.#database.run(markRemoved, account)) > 0;
  }
}

function refuseDeleted(error: unknown): never {
  if (brokenConstraint(error) !== noWritesConstraint) throw error;
  throw new HttpError(401, 'account-deleted', 'This account is deleted');
}
