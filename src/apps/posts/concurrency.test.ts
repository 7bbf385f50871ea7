import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runSql } from '../kit/testing/test-postgres.ts';
import { type Posts, type PostsWorld, postsWorld } from './testing/build-posts.ts';

let world: PostsWorld;
let both: readonly [Posts, Posts];
beforeAll(async () => {
  world = await postsWorld();
  both = await Promise.all([world.start(), world.start()]);
});
afterAll(() => world[Symbol.asyncDispose]());

const someone = () => randomUUID();
/** One of the two instances, in turn. */
const instance = (at: number): Posts => both[at % 2 === 0 ? 0 : 1];
const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const statuses = (answers: readonly { status: number }[]) => [...new Set(answers.map(({ status }) => status))].sort();

/** What the post counts, and what there is to count. */
async function counts(id: string) {
  const [row] = await runSql(world.place.url, [
    `select likes, comments, (select count(*)::int from likes where post_id = ${id}) as "realLikes",
      (select count(*)::int from comments where post_id = ${id}) as "realComments" from posts where id = ${id}`,
  ]);
  return row;
}

test('200 likes and unlikes of the same 20 people at once on two instances are counted exactly', async () => {
  const id = await instance(0).post(someone());
  const people = times(20, someone);
  const changes = times(200, (at) => ({ who: people[(at * 7) % 20] ?? '', how: at % 3 === 0 ? 'DELETE' : 'PUT' }));
  const answers = await Promise.all(
    changes.map(({ who, how }, at) => instance(at).ask(who, `${how} /posts/${id}/like`)),
  );
  expect(statuses(answers)).toEqual([200]);
  for (const [at, { body }] of answers.entries()) {
    expect(body.likedByMe).toBe(changes[at]?.how === 'PUT');
    expect(body.likes).toBeGreaterThanOrEqual(0);
    expect(body.likes).toBeLessThanOrEqual(20);
  }
  const row = await counts(id);
  expect(row?.['likes']).toBe(row?.['realLikes']);

  const likes = await Promise.all(times(60, (at) => instance(at).ask(people[at % 20] ?? '', `PUT /posts/${id}/like`)));
  expect(Math.max(...likes.map(({ body }) => body.likes))).toBe(20);
  expect(await counts(id)).toMatchObject({ likes: 20, realLikes: 20 });
  await Promise.all(times(60, (at) => instance(at).ask(people[at % 20] ?? '', `DELETE /posts/${id}/like`)));
  expect(await counts(id)).toMatchObject({ likes: 0, realLikes: 0 });
});

test('comments that come and go at once are counted exactly, each deleted once', async () => {
  const ann = someone();
  const id = await instance(0).post(ann);
  const made = await Promise.all(
    times(60, (at) => instance(at).ask(someone(), `POST /posts/${id}/comments`, { text: `No. ${at}` })),
  );
  expect(statuses(made)).toEqual([201]);
  const gone = made.slice(0, 30).flatMap(({ body }) => [body.id, body.id]);
  const answers = await Promise.all([
    ...gone.map((each, at) => instance(at).ask(ann, `DELETE /posts/${id}/comments/${each}`)),
    ...times(20, (at) => instance(at).ask(someone(), `POST /posts/${id}/comments`, { text: 'Another' })),
  ]);
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(30);
  expect(answers.filter(({ status }) => status === 404)).toHaveLength(30);
  expect(await counts(id)).toMatchObject({ comments: 50, realComments: 50 });
});

test('likes and comments of a post that is being deleted are 404, never a failure, and nothing is left over', async () => {
  const ann = someone();
  for (let round = 0; round < 8; round++) {
    const id = await instance(0).post(ann);
    const people = times(12, someone);
    await Promise.all(people.slice(0, 6).map((who, at) => instance(at).ask(who, `PUT /posts/${id}/like`)));
    const answers = await Promise.all([
      ...people.map((who, at) => instance(at).ask(who, `${at % 2 ? 'PUT' : 'DELETE'} /posts/${id}/like`)),
      ...people.map((who, at) => instance(at).ask(who, `POST /posts/${id}/comments`, { text: 'Late?' })),
      ...times(2, (at) => sleep(round).then(() => instance(at).ask(ann, `DELETE /posts/${id}`))),
      ...people.map((who, at) => sleep(round).then(() => instance(at).ask(who, `PUT /posts/${id}/like`))),
    ]);
    for (const { status, body } of answers) {
      expect([200, 201, 204, 404]).toContain(status);
      if (status === 404) expect(body.code).toBe('post-not-found');
    }
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  }
  expect(
    await runSql(world.place.url, [
      `select (select count(*)::int from likes l where not exists (select from posts p where p.id = l.post_id)) as likes,
        (select count(*)::int from post_media m where not exists (select from posts p where p.id = m.post_id)) as media`,
    ]),
  ).toEqual([{ likes: 0, media: 0 }]);
});

