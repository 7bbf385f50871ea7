import { z } from 'zod';
import { type Queries, sql } from '../kit/index.ts';

const locked = z.object({ id: z.string(), following: z.int(), removed: z.boolean() });

/** All in one order, so that nobody waits in a circle. Those who only refer to a profile are not held up. */
const lock = sql(
  'lockProfiles',
  `select account_id as id, following, removed_at is not null as removed
  from profiles
  where account_id = any($1::uuid[])
  order by account_id
  for no key update`,
  locked,
);

/** Locks the profiles of accounts until the transaction ends, deleted ones included. A transaction does this once, before it changes any of them. */
export function lockProfiles(tx: Queries, accounts: readonly string[]): Promise<z.output<typeof locked>[]> {
  return tx.all(lock, accounts);
}
