import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { eventually } from '../kit/testing/eventually.ts';
import { runSql } from '../kit/testing/test-postgres.ts';
import { type Posts, type PostsWorld, postsWorld } from './testing/build-posts.ts';

const soon = { DELETIONS_EVERY: '20ms' };

/** How much of an account is left. */
async function left({ place }: PostsWorld, account: string): Promise<unknown> {
  const [row] = await runSql(place.url, [
    `select (select count(*)::int from posts where author_id = '${account}') as posts,
      (select count(*)::int from likes where account_id = '${account}') as likes,
      (select count(*)::int from comments where author_id = '${account}') as comments`,
  ]);
  return row;
}
const nothing = { posts: 0, likes: 0, comments: 0 };

/** The tables, whichever there are, in which an account is named. */
async function tablesNaming({ place }: PostsWorld, account: string): Promise<string[]> {
  const tables = await runSql<{ name: string }>(place.url, [
    "select table_name as name from information_schema.tables where table_schema = 'public' order by table_name",
  ]);
  const found = await Promise.all(
    tables.map(({ name }) => runSql(place.url, [`select from "${name}" t where t::text like '%${account}%' limit 1`])),
  );
  return tables.flatMap(({ name }, index) => (found[index]?.length ? [name] : []));
}

/** Posts whose counts are not what there is to count. */
async function wrongCounts({ place }: PostsWorld): Promise<unknown[]> {
  return runSql(place.url, [
    `select id from posts p where likes <> (select count(*) from likes l where l.post_id = p.id)
      or comments <> (select count(*) from comments c where c.post_id = p.id)`,
  ]);
}

async function refusesWrites(posts: Posts, account: string, postId: string): Promise<void> {
  const refused = { status: 401, body: { code: 'account-deleted' } };
  await expect(posts.post(account)).rejects.toThrow('account-deleted');
  expect(await posts.ask(account, `PUT /posts/${postId}/like`)).toMatchObject(refused);
  expect(await posts.ask(account, `POST /posts/${postId}/comments`, { text: 'Still here' })).toMatchObject(refused);
}

test('a deleted account leaves nothing, the counts of others are right, and its token writes nothing any more', async () => {
  await using world = await postsWorld();
  const posts = await world.start(soon);
  const [ann, bob, eve] = [randomUUID(), randomUUID(), randomUUID()];
  const [ofAnn, ofEve] = [await posts.post(ann), await posts.post(eve)];
  for (const id of [ofAnn, ofEve]) {
    for (const who of [bob, eve]) {
      await posts.ask(who, `PUT /posts/${id}/like`);
      for (const text of ['One', 'Two']) await posts.ask(who, `POST /posts/${id}/comments`, { text });
    }
  }
  expect(await tablesNaming(world, eve)).toEqual(['comments', 'likes', 'posts']);
  await posts.listen();
  world.accounts.deleted.push(eve);
  await eventually(async () => expect(await posts.counted('posts_accounts_removed_total')).toBe(1));
  expect(await tablesNaming(world, eve)).toEqual(['deleted_accounts']);
  expect((await posts.ask(ann, `GET /posts/${ofAnn}`)).body).toMatchObject({ likes: 1, comments: 2 });
  expect((await posts.ask(ann, `GET /posts/${ofAnn}/comments`)).body.items).toHaveLength(2);
  expect((await posts.ask(ann, `GET /posts/${ofEve}`)).status).toBe(404);
  expect(await wrongCounts(world)).toEqual([]);
  await refusesWrites(posts, eve, ofAnn);
  expect(await left(world, eve)).toEqual(nothing);
  expect(await left(world, bob)).toEqual({ posts: 0, likes: 1, comments: 2 });
});