test('a reader who has seen a post never meets a smaller id later, however many are committed at once', async () => {
  const authors = times(6, someone);
  const reader = someone();
  world.following.set(reader, authors);
  let isDone = false;
  const seen = new Set<string>();
  let highest = 0n;
  const behind: string[] = [];
  const reading = (async () => {
    for (let at = 0; !isDone; at++) {
      const { status, body } = await instance(at).ask(reader, 'GET /feed?limit=50');
      expect(status).toBe(200);
      const ids: string[] = body.items.map(({ id }: { id: string }) => id);
      expect(ids).toEqual(ids.toSorted((a, b) => Number(b) - Number(a)));
      const known = highest;
      for (const id of ids) {
        if (BigInt(id) < known && !seen.has(id)) behind.push(id);
        if (BigInt(id) > highest) highest = BigInt(id);
        seen.add(id);
      }
    }
  })();
  const made: string[] = [];
  for (let round = 0; round < 12; round++) {
    made.push(...(await Promise.all(authors.map((who, at) => instance(at + round).post(who)))));
  }
  isDone = true;
  await reading;
  expect(seen.size).toBeGreaterThan(20);
  expect(behind).toEqual([]);
  expect(new Set(made).size).toBe(72);
});

/** Does `during` while statements have run in a transaction that is not committed, and commits it then. */
async function whileUncommitted<T>(statements: readonly string[], during: () => Promise<T>): Promise<T> {
  const slow = new Client({ connectionString: world.place.url });
  await slow.connect();
  try {
    await slow.query('begin');
    for (const statement of statements) await slow.query(statement);
    const result = await during();
    await slow.query('commit');
    return result;
  } finally {
    await slow.end();
  }
}

/** Starts a request that has to wait for somebody else's transaction. */
async function thatWaits<T>(request: Promise<T>): Promise<{ answer: Promise<T> }> {
  const first = await Promise.race([request.then(() => 'answered'), sleep(150, 'waits')]);
  expect(first).toBe('waits');
  return { answer: request };
}

test('a post that has an id and is not committed holds up the next post, and no reader', async () => {
  const [ann, bob] = [someone(), someone()];
  world.following.set(ann, [bob]);
  const insert = `with p as (insert into posts (author_id, caption) values ('${bob}', 'slow') returning id)
    insert into post_media (post_id, position, media_id, type) select id, 1, gen_random_uuid(), 'image/png' from p`;
  const { answer } = await whileUncommitted([insert], async () => {
    const waiting = await thatWaits(instance(0).post(ann));
    expect((await instance(1).ask(ann, 'GET /feed')).body.items).toEqual([]);
    return waiting;
  });
  const id = await answer;
  const { items } = (await instance(1).ask(ann, 'GET /feed')).body;
  expect(items.map(({ author }: { author: { id: string } }) => author.id)).toEqual([ann, bob]);
  expect(items[0].id).toBe(id);
});

test('a like waits for the changes before it, and its answer counts them', async () => {
  const [ann, bob] = [someone(), someone()];
  const id = await instance(0).post(ann);
  const change = (by: string) => `update posts set likes = likes ${by} where id = ${id}`;
  const liked = await whileUncommitted(
    [change('+ 1'), `insert into likes (post_id, account_id) values (${id}, '${ann}')`],
    () => thatWaits(instance(0).ask(bob, `PUT /posts/${id}/like`)),
  );
  expect((await liked.answer).body).toEqual({ likes: 2, likedByMe: true });
  const unliked = await whileUncommitted(
    [change('- 1'), `delete from likes where post_id = ${id} and account_id = '${ann}'`],
    () => thatWaits(instance(0).ask(bob, `DELETE /posts/${id}/like`)),
  );
  expect((await unliked.answer).body).toEqual({ likes: 0, likedByMe: false });
  expect(await counts(id)).toMatchObject({ likes: 0, realLikes: 0 });
});

