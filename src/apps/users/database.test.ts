import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kitPaths } from '../../model/index.ts';
import { eventually } from '../kit/testing/eventually.ts';
import { runSql, startPostgres } from '../kit/testing/test-postgres.ts';
import { searchPeople } from './profiles.ts';
import { blocked, followedBy, followers, following, partedFrom } from './relations.ts';
import { type Users, type UsersWorld, usersWorld } from './testing/build-users.ts';

let world: UsersWorld;
let users: Users;
beforeAll(async () => {
  world = await usersWorld();
  users = await world.start();
});
afterAll(() => world[Symbol.asyncDispose]());

const id = `'${randomUUID()}'`;

describe('by an index, and without sorting, whatever the values', () => {
  test.each([
    ['search', searchPeople, `${id}, 'ab', 'ab~', '', 11`, ['profiles_handle_key']],
    ['followers', followers, `${id}, ${id}, 9, 11`, ['follows_followed_id_id_idx']],
    ['following', following, `${id}, ${id}, 9, 11`, ['follows_follower_id_id_idx']],
    ['blocked', blocked, `${id}, ${id}, 9, 11`, ['blocks_blocker_id_id_idx']],
    ['all whom somebody follows', followedBy, id, ['follows_follower_id_id_idx']],
    ['whom a block parts', partedFrom, `${id}, array[${id}]::uuid[]`, ['blocks_blocked_id_idx']],
  ])('are found: %s', async (_what, { text }, values, indexes) => {
    await users.person();
    const [row] = await runSql(world.place.url, [
      // Few rows are read as a whole, which says nothing about many; and a plan that knows its values may be better than the one that is kept.
      'set enable_seqscan = off; set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan',
      `prepare tried as ${text}`,
      `explain (format json) execute tried (${values})`,
    ]);
    const plan = JSON.stringify(row);
    expect(plan).not.toContain('"Node Type":"Seq Scan"');
    expect(plan).not.toContain('Sort');
    for (const index of indexes) expect(plan).toContain(`"Index Name":"${index}"`);
  });
});

describe('the database itself refuses', () => {
  const profile = (columns: string, values: string) =>
    `insert into profiles (account_id, ${columns}) values (gen_random_uuid(), ${values})`;
  const edge = (table: string, columns: string) =>
    `with p as (${profile('handle, name', "'edge.' || floor(random() * 1e9)::int, 'x'")} returning account_id)
    insert into ${table} (${columns}) select account_id, account_id from p`;
  test.each([
    ['profiles_handle_form_check', profile('handle, name', "'me', 'x'")],
    ['profiles_handle_form_check', profile('handle, name', "'Upper', 'x'")],
    ['profiles_handle_form_check', profile('handle, name', "'.dot', 'x'")],
    ['profiles_handle_form_check', profile('handle, name', "repeat('a', 31), 'x'")],
    ['profiles_handle_form_check', profile('handle, name', "E'abc\\n', 'x'")],
    ['profiles_name_check', profile('handle, name', "'abc', ''")],
    ['profiles_name_check', profile('handle, name', "'abc', repeat('x', 61)")],
    ['profiles_bio_check', profile('handle, name, bio', "'abc', 'x', repeat('x', 301)")],
    ['profiles_followers_check', profile('handle, name, followers', "'abc', 'x', -1")],
    ['profiles_following_check', profile('handle, name, following', "'abc', 'x', -1")],
    ['profiles_removed_check', profile('name', "'nobody'")],
    ['profiles_removed_check', profile('handle, removed_at', "'abc', now()")],
    ['profiles_removed_check', profile('bio, removed_at', "'x', now()")],
    ['profiles_swept_check', profile('followers, removed_at, swept_at', '1, now(), now()')],
    ['profiles_name_check', profile('name, removed_at', "'x', now()")],
    ['follows_self_check', edge('follows', 'follower_id, followed_id')],
    ['blocks_self_check', edge('blocks', 'blocker_id, blocked_id')],
    ['follows_follower_id_fkey', `insert into follows (follower_id, followed_id) values (${id}, gen_random_uuid())`],
    ['blocks_blocker_id_fkey', `insert into blocks (blocker_id, blocked_id) values (${id}, gen_random_uuid())`],
  ])('what breaks %s', async (constraint, statement) => {
    await users.person();
    await expect(runSql(world.place.url, [statement])).rejects.toMatchObject({ constraint });
  });
});

test('while the database is away each route says so, readiness tells the truth, and all is well again without a restart', async () => {
  await using server = await startPostgres();
  await using own = await usersWorld(server.url);
  const app = await own.start();
  const [ann, bob] = [await app.person(), await app.person()];
  expect((await app.server.inject(kitPaths.ready)).statusCode).toBe(200);
  await server.stop();
  try {
    const requests = [
      'GET /users/me',
      'GET /users?prefix=a',
      `PUT /users/${bob.handle}/follow`,
      'GET /users/me/blocks',
    ];
    for (const request of [...requests, `GET /internal/people?ids=${ann.id}`]) {
      const answer = await app.ask(ann.id, request);
      expect(answer).toMatchObject({ status: 503, body: { code: 'database-unavailable' } });
      expect(answer.headers['retry-after']).toBe('2');
    }
    expect((await app.server.inject(kitPaths.ready)).statusCode).toBe(503);
    expect((await app.server.inject(kitPaths.health)).statusCode).toBe(200);
  } finally {
    await server.start();
  }
  await eventually(async () => expect((await app.ask(ann.id, `PUT /users/${bob.handle}/follow`)).status).toBe(200));
  expect((await app.server.inject(kitPaths.ready)).statusCode).toBe(200);
}, 30_000);