test('one that was down meanwhile catches up, and two replicas remove each account once', async () => {
  await using world = await postsWorld();
  const writer = await world.start();
  const gone = Array.from({ length: 12 }, () => randomUUID());
  const ann = randomUUID();
  const ids = [await writer.post(ann), await writer.post(ann), await writer.post(ann)];
  for (const who of gone) {
    await writer.post(who);
    for (const id of ids) await writer.ask(who, `PUT /posts/${id}/like`);
    await writer.ask(who, `POST /posts/${ids[0]}/comments`, { text: 'Bye' });
  }
  await writer.close();
  world.accounts.deleted.push(...gone);
  const replicas = await Promise.all([world.start(soon), world.start(soon)]);
  await Promise.all(replicas.map((each) => each.listen()));
  const removed = async () => {
    const counts = await Promise.all(replicas.map((each) => each.counted('posts_accounts_removed_total')));
    return counts.reduce((sum, count) => sum + count, 0);
  };
  await eventually(async () => expect(await removed()).toBe(gone.length));
  for (const who of gone) expect(await left(world, who)).toEqual(nothing);
  expect((await replicas[0].ask(ann, `GET /posts/${ids[0]}`)).body).toMatchObject({ likes: 0, comments: 0 });
  expect(await removed()).toBe(gone.length);
});

test('what an account and others write while it is deleted leaves nothing of it and no wrong count', async () => {
  await using world = await postsWorld();
  const [first, second] = await Promise.all([world.start(soon), world.start(soon)]);
  const ann = randomUUID();
  const ids = await Promise.all(Array.from({ length: 5 }, () => first.post(ann)));
  await Promise.all([first.listen(), second.listen()]);
  for (let round = 0; round < 3; round++) {
    const eve = randomUUID();
    let isGone = false;
    const writing = Promise.all(
      [first, second, first, second].map(async (posts, writer) => {
        for (let at = 0; !isGone; at++) {
          const id = ids[(at + writer) % ids.length];
          const answers = await Promise.all([
            posts.ask(eve, `PUT /posts/${id}/like`),
            posts.ask(eve, `POST /posts/${id}/comments`, { text: 'x' }),
            posts.ask(randomUUID(), `PUT /posts/${id}/like`),
            posts.post(eve).then(
              () => ({ status: 201, body: undefined }),
              ({ message }: Error) => ({
                status: message.includes('account-deleted') ? 401 : 500,
                body: { code: message },
              }),
            ),
          ]);
          // With the code, which tells why where it fails.
          for (const { status, body } of answers) expect([200, 201, 401, 404], body?.code).toContain(status);
        }
      }),
    );
    await sleep(30);
    world.accounts.deleted.push(eve);
    const total = async () =>
      (await first.counted('posts_accounts_removed_total')) + (await second.counted('posts_accounts_removed_total'));
    await eventually(async () => expect(await total()).toBe(round + 1));
    isGone = true;
    await writing;
    expect(await left(world, eve)).toEqual(nothing);
  }
  expect(await wrongCounts(world)).toEqual([]);
});

test('a deletion waits for what is being written for the account, and removes it', async () => {
  await using world = await postsWorld();
  const posts = await world.start(soon);
  const [ann, eve] = [randomUUID(), randomUUID()];
  const id = await posts.post(ann);
  const slow = new Client({ connectionString: world.place.url });
  await slow.connect();
  await slow.query('begin');
  await slow.query('insert into likes (post_id, account_id) select $1, writing_account($2)', [id, eve]);
  await slow.query('update posts set likes = likes + 1 where id = $1', [id]);
  await posts.listen();
  world.accounts.deleted.push(eve);
  // Somebody waits for the lock of the account.
  await eventually(async () => {
    const waiting = "select 1 from pg_locks where locktype = 'advisory' and not granted";
    expect(
      await runSql(world.place.adminUrl, [
        `${waiting} and database = (select oid from pg_database where datname = current_database())`,
      ]),
    ).toHaveLength(1);
  });
  expect(await posts.counted('posts_accounts_removed_total')).toBe(0);
  await slow.query('commit');
  await slow.end();
  await eventually(async () => expect(await posts.counted('posts_accounts_removed_total')).toBe(1));
  expect(await left(world, eve)).toEqual(nothing);
  expect((await posts.ask(ann, `GET /posts/${id}`)).body.likes).toBe(0);
});

/** Makes the database refuse to delete rows of a table. @param condition of the row `old` */
async function refuseDeletion({ place }: PostsWorld, table: string, condition: string): Promise<void> {
  await runSql(place.url, [
    `create function refuse_${table}() returns trigger language plpgsql as $$
    begin
      if ${condition} then raise exception 'stays'; end if;
      return old;
    end
    $$`,
    `create trigger refuse before delete on ${table} for each row execute function refuse_${table}()`,
  ]);
}

