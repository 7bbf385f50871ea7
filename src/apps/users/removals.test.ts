import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../kit/testing/eventually.ts';
import { runSql } from '../kit/testing/test-postgres.ts';
import { type Users, type UsersWorld, usersWorld } from './testing/build-users.ts';

let world: UsersWorld;
beforeEach(async () => {
  world = await usersWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const often = { DELETIONS_EVERY: '20ms' };
const problem = (status: number, code: string) => ({ status, body: { status, code } });
const left = async () => {
  const [row] = await runSql<{ count: number }>(world.place.url, [
    'select count(*)::int as count from profiles where removed_at is not null and swept_at is null',
  ]);
  return row?.count;
};
/** Until all deletions that auth tells of are done. */
const caughtUp = () =>
  eventually(async () => {
    const [row] = await runSql<{ position: string }>(world.place.url, [
      "select position from trellis_cursors where name = 'deleted-accounts'",
    ]);
    expect(Number(row?.position)).toBe(world.accounts.deleted.length);
    expect(await left()).toBe(0);
  });

/** The columns of a profile that say nothing of a person, and stay when the account is deleted. */
const kept = ['account_id', 'created_at', 'removed_at', 'swept_at'];
/** All the others, by whether they hold anything. */
const personalColumns = async (id: string) => {
  const [row] = await runSql<{ profile: Record<string, unknown> }>(world.place.url, [
    `select to_jsonb(p) as profile from profiles p where account_id = '${id}'`,
  ]);
  const columns = Object.entries(row?.profile ?? {}).filter(([column]) => !kept.includes(column));
  const isEmpty = (value: unknown) => value === null || value === '' || value === 0;
  const names = (empty: boolean) => columns.filter(([, value]) => isEmpty(value) === empty).map(([column]) => column);
  return { filled: names(false), empty: names(true) };
};

test('what is left of a deleted account is nothing, and the counts of the others are right', async () => {
  const users = await world.start(often);
  const [ann, bob, cid, dee] = [await users.person(), await users.person(), await users.person(), await users.person()];
  const avatar = randomUUID();
  world.files.set(avatar, { owner: ann.id, type: 'image/png' });
  await users.ask(ann.id, 'PUT /users/me', { handle: ann.handle, name: 'Ann', bio: 'Private things', avatar });
  await users.ask(ann.id, `PUT /users/${bob.handle}/follow`);
  await users.ask(bob.id, `PUT /users/${ann.handle}/follow`);
  await users.ask(cid.id, `PUT /users/${bob.handle}/follow`);
  await users.ask(ann.id, `PUT /users/${dee.handle}/block`);
  await users.ask(cid.id, `PUT /users/${dee.handle}/follow`);
  const other = await users.person();
  await users.ask(other.id, `PUT /users/${ann.handle}/block`);
  const before = await personalColumns(ann.id);
  // A new column of a profile is filled above, to see that the removal empties it; or it is among those that are kept.
  expect(before.empty).toEqual([]);

  world.accounts.deleted.push(ann.id);
  await users.listen();
  await caughtUp();
  expect(await users.counted('users_accounts_removed_total')).toBe(1);
  expect(await users.ask(bob.id, `GET /users/${ann.handle}`)).toMatchObject(problem(404, 'person-not-found'));
  expect((await users.ask(bob.id, 'GET /users/me')).body).toMatchObject({ followers: 1, following: 0 });
  expect(await users.walk(dee.id, `/users/${bob.handle}/followers`, 10)).toEqual([cid.id]);
  expect((await users.ask('', `GET /internal/people?ids=${ann.id}`)).body.items).toEqual([]);
  for (const what of ['followed', `parted?ids=${ann.id}`]) {
    expect((await users.ask('', `GET /internal/people/${dee.id}/${what}`)).body).toEqual({ items: [] });
  }
  expect((await users.ask(other.id, 'GET /users/me/blocks')).body.items).toEqual([]);
  const rows = await runSql(world.place.url, [
    `select to_jsonb(p)::text || coalesce((select string_agg(to_jsonb(f)::text, '') from follows f), '') ||
      coalesce((select string_agg(to_jsonb(b)::text, '') from blocks b), '') as text
    from profiles p where account_id = '${ann.id}'`,
  ]);
  const text = JSON.stringify(rows);
  for (const secret of [ann.handle, 'Ann', 'Private', avatar]) expect(text).not.toContain(secret);
  expect(text.split(ann.id)).toHaveLength(2);
  expect(await personalColumns(ann.id)).toEqual({ filled: [], empty: before.filled });
  expect(await world.contradictions()).toEqual([]);
  // The handle is free again.
  await users.person(ann.handle);
});

test('a token that is still valid writes nothing for a deleted account', async () => {
  const users = await world.start(often);
  const [ann, bob] = [await users.person(), await users.person()];
  // This one was never seen here before it was deleted.
  const unknown = randomUUID();
  world.accounts.deleted.push(ann.id, unknown);
  await users.listen();
  await caughtUp();
  for (const id of [ann.id, unknown]) {
    const save = await users.ask(id, 'PUT /users/me', { handle: 'again.there', name: 'x' });
    expect(save).toMatchObject(problem(401, 'account-deleted'));
    for (const what of ['follow', 'block']) {
      expect(await users.ask(id, `PUT /users/${bob.handle}/${what}`)).toMatchObject(problem(401, 'account-deleted'));
      expect((await users.ask(id, `DELETE /users/${bob.handle}/${what}`)).status).toBeLessThan(300);
    }
    expect(await users.ask(id, 'GET /users/me')).toMatchObject(problem(404, 'profile-missing'));
  }
  expect(await users.counted('users_accounts_removed_total')).toBe(1);
  expect((await users.ask(bob.id, 'GET /users/me')).body.followers).toBe(0);
});

test('a service that was down catches up, and one that is deleted in the middle of everything leaves no trace', async () => {
  const [users, twin] = [await world.start(often), await world.start(often)];
  const [idle, ...crowd] = await Promise.all(Array.from({ length: 13 }, () => users.person()));
  world.accounts.deleted.push(idle?.id ?? '');
  await Promise.all([users.listen(), twin.listen()]);
  const gone = crowd.slice(0, 5);
  const work = crowd.flatMap((one, row) =>
    crowd.flatMap((other, column) => {
      if (one === other) return [];
      const app = (row + column) % 2 ? users : twin;
      const what = (row * 7 + column) % 5 === 0 ? 'block' : 'follow';
      return [() => app.ask(one.id, `PUT /users/${other.handle}/${what}`)];
    }),
  );
  const saves = gone.map((one) => () => users.ask(one.id, 'PUT /users/me', { handle: one.handle, name: 'Again' }));
  const half = work.length / 2;
  const before = Promise.all(work.slice(0, half).map((each) => each()));
  world.accounts.deleted.push(...gone.map(({ id }) => id));
  const answers = [...(await before), ...(await Promise.all([...work.slice(half), ...saves].map((each) => each())))];
  for (const { status } of answers) expect([200, 204, 401, 404]).toContain(status);
  await caughtUp();
  for (const { id } of gone) expect((await twin.ask(id, 'GET /users/me')).status).toBe(404);
  expect(await world.contradictions()).toEqual([]);
  const ids = gone.map(({ id }) => `'${id}'`).join();
  expect(
    await runSql(world.place.url, [
      `select 1 from follows where follower_id in (${ids}) or followed_id in (${ids})
      union all select 1 from blocks where blocker_id in (${ids}) or blocked_id in (${ids})
      union all select 1 from profiles where account_id in (${ids}) and (handle is not null or followers + following > 0)`,
    ]),
  ).toEqual([]);
  const removed =
    (await users.counted('users_accounts_removed_total')) + (await twin.counted('users_accounts_removed_total'));
  expect(removed).toBe(1 + gone.length);
}, 30_000);

test.each([
  ['whoever is followed or blocked', 'bob', 404, 'person-not-found'],
  ['whoever follows or blocks', 'ann', 401, 'account-deleted'],
] as const)(
  'a follow or block that has begun comes to nothing when %s is deleted in the middle of it',
  async (_what, gone, status, code) => {
    const users = await world.start();
    const people = { ann: await users.person(), bob: await users.person() };
    const deletion = new Client({ connectionString: world.place.url });
    await deletion.connect();
    try {
      await deletion.query('begin');
      await deletion.query(
        "update profiles set handle = null, name = '', removed_at = now(), swept_at = now() where account_id = $1",
        [people[gone].id],
      );
      const requests = ['follow', 'block'].map((what) =>
        users.ask(people.ann.id, `PUT /users/${people.bob.handle}/${what}`),
      );
      // Both have found somebody, and now wait for the row.
      await eventually(async () => {
        const waiting = await runSql(world.place.adminUrl, [
          "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        ]);
        expect(waiting).toHaveLength(2);
      });
      await deletion.query('commit');
      for (const answer of await Promise.all(requests)) expect(answer).toMatchObject(problem(status, code));
      expect(await runSql(world.place.url, ['select 1 from follows union all select 1 from blocks'])).toEqual([]);
    } finally {
      await deletion.end();
    }
  },
);

test('more followers and blocks than one transaction takes are all removed, and counted off by two replicas exactly', async () => {
  const users = await world.start(often);
  const [star, fan] = [await users.person(), await users.person()];
  await users.ask(fan.id, `PUT /users/${star.handle}/follow`);
  await runSql(world.place.url, [
    `with crowd as (
      insert into profiles (account_id, handle, name, following)
      select gen_random_uuid(), 'crowd.' || n, 'x', 1 from generate_series(1, 1200) as n
      returning account_id
    ), theirs as (insert into follows (follower_id, followed_id) select account_id, '${star.id}' from crowd)
    update profiles set followers = 1201 where account_id = '${star.id}'`,
    `with crowd as (
      insert into profiles (account_id, handle, name)
      select gen_random_uuid(), 'foe.' || n, 'x' from generate_series(1, 600) as n
      returning account_id
    )
    insert into blocks (blocker_id, blocked_id) select account_id, '${star.id}' from crowd`,
    `create function check_size() returns trigger language plpgsql as $$
    begin
      if (select count(*) from gone) > 500 then raise exception 'too many at once'; end if;
      return null;
    end
    $$`,
    ...['follows', 'blocks'].map(
      (table) => `create trigger size after delete on ${table} referencing old table as gone
        for each statement execute function check_size()`,
    ),
  ]);
  expect(await world.contradictions()).toEqual([]);
  world.accounts.deleted.push(star.id);
  const twin = await world.start(often);
  await Promise.all([users.listen(), twin.listen()]);
  await caughtUp();
  expect(await world.contradictions()).toEqual([]);
  expect((await users.ask(fan.id, 'GET /users/me')).body.following).toBe(0);
  expect(await runSql(world.place.url, ['select 1 from blocks'])).toEqual([]);
  const removed = await Promise.all([users, twin].map((app) => app.counted('users_accounts_removed_total')));
  expect(removed.reduce((sum, each) => sum + each)).toBe(1);
  expect(users.lines.at('error')).toEqual([]);
}, 30_000);

test('an account that cannot be removed keeps no other waiting, and is tried again', async () => {
  const users = await world.start(often);
  const [ann, bob, cid, dee] = [await users.person(), await users.person(), await users.person(), await users.person()];
  for (const { id } of [ann, bob, cid]) await users.ask(id, `PUT /users/${dee.handle}/block`);
  // Whoever comes first stays.
  const [first] = [ann, bob, cid].map(({ id }) => id).sort();
  await runSql(world.place.url, [
    `create function refuse() returns trigger language plpgsql as $$
    begin
      if old.blocker_id = '${first}' then raise exception 'stays'; end if;
      return old;
    end
    $$`,
    'create trigger refuse before delete on blocks for each row execute function refuse()',
  ]);
  world.accounts.deleted.push(ann.id, bob.id, cid.id);
  await users.listen();
  const counted = (count: number) =>
    eventually(async () => expect(await users.counted('users_accounts_removed_total')).toBe(count));
  await counted(2);
  expect(await runSql(world.place.url, ['select blocker_id from blocks'])).toEqual([{ blocker_id: first }]);
  await runSql(world.place.url, ['drop trigger refuse on blocks']);
  await counted(3);
});

test('while auth is away all goes on, and what was deleted meanwhile is removed afterwards', async () => {
  let users: Users | undefined = await world.start(often);
  const [ann, bob] = [await users.person(), await users.person()];
  await users.ask(ann.id, `PUT /users/${bob.handle}/follow`);
  await users.close();
  world.accounts.deleted.push(ann.id);
  users = await world.start(often);
  expect((await users.ask(bob.id, 'GET /users/me')).body.followers).toBe(1);
  await users.listen();
  await caughtUp();
  expect((await users.ask(bob.id, 'GET /users/me')).body.followers).toBe(0);
});
