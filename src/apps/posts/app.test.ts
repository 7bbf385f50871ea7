import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kitPaths } from '../../model/index.ts';
import { eventually } from '../kit/testing/eventually.ts';
import { json, lateServer } from '../kit/testing/stub-server.ts';
import { runSql, startPostgres } from '../kit/testing/test-postgres.ts';
import { handleOf, type Posts, type PostsWorld, postsWorld } from './testing/build-posts.ts';

let world: PostsWorld;
let posts: Posts;
beforeAll(async () => {
  world = await postsWorld();
  posts = await world.start();
});
afterAll(() => world[Symbol.asyncDispose]());

const someone = () => randomUUID();
const upload = (owner: string, type = 'image/png') => {
  const id = randomUUID();
  world.files.set(id, { owner, type });
  return id;
};
const problem = (status: number, code: string) => ({ status, body: { status, code } });

describe('a post', () => {
  test('is made with its files in their order, seen by others, and deleted by its author with all that hangs on it', async () => {
    const [ann, bob] = [someone(), someone()];
    const media = [upload(ann, 'video/mp4'), upload(ann), upload(ann)];
    const before = await posts.counted('posts_created_total');
    const made = await posts.ask(ann, 'POST /posts', { caption: '  Hello  ', media });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.stringMatching(/^[1-9]\d*$/),
      author: { id: ann, handle: handleOf(ann), name: 'A name', avatar: null },
      caption: 'Hello',
      media: media.map((id, at) => ({ id, type: at === 0 ? 'video/mp4' : 'image/png' })),
      createdAt: expect.stringMatching(/^\d{4}-/),
      likes: 0,
      comments: 0,
      likedByMe: false,
    });
    expect(await posts.counted('posts_created_total')).toBe(before + 1);
    const path = `/posts/${made.body.id}`;
    await posts.ask(bob, `PUT ${path}/like`);
    await posts.ask(bob, `POST ${path}/comments`, { text: 'Nice' });
    expect((await posts.ask(bob, `GET ${path}`)).body).toEqual({
      ...made.body,
      likes: 1,
      comments: 1,
      likedByMe: true,
    });
    expect(await posts.ask(bob, `DELETE ${path}`)).toMatchObject(problem(404, 'post-not-found'));
    expect((await posts.ask(ann, `DELETE ${path}`)).status).toBe(204);
    for (const request of ['GET', 'DELETE']) {
      expect(await posts.ask(ann, `${request} ${path}`)).toMatchObject(problem(404, 'post-not-found'));
    }
  });

  test.each<[what: string, body: object]>([
    ['no media', { caption: 'x', media: [] }],
    ['no list of media', { caption: 'x' }],
    ['eleven files', { media: Array.from({ length: 11 }, someone) }],
    ['an id that is none', { media: ['1'] }],
    ['a caption that is too long', { caption: 'x'.repeat(2_201), media: [someone()] }],
    ['a NUL character', { caption: 'a\u0000b', media: [someone()] }],
  ])('with %s is refused', async (_, body) => {
    expect(await posts.ask(someone(), 'POST /posts', body)).toMatchObject(problem(400, 'invalid-request'));
  });

  test('with the same file twice is refused, in whatever case its id is written', async () => {
    const ann = someone();
    const id = upload(ann);
    const refused = await posts.ask(ann, 'POST /posts', { media: [id, id.toUpperCase()] });
    expect(refused).toMatchObject(problem(400, 'invalid-request'));
    expect(refused.body.errors).toEqual([{ path: 'body.media', message: 'Invalid input: the same id twice' }]);
    expect((await posts.ask(ann, 'POST /posts', { media: [id.toUpperCase()] })).body.media).toEqual([
      { id, type: 'image/png' },
    ]);
  });

  test('with ten files and the longest caption, of characters that take two units each, is taken', async () => {
    const ann = someone();
    const media = Array.from({ length: 10 }, () => upload(ann));
    const made = await posts.ask(ann, 'POST /posts', { caption: '😀'.repeat(1_100), media });
    expect(made.status).toBe(201);
    expect(made.body.media.map(({ id }: { id: string }) => id)).toEqual(media);
  });

  test('with files of somebody else, or that are not there, is refused and names them', async () => {
    const [ann, bob] = [someone(), someone()];
    const media = [upload(ann), upload(bob), someone()];
    const refused = await posts.ask(ann, 'POST /posts', { media });
    expect(refused).toMatchObject(problem(422, 'media-not-yours'));
    expect(refused.body.errors).toEqual(
      [1, 2].map((at) => ({
        path: `body.media[${at}]`,
        message: `${media[at]} is no picture or video that you uploaded`,
      })),
    );
    expect((await posts.ask(ann, `GET /posts?author=${ann}`)).body.items).toEqual([]);
  });

  test('is refused while media is away, and made once it is back', async () => {
    const ann = someone();
    const body = { media: [upload(ann)] };
    world.away.add('media');
    try {
      const refused = await posts.ask(ann, 'POST /posts', body);
      expect(refused).toMatchObject(problem(503, 'media-unavailable'));
      expect(refused.headers['retry-after']).toBe('2');
    } finally {
      world.away.delete('media');
    }
    expect((await posts.ask(ann, 'POST /posts', body)).status).toBe(201);
  });
});

