import { type Queries, sql } from '../kit/index.ts';

const statement = sql(
  'endFollows',
  `with gone as (
    delete from follows
    where (follower_id = $1 and followed_id = any($2::uuid[])) or (followed_id = $1 and follower_id = any($2::uuid[]))
    returning follower_id, followed_id
  ), fewer as (
    select account_id, sum(followers)::int as followers, sum(following)::int as following
    from (
      select followed_id as account_id, 1 as followers, 0 as following from gone
      union all
      select follower_id, 0, 1 from gone
    ) as each
    group by account_id
  )
  update profiles p
  set followers = p.followers - fewer.followers, following = p.following - fewer.following
  from fewer
  where p.account_id = fewer.account_id`,
);

/** Ends the follows between an account and others, in both directions, and counts them off. The profiles of all of them must be locked. */
export async function endFollows(tx: Queries, account: string, others: readonly string[]): Promise<void> {
  await tx.run(statement, account, others);
}
