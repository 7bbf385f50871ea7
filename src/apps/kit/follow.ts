import { z } from 'zod';
import type { Duration } from '../../model/index.ts';
import type { Background, BackgroundWork } from './background.ts';
import type { Database, Queries } from './stores/database.ts';
import type { Migration } from './stores/migrations.ts';
import { sql } from './stores/sql.ts';

/** How far a service has come in the lists of others. Part of every database of the kit. */
export const cursorMigration: Migration = {
  name: '000-trellis-cursors',
  up: `create table trellis_cursors (
    name text primary key,
    position bigint not null
  )`,
};

const startCursor = sql(
  'startCursor',
  'insert into trellis_cursors (name, position) values ($1, 0) on conflict do nothing',
);
/** Nothing where another replica is at it: one is enough. */
const lockCursor = sql(
  'lockCursor',
  'select position from trellis_cursors where name = $1 for update skip locked',
  z.object({ position: z.coerce.number() }),
);
const moveCursor = sql('moveCursor', 'update trellis_cursors set position = $2 where name = $1');

/** An entry of a list that only ever grows at its end. */
export interface Entry {
  /** Where it stands in the list; rises, with or without gaps. */
  readonly position: number;
}

/** @see Follow */
export interface FollowProps<E extends Entry> {
  /** The list's name: how far it was followed is kept under it. */
  readonly name: string;
  readonly every: Duration;
  /** Some of the entries after a position in their order; none at the end of the list. */
  readonly read: (after: number) => Promise<readonly E[]>;
  /** Does what an entry asks for, by `tx` alone: it is done exactly once, together with the step in the list. */
  readonly apply: (tx: Queries, entry: E) => Promise<void>;
}

/** Follows a list of another service to its end, again and again: a service that was down goes on where it was. */
export type Follow = <E extends Entry>(props: FollowProps<E>) => BackgroundWork;

export function createFollow(database: Database, background: Background): Follow {
  return ({ name, every, read, apply }) =>
    background.every(name, every, async (signal) => {
      let more = true;
      while (more && !signal.aborted) {
        more = await database.transaction(async (tx) => {
          await tx.run(startCursor, name);
          const cursor = await tx.one(lockCursor, name);
          if (!cursor) return false;
          const entries = await read(cursor.position);
          for (const entry of entries) await apply(tx, entry);
          const last = entries.at(-1);
          if (last) await tx.run(moveCursor, name, last.position);
          return last !== undefined;
        });
      }
    });
}