describe('a post that waits for media to start', () => {
  test('ends with whoever hangs up, and is made for whoever waits', async () => {
    const ann = someone();
    const id = someone();
    const items = [
      { id, owner: ann, type: 'image/png', bytes: 1, width: null, height: null, createdAt: new Date().toISOString() },
    ];
    await using media = await lateServer((_, response) => json(response, { items }));
    await using waiting = await world.start({ MEDIA_URL: media.url, MEDIA_COLD_START: '30s' });
    const url = `${await waiting.server.listen({ port: 0, host: '127.0.0.1' })}/posts`;
    const headers = { ...(await world.accounts.headersOf(ann)), 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify({ caption: '', media: [id] }) };
    const count = () => waiting.counted('http_client_waiting_requests');
    const leaver = new AbortController();
    const left = expect(fetch(url, { ...request, signal: leaver.signal })).rejects.toThrow('aborted');
    const made = fetch(url, request);
    await eventually(async () => expect(await count()).toBe(2), { interval: 5 });
    leaver.abort();
    await left;
    await eventually(async () => expect(await count()).toBe(1), { interval: 5 });
    media.startIn(0);
    expect((await made).status).toBe(201);
    expect((await waiting.ask(ann, `GET /posts?author=${ann}`)).body.items).toHaveLength(1);
    expect(waiting.lines.of('request failed')).toEqual([]);
  });
});

describe('who asks', () => {
  const routes = [
    'GET /feed',
    'POST /posts',
    `GET /posts?author=${someone()}`,
    'GET /posts/1',
    'DELETE /posts/1',
    'PUT /posts/1/like',
    'DELETE /posts/1/like',
    'GET /posts/1/comments',
    'POST /posts/1/comments',
    'DELETE /posts/1/comments/1',
  ];
  test.each(routes)('%s needs a token that counts', async (route) => {
    const [method, url = ''] = route.split(' ');
    const expired = await world.accounts.headersOf(someone(), { expiresIn: -60 });
    const foreign = await world.accounts.headersOf(someone(), { audience: 'others' });
    for (const headers of [{}, expired, foreign]) {
      const answer = await posts.server.inject({ method: method as 'GET', url, headers });
      expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthenticated']);
    }
  });
});