test.each([
  ['PUT', '/like'],
  ['DELETE', '/like'],
  ['POST', '/comments', { text: 'x' }],
])(
  '%s %s on a post whose deletion is not committed waits for it, and is then 404',
  async (method, path, body?: object) => {
    const [ann, bob] = [someone(), someone()];
    const id = await instance(0).post(ann);
    if (method === 'DELETE') await instance(0).ask(bob, `PUT /posts/${id}/like`);
    const { answer } = await whileUncommitted([`update posts set deleted_at = now() where id = ${id}`], () =>
      thatWaits(instance(0).ask(bob, `${method} /posts/${id}${path}`, body)),
    );
    expect(await answer).toMatchObject({ status: 404, body: { code: 'post-not-found' } });
  },
);

test('a comment has no id before it is its turn on the post', async () => {
  const id = await instance(0).post(someone());
  const lastId = () => runSql(world.place.url, ['select last_value, is_called from comments_id_seq']);
  const before = await lastId();
  const { answer } = await whileUncommitted([`select from posts where id = ${id} for no key update`], async () => {
    const waiting = await thatWaits(instance(0).ask(someone(), `POST /posts/${id}/comments`, { text: 'x' }));
    expect(await lastId()).toEqual(before);
    return waiting;
  });
  expect((await answer).status).toBe(201);
});

test('what is written for an account whose deletion is not committed waits for it, and is then refused', async () => {
  const [ann, eve] = [someone(), someone()];
  const id = await instance(0).post(ann);
  const deletion = [
    `select pg_advisory_xact_lock(account_lock('${eve}'))`,
    `insert into deleted_accounts (account_id) values ('${eve}')`,
  ];
  const { answer } = await whileUncommitted(deletion, () => thatWaits(instance(0).ask(eve, `PUT /posts/${id}/like`)));
  expect(await answer).toMatchObject({ status: 401, body: { code: 'account-deleted' } });
  expect(await counts(id)).toMatchObject({ likes: 0, realLikes: 0 });
});

test('a walk through the feed has no duplicate and no hole while posts arrive and are deleted', async () => {
  const authors = times(5, someone);
  const reader = someone();
  world.following.set(reader, authors);
  const old: { id: string; author: string }[] = [];
  for (let at = 0; at < 60; at++) {
    const author = authors[at % 5] ?? '';
    old.push({ id: await instance(at).post(author), author });
  }
  const doomed = old.filter((_, at) => at % 6 === 5);
  let isDone = false;
  const writing = (async () => {
    for (let at = 0; !isDone; at++) {
      await Promise.all(times(3, (each) => instance(each).post(authors[(at + each) % 5] ?? '')));
      const gone = doomed[at];
      if (gone) await instance(at).ask(gone.author, `DELETE /posts/${gone.id}`);
    }
  })();
  const walked: string[] = [];
  let next: string | null = '';
  while (next !== null) {
    const path: string = `GET /feed?limit=4${next === '' ? '' : `&cursor=${next}`}`;
    const { status, body } = await instance(walked.length).ask(reader, path);
    expect(status).toBe(200);
    walked.push(...body.items.map(({ id }: { id: string }) => id));
    next = body.next;
    await sleep(5);
  }
  isDone = true;
  await writing;
  expect(new Set(walked).size).toBe(walked.length);
  expect(walked).toEqual(walked.toSorted((a, b) => Number(b) - Number(a)));
  const kept = old.filter((each) => !doomed.includes(each)).map(({ id }) => id);
  expect(kept.filter((id) => !walked.includes(id))).toEqual([]);
});

test('a walk through comments from the oldest misses none that is committed meanwhile', async () => {
  const id = await instance(0).post(someone());
  const made: string[] = [];
  let isDone = false;
  const writing = Promise.all(
    times(8, async (writer) => {
      for (let at = 0; at < 12; at++) {
        const { body } = await instance(writer + at).ask(someone(), `POST /posts/${id}/comments`, { text: 'x' });
        made.push(body.id);
      }
    }),
  ).then(() => {
    isDone = true;
  });
  const walked: string[] = [];
  const reader = someone();
  // As a client does that waits for what comes: it goes on after the last it has.
  for (let more = true; more; ) {
    more = !isDone;
    const cursor = walked.at(-1);
    const after = cursor === undefined ? '' : `&cursor=${Buffer.from(cursor).toString('base64url')}`;
    const { body } = await instance(walked.length).ask(reader, `GET /posts/${id}/comments?limit=50${after}`);
    walked.push(...body.items.map((each: { id: string }) => each.id));
    more ||= body.next !== null;
  }
  await writing;
  expect(walked).toHaveLength(96);
  expect(walked.toSorted()).toEqual(made.toSorted());
});
