import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { get } from 'node:http';
import type { Response as Injected } from 'light-my-request';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventually } from '../kit/testing/eventually.ts';
import { picture, video } from './testing/contents.ts';
import { type MediaWorld, mediaWorld, type RunningMedia } from './testing/media-world.ts';

vi.setConfig({ testTimeout: 60_000 });

let world: MediaWorld;
let media: RunningMedia;
let account: Awaited<ReturnType<MediaWorld['account']>>;
const content = video('mp4', 1_000);
let id: string;
let etag: string;
let modified: string;

beforeAll(async () => {
  world = await mediaWorld();
  media = await world.start();
  account = await world.account();
  id = (await media.upload(content, account.headers)).json().id;
  const { headers } = await media.server.inject(`/media/${id}`);
  [etag, modified] = [String(headers.etag), String(headers['last-modified'])];
});
afterAll(() => world[Symbol.asyncDispose]());

const ask = (headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  media.server.inject({ method, url: `/media/${id}`, headers });
const second = (offset: number) => new Date(Date.parse(modified) + offset * 1_000).toUTCString();

test('a file comes with what lets it be kept, and lets nothing in it run', async () => {
  const { statusCode, headers, rawPayload } = await ask();
  expect([statusCode, headers]).toMatchObject([
    200,
    {
      'content-type': 'video/mp4',
      'content-length': '1000',
      'content-disposition': 'inline',
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^"[0-9a-f]{64}"$/),
      'last-modified': expect.stringMatching(/ GMT$/),
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none';frame-ancestors 'none';sandbox",
      'cross-origin-resource-policy': 'cross-origin',
    },
  ]);
  expect(rawPayload.equals(content)).toBe(true);
});

test('HEAD tells the same, also while the object store is away', async () => {
  const { headers: expected } = await ask();
  await world.place.stop();
  const { statusCode, headers, rawPayload } = await ask({}, 'HEAD').finally(() => world.place.start());
  const own = { date: expect.anything(), 'x-request-id': expect.anything() };
  expect([statusCode, headers]).toEqual([200, { ...expected, ...own }]);
  expect(rawPayload).toHaveLength(0);
  expect((await ask({ range: 'bytes=0-1' }, 'HEAD')).statusCode).toBe(200);
});

describe('who has the file already', () => {
  test.each<[what: string, status: number, headers: () => Record<string, string>]>([
    ['by its ETag', 304, () => ({ 'if-none-match': etag })],
    ['by its weak ETag', 304, () => ({ 'if-none-match': `W/${etag}` })],
    ['by one of several ETags', 304, () => ({ 'if-none-match': `"a", ${etag},"b"` })],
    ['by any ETag', 304, () => ({ 'if-none-match': '*' })],
    ['by another ETag', 200, () => ({ 'if-none-match': '"a"' })],
    ['by what is no ETag', 200, () => ({ 'if-none-match': etag.slice(1, -1) })],
    ['by its time', 304, () => ({ 'if-modified-since': modified })],
    ['by a later time', 304, () => ({ 'if-modified-since': second(1) })],
    ['by an earlier time', 200, () => ({ 'if-modified-since': second(-1) })],
    ['by no time', 200, () => ({ 'if-modified-since': 'yesterday' })],
    ['by another ETag, whatever the time', 200, () => ({ 'if-none-match': '"a"', 'if-modified-since': modified })],
    ['by its ETag, whatever the range', 304, () => ({ 'if-none-match': etag, range: 'bytes=0-1' })],
  ])('%s gets %i', async (_, status, headers) => {
    for (const method of ['GET', 'HEAD'] as const) {
      const answer = await ask(headers(), method);
      const isEmpty = status === 304 || method === 'HEAD';
      expect([answer.statusCode, answer.rawPayload.length, answer.headers.etag]).toEqual([
        status,
        isEmpty ? 0 : 1000,
        etag,
      ]);
      expect(answer.headers).toMatchObject({
        'cache-control': expect.stringContaining('immutable'),
        'last-modified': modified,
      });
    }
  });
});