describe('likes', () => {
  test('twice is the same as once, and so is taking it back', async () => {
    const [ann, bob] = [someone(), someone()];
    const id = await posts.post(ann);
    for (const [request, body] of [
      ['DELETE', { likes: 0, likedByMe: false }],
      ['PUT', { likes: 1, likedByMe: true }],
      ['PUT', { likes: 1, likedByMe: true }],
      ['DELETE', { likes: 0, likedByMe: false }],
      ['DELETE', { likes: 0, likedByMe: false }],
    ] as const) {
      expect(await posts.ask(bob, `${request} /posts/${id}/like`)).toMatchObject({ status: 200, body });
    }
    await posts.ask(bob, `PUT /posts/${id}/like`);
    expect((await posts.ask(bob, `GET /posts/${id}`)).body).toMatchObject({ likes: 1, likedByMe: true });
    expect((await posts.ask(ann, `GET /posts/${id}`)).body).toMatchObject({ likes: 1, likedByMe: false });
  });

  test.each(['PUT', 'DELETE'])('%s of no post', async (method) => {
    const answer = await posts.ask(someone(), `${method} /posts/999999999999999999/like`);
    expect(answer).toMatchObject(problem(404, 'post-not-found'));
  });

  test.each(['0', '01', '-1', '1.5', 'x', '1e3', '9'.repeat(19), '1%00'])('an id such as %s is 400', async (id) => {
    expect((await posts.ask(someone(), `PUT /posts/${id}/like`)).status).toBe(400);
  });
});

describe('comments', () => {
  test('are listed from the oldest in pages, with their authors', async () => {
    const [ann, bob] = [someone(), someone()];
    const id = await posts.post(ann);
    // Their ids get another digit on the way: they are in the order of numbers, not of text.
    await runSql(world.place.url, ["select setval('comments_id_seq', 9993)"]);
    const made: { id: string }[] = [];
    for (let at = 0; at < 12; at++) {
      const answer = await posts.ask(at % 2 ? ann : bob, `POST /posts/${id}/comments`, { text: ` No. ${at} ` });
      expect(answer.status).toBe(201);
      made.push(answer.body);
    }
    expect(made[0]).toMatchObject({ text: 'No. 0', author: { id: bob, handle: handleOf(bob) } });
    const walked: unknown[] = [];
    const sizes: number[] = [];
    let next: string | null = '';
    while (next !== null) {
      const path: string = `GET /posts/${id}/comments?limit=5${next && `&cursor=${next}`}`;
      const { body } = await posts.ask(someone(), path);
      walked.push(...body.items);
      sizes.push(body.items.length);
      next = body.next;
    }
    expect(sizes).toEqual([5, 5, 2]);
    expect(walked).toEqual(made);
  });

  test('a page that ends exactly with the list is the last', async () => {
    const id = await posts.post(someone());
    for (const text of ['a', 'b']) await posts.ask(someone(), `POST /posts/${id}/comments`, { text });
    expect((await posts.ask(someone(), `GET /posts/${id}/comments?limit=2`)).body.next).toBeNull();
  });

  test('are deleted by their author or by that of the post, and by nobody else', async () => {
    const [ann, bob, eve] = [someone(), someone(), someone()];
    const [id, other] = [await posts.post(ann), await posts.post(eve)];
    const comment = async (text: string) => (await posts.ask(bob, `POST /posts/${id}/comments`, { text })).body.id;
    const [first, second] = [await comment('one'), await comment('two')];
    const refused = problem(404, 'comment-not-found');
    expect(await posts.ask(eve, `DELETE /posts/${id}/comments/${first}`)).toMatchObject(refused);
    // A post of hers gives her no right to comments on others.
    expect(await posts.ask(eve, `DELETE /posts/${other}/comments/${first}`)).toMatchObject(refused);
    expect(await posts.ask(bob, `DELETE /posts/${other}/comments/${first}`)).toMatchObject(refused);
    expect((await posts.ask(ann, `GET /posts/${id}`)).body.comments).toBe(2);
    expect((await posts.ask(bob, `DELETE /posts/${id}/comments/${first}`)).status).toBe(204);
    expect(await posts.ask(bob, `DELETE /posts/${id}/comments/${first}`)).toMatchObject(refused);
    expect((await posts.ask(ann, `DELETE /posts/${id}/comments/${second}`)).status).toBe(204);
    expect((await posts.ask(ann, `GET /posts/${id}`)).body.comments).toBe(0);
  });

  test.each(['GET', 'POST'])('%s on no post', async (method) => {
    const answer = await posts.ask(
      someone(),
      `${method} /posts/999999/comments`,
      method === 'POST' ? { text: 'x' } : undefined,
    );
    expect(answer).toMatchObject(problem(404, 'post-not-found'));
  });

  test.each([
    ['empty', ' '],
    ['too long', 'x'.repeat(1_001)],
    ['with a NUL character', 'a\u0000'],
  ])('%s', async (_, text) => {
    const id = await posts.post(someone());
    expect(await posts.ask(someone(), `POST /posts/${id}/comments`, { text })).toMatchObject(
      problem(400, 'invalid-request'),
    );
  });
});

