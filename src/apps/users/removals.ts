import { z } from 'zod';
import { beforeAllUuids, type Database, eachAlone, type Queries, sql, walkIds } from '../kit/index.ts';
import { endFollows } from './end-follows.ts';
import { lockProfiles } from './lock-profiles.ts';

/**
 * Leaves an empty row, with or without a profile before. It and `saveProfile` meet at the primary key, so that one of them comes after the other whatever
 * the moment.
 */
const emptyProfile = sql(
  'emptyProfile',
  `insert into profiles (account_id, removed_at, swept_at) values ($1, clock_timestamp(), clock_timestamp())
  on conflict (account_id) do update
    set handle = null, name = '', bio = '', avatar = null, removed_at = clock_timestamp()
    where profiles.removed_at is null`,
);
const account = z.object({ id: z.string() });
const unswept = sql(
  'unsweptAccounts',
  `select account_id as id from profiles
  where removed_at is not null and swept_at is null and account_id > $1
  order by account_id limit 100`,
  account,
);
const someFollows = sql(
  'someFollows',
  `(select followed_id as id from follows where follower_id = $1 limit $2)
  union
  (select follower_id from follows where followed_id = $1 limit $2)`,
  account,
);
const removeBlocks = sql(
  'removeBlocks',
  `delete from blocks where id = any (array(
    (select id from blocks where blocker_id = $1 limit $2) union all (select id from blocks where blocked_id = $1 limit $2)
  ))`,
);
const markSwept = sql(
  'markSwept',
  'update profiles set swept_at = clock_timestamp() where account_id = $1 and swept_at is null',
);
/** Follows or blocks of each direction in one transaction: the people of follows are locked until it ends, some 20 ms. */
const batch = 250;

/**
 * Removes what deleted accounts leave. The profile goes at once, in the transaction that takes the step in the list of deletions. The follows go after
 * it, in transactions of their own: those of a popular account are millions, and one transaction would lock the profile of everybody who followed it.
 */
export class Removals {
  readonly #database: Database;
  readonly #onRemoved: () => void;

  /** @param onRemoved is told of each account of which nothing is left now */
  constructor(database: Database, onRemoved: () => void) {
    this.#database = database;
    this.#onRemoved = onRemoved;
  }

  /** Removes the profile of an account, and keeps it from having one again. */
  async removeProfile(tx: Queries, id: string): Promise<void> {
    await tx.run(emptyProfile, id);
  }

  /**
   * Removes the follows and blocks of accounts without a profile. Replicas may do it at the same time: each follow is counted off by whoever deletes it. An
   * account of which something cannot be removed keeps no other waiting.
   */
  async sweep(signal: AbortSignal): Promise<void> {
    await eachAlone(walkIds(this.#database, unswept, beforeAllUuids), signal, async (id) => {
      while (!signal.aborted && (await this.#removeSome(id))) {
        // The next ones.
      }
    });
  }

  /** @returns whether there may be more */
  async #removeSome(id: string): Promise<boolean> {
    const outcome = await this.#database.transaction(async (tx) => {
      const others = (await tx.all(someFollows, id, batch)).map((each) => each.id);
      if (others.length === 0) {
        // So that what another replica removes at the same moment is not taken for the last.
        await lockProfiles(tx, [id]);
        if ((await tx.run(removeBlocks, id, batch)) > 0) return 'more';
        return (await tx.run(markSwept, id)) > 0 ? 'removed' : 'removed-elsewhere';
      }
      await lockProfiles(tx, [id, ...others]);
      await endFollows(tx, id, others);
      return 'more';
    });
    if (outcome === 'removed') this.#onRemoved();
    return outcome === 'more';
  }
}
