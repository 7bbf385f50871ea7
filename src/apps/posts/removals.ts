import { z } from 'zod';
import { beforeAllUuids, type Database, eachAlone, type Queries, sql, walkIds } from '../kit/index.ts';

const identified = z.object({ id: z.string() });

const markAccount = sql(
  'markDeleted',
  `with alone as materialized (select pg_advisory_xact_lock(account_lock($1)))
  insert into deleted_accounts (account_id) select $1 from alone on conflict do nothing`,
);
const deletedAccounts = sql(
  'deletedAccounts',
  `select account_id as id from deleted_accounts where removed_at is null and account_id > $1
  order by account_id limit 100`,
  identified,
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
const hidePostsOf = sql(
  'hidePostsOf',
  `update posts set deleted_at = clock_timestamp() where id = any (array(
    select id from posts where author_id = $1 and deleted_at is null order by id limit 500 for no key update
  ))`,
);
const markRemoved = sql(
  'markRemoved',
  `update deleted_accounts set removed_at = now()
  where account_id = $1 and removed_at is null
    and not exists (select from posts where author_id = $1)
    and not exists (select from likes where account_id = $1)
    and not exists (select from comments where author_id = $1)`,
);

const deletedPosts = sql(
  'deletedPosts',
  'select id::text from posts where deleted_at is not null and id > $1 order by id limit 100',
  identified,
);
/** Nothing where another replica is at it. */
const lockDeletedPost = sql(
  'lockDeletedPost',
  'select id::text from posts where id = $1 and deleted_at is not null for update skip locked',
);
const removeLikesOn = sql(
  'removeLikesOn',
  'delete from likes where post_id = $1 and account_id = any (array(select account_id from likes where post_id = $1 limit $2))',
);
const removeCommentsOn = sql(
  'removeCommentsOn',
  'delete from comments where id = any (array(select id from comments where post_id = $1 limit $2))',
);
const removePost = sql('removePost', 'delete from posts where id = $1');
/** How many likes and how many comments one transaction removes: some 50 ms of work, of the seconds that a statement has. */
const batch = 2_000;

/**
 * Removes what was deleted, in small steps: likes of a popular post are millions, and a long transaction would hold up everybody who likes the same posts
 * as an account. What cannot be removed keeps nothing else from being removed.
 */
export class Removals {
  readonly #database: Database;
  readonly #onRemoved: () => void;

  /** @param onRemoved is told of each account of which nothing is left now */
  constructor(database: Database, onRemoved: () => void) {
    this.#database = database;
    this.#onRemoved = onRemoved;
  }

  /** From the commit on nothing can be written for the account. */
  async markAccount(tx: Queries, account: string): Promise<void> {
    await tx.run(markAccount, account);
  }

  /** Removes all of the accounts that are marked as deleted; of their posts `sweepPosts` removes what it is told here to. */
  sweepAccounts(signal: AbortSignal): Promise<void> {
    const accounts = walkIds(this.#database, deletedAccounts, beforeAllUuids);
    return eachAlone(accounts, signal, async (account) => {
      for (const some of [removeLikesOf, removeCommentsOf, hidePostsOf]) {
        while (!signal.aborted && (await this.#database.run(some, account)) > 0) {
          // The next ones.
        }
      }
      if ((await this.#database.run(markRemoved, account)) > 0) this.#onRemoved();
    });
  }

  /** Removes the posts that were deleted, with all that hangs on them. */
  sweepPosts(signal: AbortSignal): Promise<void> {
    return eachAlone(walkIds(this.#database, deletedPosts, '0'), signal, async (post) => {
      while (!signal.aborted && (await this.#removeSomeOf(post))) {
        // The next ones.
      }
    });
  }

  /** @returns whether there is more */
  #removeSomeOf(post: string): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      if ((await tx.run(lockDeletedPost, post)) === 0) return false;
      const removed = (await tx.run(removeLikesOn, post, batch)) + (await tx.run(removeCommentsOn, post, batch));
      if (removed === 0) await tx.run(removePost, post);
      return removed > 0;
    });
  }
}