describe('the feed', () => {
  test('has the posts of whoever asks and of those they follow, the newest first, in pages', async () => {
    const [ann, bob, eve, stranger] = [someone(), someone(), someone(), someone()];
    world.following.set(ann, [bob, eve, ann]);
    const made: string[] = [];
    for (const who of [ann, bob, stranger, eve, bob, ann, stranger, eve, eve]) {
      const id = await posts.post(who);
      if (who !== stranger) made.unshift(id);
    }
    // Pages that are shorter than there are authors, too.
    for (const limit of [1, 2, 3, 7, 50]) {
      const walked: string[] = [];
      let next: string | null = '';
      while (next !== null) {
        const path: string = `GET /feed?limit=${limit}${next && `&cursor=${next}`}`;
        const { status, body } = await posts.ask(ann, path);
        expect(status).toBe(200);
        expect(body.items.length).toBeLessThanOrEqual(limit);
        walked.push(...body.items.map(({ id }: { id: string }) => id));
        next = body.next;
      }
      expect(walked).toEqual(made);
    }
    expect((await posts.ask(someone(), 'GET /feed')).body).toEqual({ items: [], next: null });
  });

  test('counts the posts on each page', async () => {
    const ann = someone();
    await posts.post(ann);
    const sum = async () => (await posts.registry.getMetricsAsJSON()).find(({ name }) => name === 'posts_feed_length');
    const of = (metric: Awaited<ReturnType<typeof sum>>) =>
      metric?.values.find((value) => 'metricName' in value && value.metricName === 'posts_feed_length_sum')?.value ?? 0;
    const before = of(await sum());
    await posts.ask(ann, 'GET /feed');
    expect(of(await sum())).toBe(before + 1);
  });

  test.each(['x', 'MA', 'MDE', 'LTE', 'MS41', 'OTk5OTk5OTk5OTk5OTk5OTk5OQ', 'MQ=', 'MQ==', '%00', 'x'.repeat(200)])(
    'a made-up cursor (%s) is refused, in each list',
    async (cursor) => {
      const ann = someone();
      const id = await posts.post(ann);
      for (const path of ['/feed?', `/posts?author=${ann}&`, `/posts/${id}/comments?`]) {
        const answer = await posts.ask(ann, `GET ${path}cursor=${cursor}`);
        expect(answer.status).toBe(400);
        expect(answer.body.code).toBe(cursor === '%00' ? 'invalid-request' : 'invalid-cursor');
      }
    },
  );

  test.each(['0', '51', '-1', 'x', '1.5', ''])('a limit of %j is refused', async (limit) => {
    expect(await posts.ask(someone(), `GET /feed?limit=${limit}`)).toMatchObject(problem(400, 'invalid-request'));
  });
});

describe('the posts of one author', () => {
  test('are listed the newest first, in pages', async () => {
    const ann = someone();
    const made: string[] = [];
    for (let at = 0; at < 5; at++) made.unshift(await posts.post(ann));
    const first = (await posts.ask(someone(), `GET /posts?author=${ann.toUpperCase()}&limit=3`)).body;
    const second = (await posts.ask(someone(), `GET /posts?author=${ann}&limit=3&cursor=${first.next}`)).body;
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made);
    expect(second.next).toBeNull();
  });
});