test('an account or a post that cannot be removed keeps no other waiting, and is tried again', async () => {
  await using world = await postsWorld();
  const posts = await world.start(soon);
  const people = Array.from({ length: 3 }, () => randomUUID()).sort();
  const [ann] = people;
  const ids = [];
  for (const who of people) {
    const id = await posts.post(who);
    await posts.ask(who, `PUT /posts/${id}/like`);
    ids.push(id);
  }
  const bob = randomUUID();
  const ofBob = [await posts.post(bob), await posts.post(bob)];
  await refuseDeletion(world, 'likes', `old.account_id = '${ann}'`);
  await refuseDeletion(world, 'posts', `old.id = ${ofBob[0]}`);
  for (const id of ofBob) expect((await posts.ask(bob, `DELETE /posts/${id}`)).status).toBe(204);
  world.accounts.deleted.push(...people);
  await posts.listen();
  await eventually(async () => expect(await posts.counted('posts_accounts_removed_total')).toBe(2));
  await eventually(async () => expect(await left(world, bob)).toEqual({ ...nothing, posts: 1 }));
  const failed = posts.lines.of('background work failed; it is tried again').map(({ job }) => job);
  expect(new Set(failed)).toEqual(new Set(['remove-deleted-accounts', 'remove-deleted-posts']));
  await runSql(world.place.url, ['drop trigger refuse on likes', 'drop trigger refuse on posts']);
  await eventually(async () => expect(await posts.counted('posts_accounts_removed_total')).toBe(3));
  await eventually(async () => expect(await left(world, bob)).toEqual(nothing));
});

test('a post of more likes and comments than one statement may remove is gone at once, and then removed by two replicas', async () => {
  await using world = await postsWorld();
  const replicas = await Promise.all([world.start(soon), world.start(soon)]);
  const [posts] = replicas;
  const [ann, bob] = [randomUUID(), randomUUID()];
  const [id, kept] = [await posts.post(ann), await posts.post(ann)];
  for (const each of [id, kept]) await posts.ask(bob, `PUT /posts/${each}/like`);
  const most = 2_000;
  await runSql(world.place.url, [
    `insert into likes (post_id, account_id) select ${id}, gen_random_uuid() from generate_series(1, ${2 * most})`,
    `insert into comments (post_id, author_id, text) select ${id}, gen_random_uuid(), 'x' from generate_series(1, ${most + 1})`,
    `update posts set likes = ${2 * most} + 1, comments = ${most + 1} where id = ${id}`,
    `create function check_size() returns trigger language plpgsql as $$
    begin
      if (select count(*) from gone) > ${most} then raise exception 'too many at once'; end if;
      return null;
    end
    $$`,
    ...['likes', 'comments'].map(
      (table) => `create trigger size after delete on ${table} referencing old table as gone
        for each statement execute function check_size()`,
    ),
  ]);
  expect((await posts.ask(ann, `DELETE /posts/${id}`)).status).toBe(204);
  const hidden = { status: 404, body: { code: 'post-not-found' } };
  const path = `/posts/${id}`;
  for (const request of [
    `GET ${path}`,
    `DELETE ${path}`,
    `PUT ${path}/like`,
    `DELETE ${path}/like`,
    `GET ${path}/comments`,
  ]) {
    expect(await posts.ask(ann, request)).toMatchObject(hidden);
  }
  expect(await posts.ask(ann, `POST ${path}/comments`, { text: 'x' })).toMatchObject(hidden);
  for (const list of ['/feed', `/posts?author=${ann}`]) {
    expect((await posts.ask(ann, `GET ${list}`)).body.items).toMatchObject([{ id: kept }]);
  }
  await Promise.all(replicas.map((each) => each.listen()));
  await eventually(async () =>
    expect(
      await runSql(world.place.url, [
        `select (select count(*)::int from posts) as posts, (select count(*)::int from post_media) as media,
            (select count(*)::int from likes) as likes, (select count(*)::int from comments) as comments`,
      ]),
    ).toEqual([{ posts: 1, media: 1, likes: 1, comments: 0 }]),
  );
  for (const { lines } of replicas) expect(lines.of('background work failed; it is tried again')).toEqual([]);
});