describe('a range', () => {
  test.each<[range: string, start: number, end: number]>([
    ['bytes=0-0', 0, 0],
    ['bytes=0-99', 0, 99],
    ['bytes=990-', 990, 999],
    ['bytes=-10', 990, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=500-5000', 500, 999],
    ['bytes=0-', 0, 999],
    ['Bytes= 5-6 ', 5, 6],
    [`bytes=0-${'9'.repeat(400)}`, 0, 999],
    [`bytes=-${'9'.repeat(400)}`, 0, 999],
  ])('%s is that part', async (range, start, end) => {
    const { statusCode, headers, rawPayload } = await ask({ range });
    expect([statusCode, headers]).toMatchObject([
      206,
      { 'content-range': `bytes ${start}-${end}/1000`, 'content-length': String(end - start + 1), etag },
    ]);
    expect(rawPayload.equals(content.subarray(start, end + 1))).toBe(true);
  });

  test.each(['bytes=1000-', `bytes=${'9'.repeat(400)}-`, 'bytes=5000-6000', 'bytes=-0'])(
    '%s cannot be',
    async (range) => {
      const { statusCode, headers, json } = await ask({ range });
      expect([statusCode, headers, json()]).toMatchObject([
        416,
        { 'content-range': 'bytes */1000', 'content-type': expect.stringContaining('application/problem+json') },
        { code: 'range-not-satisfiable' },
      ]);
      expect(headers).not.toHaveProperty('cache-control');
    },
  );

  test.each([
    'bytes=0-1,5-6',
    'bytes',
    'bytes=',
    'bytes=a-b',
    'bytes=5-2',
    'bytes=-',
    'bytes=0x1-2',
    'bytes=1.5-2',
    'lines=0-1',
    'lines=5000-',
    '\u00fcbytes=0-1',
  ])('%s is answered with the whole', async (range) => {
    const { statusCode, headers, rawPayload } = await ask({ range });
    expect([statusCode, rawPayload.length, headers['content-range']]).toEqual([200, 1000, undefined]);
  });

  test.each<[what: string, status: number, condition: () => string]>([
    ['its ETag', 206, () => etag],
    ['its time', 206, () => modified],
    ['another ETag', 200, () => '"a"'],
    ['its weak ETag', 200, () => `W/${etag}`],
    ['another time', 200, () => second(1)],
  ])('if it has %s is answered with %i', async (_, status, condition) => {
    const answer = await ask({ range: 'bytes=0-9', 'if-range': condition() });
    expect([answer.statusCode, answer.rawPayload.length]).toEqual([status, status === 206 ? 10 : 1000]);
  });
});

test('a thumbnail comes in the same way, and as one of two widths', async () => {
  const { json } = await media.upload(await picture('jpeg'), account.headers);
  const url = `/media/${json().id}/thumbnail`;
  const small = await media.server.inject(url);
  expect([small.statusCode, small.headers]).toMatchObject([
    200,
    {
      'content-type': 'image/webp',
      'content-length': String(small.rawPayload.length),
      'cache-control': 'public, max-age=31536000, immutable',
      etag: expect.stringMatching(/^"[0-9a-f]{64}-320"$/),
    },
  ]);
  const head = await media.server.inject({ method: 'HEAD', url });
  expect(head.headers['content-length']).toBe(small.headers['content-length']);
  const known = await media.server.inject({ url, headers: { 'if-none-match': String(small.headers.etag) } });
  expect(known.statusCode).toBe(304);
  const large = await media.server.inject(`${url}?width=1080`);
  expect(large.headers.etag).not.toBe(small.headers.etag);
  const other = await media.server.inject(`${url}?width=500`);
  expect([other.statusCode, other.json().code]).toEqual([400, 'invalid-request']);
});

test('a file is found in whatever case its id is written', async () => {
  const { id: other } = (await media.upload(await picture('png'), account.headers)).json();
  for (const path of ['', '/thumbnail']) {
    const [lower, upper] = [other, other.toUpperCase()].map((each) => media.server.inject(`/media/${each}${path}`));
    expect([(await upper)?.statusCode, (await upper)?.rawPayload]).toEqual([200, (await lower)?.rawPayload]);
  }
  const found = await media.server.inject(`/internal/files?ids=${other.toUpperCase()}`);
  expect(found.json().items).toMatchObject([{ id: other }]);
});

describe('what is not there', () => {
  const unknown = '00000000-0000-4000-8000-000000000000';
  const problemOf = (answer: Injected) => [answer.statusCode, answer.json().code];
  test.each(['', '/thumbnail'])('is 404: /media/:id%s', async (path) => {
    expect(problemOf(await media.server.inject(`/media/${unknown}${path}`))).toEqual([404, 'file-not-found']);
  });

  test.each(['x', '%00', `${unknown}%00`, '..%2f..%2fetc%2fpasswd'])('is 400: %s is no id', async (bad) => {
    for (const path of ['', '/thumbnail']) {
      expect(problemOf(await media.server.inject(`/media/${bad}${path}`))).toEqual([400, 'invalid-request']);
    }
  });

  test('is a file whose upload has not ended', async () => {
    await world.rows(
      `insert into files (id, owner, state, type) values ('${unknown}', '${account.id}', 'uploading', 'image/png')`,
    );
    expect(problemOf(await media.server.inject(`/media/${unknown}`))).toEqual([404, 'file-not-found']);
    await world.rows(`delete from files where id = '${unknown}'`);
  });
});

test('a reader that leaves leaves nothing open', async () => {
  await media.listen();
  const large = (await media.upload(video('webm', 30 * 1024 * 1024), account.headers)).json().id;
  const destroyed = vi.fn();
  media.server.server.on('request', (_, response) => response.on('close', destroyed));
  const openFiles = async () => (await readdir('/proc/self/fd')).length;
  const before = await openFiles();
  const readers = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const reader = get(`${media.url}/media/${large}`);
      const [response] = await once(reader, 'response');
      response.once('data', () => response.pause());
      await once(response, 'data');
      return reader;
    }),
  );
  expect(await openFiles()).toBeGreaterThan(before + 20);
  for (const reader of readers) reader.destroy();
  await eventually(async () => expect(await openFiles()).toBeLessThanOrEqual(before + 2));
  expect(media.lines.at('error')).toEqual([]);
});

test('an object that breaks off breaks the connection: half a file never looks whole', async () => {
  const broken = (await media.upload(video('webm', 20 * 1024 * 1024), account.headers)).json().id;
  const reader = get(`${media.url}/media/${broken}`);
  const [response] = await once(reader, 'response');
  await world.place.breakGet(`files/${broken}`);
  await expect(once(response.resume(), 'end')).rejects.toThrow('aborted');
});

test('what others ask of files is told of those that are there', async () => {
  const unknown = '00000000-0000-4000-8000-000000000001';
  const answer = await media.server.inject(`/internal/files?ids=${id}&ids=${unknown}`);
  expect(answer.json()).toEqual({
    items: [
      {
        id,
        owner: account.id,
        type: 'video/mp4',
        bytes: 1000,
        width: null,
        height: null,
        createdAt: expect.any(String),
      },
    ],
  });
  for (const bad of ['', '?ids=', '?ids=x', `?${Array.from({ length: 101 }, () => `ids=${unknown}`).join('&')}`]) {
    const refused = await media.server.inject(`/internal/files${bad}`);
    expect([refused.statusCode, refused.json().code]).toEqual([400, 'invalid-request']);
  }
});