describe('a block', () => {
  test('hides the posts of either from the other, and a comment on a post of somebody else', async () => {
    const [ann, bob, third] = [someone(), someone(), someone()];
    const [id, neutral] = [await posts.post(bob), await posts.post(third)];
    for (const who of [ann, bob]) await posts.ask(who, `POST /posts/${neutral}/comments`, { text: 'x' });
    world.blocked.set(ann, [bob]);
    const hidden = problem(404, 'post-not-found');
    for (const request of [`GET /posts/${id}`, `PUT /posts/${id}/like`, `GET /posts/${id}/comments`]) {
      expect(await posts.ask(ann, request)).toMatchObject(hidden);
    }
    expect(await posts.ask(ann, `POST /posts/${id}/comments`, { text: 'x' })).toMatchObject(hidden);
    for (const author of [bob, bob.toUpperCase()]) {
      expect((await posts.ask(ann, `GET /posts?author=${author}`)).body).toEqual({ items: [], next: null });
    }
    const { items } = (await posts.ask(ann, `GET /posts/${neutral}/comments`)).body;
    expect(items.map(({ author }: { author: { id: string } }) => author.id)).toEqual([ann]);
    // The walk goes on past a page that is hidden as a whole.
    const eve = someone();
    world.blocked.set(eve, [ann]);
    const first = (await posts.ask(eve, `GET /posts/${neutral}/comments?limit=1`)).body;
    expect(first).toEqual({ items: [], next: expect.any(String) });
    const second = (await posts.ask(eve, `GET /posts/${neutral}/comments?limit=1&cursor=${first.next}`)).body;
    expect(second).toMatchObject({ items: [{ author: { id: bob } }], next: null });
    expect((await posts.ask(bob, `GET /posts/${id}`)).body).toMatchObject({ likes: 0, comments: 0 });
  });

  test('does not keep a like from being taken back', async () => {
    const [ann, bob] = [someone(), someone()];
    const id = await posts.post(bob);
    await posts.ask(ann, `PUT /posts/${id}/like`);
    world.blocked.set(ann, [bob]);
    expect(await posts.ask(ann, `DELETE /posts/${id}/like`)).toMatchObject({ status: 200, body: { likes: 0 } });
  });
});

describe('authors', () => {
  test('are asked for once in an answer, and remembered; one without a profile has no name', async () => {
    const own = await world.start();
    const [ann, bob] = [someone(), someone()];
    world.following.set(ann, [bob]);
    world.nameless.add(bob);
    for (const who of [ann, bob, ann, bob]) await own.post(who);
    const fresh = await world.start();
    const asked = () => world.users.requests.filter(({ url }) => url.startsWith('/internal/people?'));
    const before = asked().length;
    const { items } = (await fresh.ask(ann, 'GET /feed')).body;
    expect(items.map(({ author }: { author: unknown }) => author)).toEqual(
      [bob, ann, bob, ann].map((id) => ({
        id,
        handle: id === bob ? null : handleOf(ann),
        name: id === bob ? null : 'A name',
        avatar: null,
      })),
    );
    await fresh.ask(ann, 'GET /feed');
    const requests = asked().slice(before);
    expect(requests).toHaveLength(1);
    expect(new URL(requests[0]?.url ?? '', 'http://users').searchParams.getAll('ids').sort()).toEqual(
      [ann, bob].sort(),
    );
    expect(await fresh.counted('posts_without_people_total')).toBe(0);
  });
});

describe('while users is away', () => {
  test('what was known is still used; otherwise own posts work, without names, and the rest says so', async () => {
    const before = await world.start();
    const [ann, bob, eve] = [someone(), someone(), someone()];
    world.following.set(ann, [bob]);
    world.blocked.set(ann, [eve]);
    const [ofAnn, ofBob, ofEve] = [await before.post(ann), await before.post(bob), await before.post(eve)];
    for (const request of ['GET /feed', `GET /posts/${ofEve}`, `GET /posts/${ofBob}`]) await before.ask(ann, request);
    const fresh = await world.start();
    const own = `/posts/${ofAnn}`;
    world.away.add('users');
    try {
      const feed = await before.ask(ann, 'GET /feed');
      expect(feed.body.items.map(({ id }: { id: string }) => id)).toEqual([ofBob, ofAnn]);
      expect(await before.ask(ann, `GET /posts/${ofEve}`)).toMatchObject(problem(404, 'post-not-found'));
      expect((await before.ask(ann, `GET /posts/${ofBob}`)).status).toBe(200);

      const unavailable = problem(503, 'people-unavailable');
      for (const request of [
        'GET /feed',
        `GET /posts/${ofBob}`,
        `PUT /posts/${ofBob}/like`,
        `GET /posts/${ofBob}/comments`,
        `GET /posts?author=${bob}`,
      ]) {
        const answer = await fresh.ask(ann, request);
        expect(answer).toMatchObject(unavailable);
        expect(answer.headers['retry-after']).toBe('2');
      }
      expect(await fresh.ask(ann, `POST /posts/${ofBob}/comments`, { text: 'x' })).toMatchObject(unavailable);
      expect(await fresh.ask(ann, 'GET /posts/999999')).toMatchObject(problem(404, 'post-not-found'));

      expect(await fresh.counted('posts_without_people_total')).toBe(0);
      const seen = await fresh.ask(ann, `GET ${own}`);
      expect(seen.body.author).toEqual({ id: ann, handle: null, name: null, avatar: null });
      expect(await fresh.counted('posts_without_people_total')).toBe(1);
      for (const request of [
        `PUT ${own}/like`,
        `GET ${own}/comments`,
        `GET /posts?author=${ann}`,
        `DELETE /posts/${ofBob}/like`,
      ]) {
        expect((await fresh.ask(ann, request)).status).toBe(200);
      }
      expect((await fresh.ask(ann, `POST ${own}/comments`, { text: 'Alone' })).status).toBe(201);
      expect(fresh.lines.of('request failed')).toEqual([]);
    } finally {
      world.away.delete('users');
    }
    await eventually(async () => {
      const { status, body } = await fresh.ask(ann, `GET /posts/${ofBob}`);
      expect([status, body.author?.handle]).toEqual([200, handleOf(bob)]);
    });
  });

  test('a change of whom one follows is seen after RELATIONS_TTL', async () => {
    const slow = await world.start({ RELATIONS_TTL: '1h' });
    const [ann, bob] = [someone(), someone()];
    await slow.post(bob);
    expect((await slow.ask(ann, 'GET /feed')).body.items).toEqual([]);
    world.following.set(ann, [bob]);
    expect((await slow.ask(ann, 'GET /feed')).body.items).toEqual([]);
    await eventually(async () => expect((await posts.ask(ann, 'GET /feed')).body.items).toHaveLength(1));
  });
});

test('while the database is away each route says so, readiness tells the truth, and all is well again without a restart', async () => {
  await using server = await startPostgres();
  await using own = await postsWorld(server.url);
  const app = await own.start();
  const ann = someone();
  const id = await app.post(ann);
  expect((await app.server.inject(kitPaths.ready)).statusCode).toBe(200);
  await server.stop();
  try {
    for (const request of ['GET /feed', `GET /posts/${id}`, `PUT /posts/${id}/like`, `DELETE /posts/${id}`]) {
      expect(await app.ask(ann, request)).toMatchObject(problem(503, 'database-unavailable'));
    }
    expect((await app.server.inject(kitPaths.ready)).statusCode).toBe(503);
    expect((await app.server.inject(kitPaths.health)).statusCode).toBe(200);
  } finally {
    await server.start();
  }
  await eventually(async () => expect((await app.ask(ann, 'GET /feed')).body.items).toHaveLength(1));
  expect((await app.server.inject(kitPaths.ready)).statusCode).toBe(200);
});
