import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { eventually } from '../kit/testing/eventually.ts';
import { brokenPictures, hugePictures, picture, video } from './testing/contents.ts';
import { type MediaWorld, mediaWorld, type RunningMedia } from './testing/media-world.ts';

vi.setConfig({ testTimeout: 60_000 });

const mebi = 1024 * 1024;

let world: MediaWorld;
let media: RunningMedia;
beforeAll(async () => {
  world = await mediaWorld();
  media = await world.start();
  await media.listen();
});
afterAll(() => world[Symbol.asyncDispose]());

/** By how much a metric rises while something is done. */
async function risen(name: string, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const before: Record<string, number> = await media.counted(name);
  await work();
  const after: Record<string, number> = await media.counted(name);
  const changes = Object.entries(after).map(([label, value]) => [label, value - (before[label] ?? 0)] as const);
  return Object.fromEntries(changes.filter(([, change]) => change > 0));
}

test.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)(
  'keeps a picture in %s with its thumbnails',
  async (format) => {
    const { headers } = await world.account();
    const content = await picture(format, { width: 1200, height: 900 });
    let uploads = {};
    const bytes = await risen('media_uploaded_bytes_total', async () => {
      uploads = await risen('media_uploads_total', async () => {
        // What it says that it is does not count.
        const answer = await media.upload(content, headers, 'video/x-whatever');
        expect([answer.statusCode, answer.json()]).toEqual([
          201,
          {
            id: expect.stringMatching(/^[0-9a-f-]{36}$/),
            type: `image/${format}`,
            bytes: content.length,
            width: 1200,
            height: 900,
            createdAt: expect.stringMatching(/Z$/),
          },
        ]);
        const { id } = answer.json();
        const got = await media.server.inject(`/media/${id}`);
        expect([got.statusCode, got.headers['content-type']]).toEqual([200, `image/${format}`]);
        expect(got.rawPayload.equals(content)).toBe(true);
        for (const width of [320, 1080]) {
          const small = await media.server.inject(`/media/${id}/thumbnail?width=${width}`);
          const { format, ...size } = await sharp(small.rawPayload).metadata();
          expect([format, size]).toMatchObject(['webp', { width, height: width * 0.75 }]);
        }
        expect(await world.rows(`select width, height from files where id = '${id}'`)).toEqual([
          { width: 1200, height: 900 },
        ]);
      });
    });
    expect([uploads, bytes]).toEqual([{ image: 1 }, { image: content.length }]);
  },
);

test.each(['mp4', 'webm'] as const)('keeps a video in %s, which has no thumbnail', async (format) => {
  const { headers, id: owner } = await world.account();
  const content = video(format, 3 * mebi);
  const uploads = await risen('media_uploads_total', async () => {
    const answer = await media.upload(content, headers, 'image/png');
    expect([answer.statusCode, answer.json()]).toMatchObject([
      201,
      { type: `video/${format}`, bytes: content.length, width: null, height: null },
    ]);
    const { id } = answer.json();
    expect((await media.server.inject(`/media/${id}`)).rawPayload.equals(content)).toBe(true);
    const thumbnail = await media.server.inject(`/media/${id}/thumbnail`);
    expect([thumbnail.statusCode, thumbnail.json().code]).toEqual([404, 'file-not-found']);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(await world.rows(`select owner, state, sha256 from files where id = '${id}'`)).toEqual([
      { owner, state: 'ready', sha256 },
    ]);
  });
  expect(uploads).toEqual({ video: 1 });
});

test('a picture is as wide as it is shown, and its thumbnails tell nothing of where it was taken', async () => {
  const { headers } = await world.account();
  const content = await sharp(await picture('jpeg', { width: 400, height: 300 }))
    .withExif({ IFD0: { Copyright: 'somebody' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 0/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  expect((await sharp(content).metadata()).exif).toBeDefined();
  const answer = await media.upload(content, headers);
  expect(answer.json()).toMatchObject({ width: 300, height: 400 });
  for (const width of [320, 1080]) {
    const small = await media.server.inject(`/media/${answer.json().id}/thumbnail?width=${width}`);
    const { exif, orientation, ...size } = await sharp(small.rawPayload).metadata();
    // Not made larger than it is.
    expect([exif, orientation, size]).toMatchObject([undefined, undefined, { width: 300, height: 400 }]);
  }
});

test('of an animated picture the thumbnail is the first', async () => {
  const { headers } = await world.account();
  const frames = await Promise.all(['#ff0000', '#00ff00'].map((color) => picture('png', { color })));
  const content = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  const answer = await media.upload(content, headers);
  expect(answer.json()).toMatchObject({ type: 'image/gif', width: 640, height: 480 });
  const small = await media.server.inject(`/media/${answer.json().id}/thumbnail`);
  const { dominant } = await sharp(small.rawPayload).stats();
  expect(dominant.r).toBeGreaterThan(200);
});

test.each([
  ['1 pixel wide', 1, 9_000],
  ['1 pixel high', 9_000, 1],
  ['1 pixel', 1, 1],
])('a picture of %s has thumbnails too', async (_, width, height) => {
  const { headers } = await world.account();
  const answer = await media.upload(await picture('png', { width, height }), headers);
  expect([answer.statusCode, answer.json()]).toMatchObject([201, { width, height }]);
  const small = await media.server.inject(`/media/${answer.json().id}/thumbnail`);
  expect((await sharp(small.rawPayload).metadata()).width).toBe(Math.min(width, 320));
});

describe('refuses and keeps nothing of', () => {
  const cases: [what: string, content: () => Promise<Buffer> | Buffer, status: number, code: string, reason: string][] =
    [
      ['nothing', () => Buffer.alloc(0), 415, 'unsupported-file', 'type'],
      ['one byte', () => Buffer.from('x'), 415, 'unsupported-file', 'type'],
      ['text', () => Buffer.from('hello '.repeat(5_000)), 415, 'unsupported-file', 'type'],
      [
        'SVG',
        () =>
          Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        415,
        'unsupported-file',
        'type',
      ],
      ['HTML', () => Buffer.from('<!doctype html><script>alert(1)</script>'), 415, 'unsupported-file', 'type'],
      ['PDF', () => Buffer.from('%PDF-1.7\n%'), 415, 'unsupported-file', 'type'],
      [
        'TIFF',
        () =>
          sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
            .tiff()
            .toBuffer(),
        415,
        'unsupported-file',
        'type',
      ],
      [
        'Matroska',
        () => Buffer.from('1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b61', 'hex'),
        415,
        'unsupported-file',
        'type',
      ],
      [
        'HTML behind the first bytes of a picture',
        async () => Buffer.concat([(await picture('png')).subarray(0, 40), Buffer.from('<script>alert(1)</script>')]),
        422,
        'broken-image',
        'broken',
      ],
      [
        'a picture that is too large',
        async () => Buffer.concat([await picture('png'), Buffer.alloc(20 * mebi)]),
        413,
        'body-too-large',
        'too-large',
      ],
      ...brokenPictures.map(([what, make]) => [what, make, 422, 'broken-image', 'broken'] as (typeof cases)[number]),
      ...hugePictures.map(([what, make]) => [what, make, 422, 'too-many-pixels', 'pixels'] as (typeof cases)[number]),
    ];
  test.each(cases)('%s', async (_, content, status, code, reason) => {
    const { id, headers } = await world.account();
    const before = await world.objects();
    const rejections = await risen('media_rejections_total', async () => {
      const answer = await media.upload(await content(), headers, 'image/png');
      expect([answer.statusCode, answer.json()]).toMatchObject([
        status,
        { code, detail: expect.stringContaining('allowed: ') },
      ]);
    });
    expect(rejections).toEqual({ [reason]: 1 });
    expect(await world.rows(`select id from files where owner = '${id}'`)).toEqual([]);
    expect(await world.objects()).toEqual(before);
  });

  test.each([
    ['what is refused by its header', { 'content-type': 'text/html' }, 415, 'unsupported-media-type', 'type'],
    ['what is refused by its length', { 'content-length': String(201 * mebi) }, 413, 'body-too-large', 'too-large'],
  ])('%s', async (_, differing, status, code, reason) => {
    const { headers } = await world.account();
    const rejections = await risen('media_rejections_total', async () => {
      const answer = await media.server.inject({
        method: 'POST',
        url: '/media',
        headers: { 'content-type': 'image/png', ...headers, ...differing },
        payload: Readable.from([await picture('png')]),
      });
      expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    });
    expect(rejections).toEqual({ [reason]: 1 });
  });

  test('a video that breaks off', async () => {
    const { id, headers } = await world.account();
    const states = () => world.rows(`select state from files where owner = '${id}'`);
    const before = await world.objects();
    const rejections = await risen('media_rejections_total', async () => {
      const sent = httpRequest(`${media.url}/media`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'video/mp4', 'content-length': 30 * mebi },
      });
      sent.on('error', () => {});
      sent.write(video('mp4', 5 * mebi));
      await eventually(async () => expect(await states()).toEqual([{ state: 'uploading' }]));
      sent.destroy();
      await eventually(async () => expect(await states()).toEqual([]));
    });
    expect(await world.objects()).toEqual(before);
    expect(await world.place.unfinished()).toBe(0);
    expect(rejections).toEqual({ incomplete: 1 });
    expect(media.lines.at('error')).toEqual([]);
  });

  test('a video that comes more slowly than a request may take', async () => {
    await using slow = await mediaWorld();
    const app = await slow.start({}, '1s');
    await app.listen();
    const { headers } = await slow.account();
    const sent = httpRequest(`${app.url}/media`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'video/mp4', 'content-length': 30 * mebi },
    });
    sent.on('error', () => {});
    const ended = once(sent, 'close');
    sent.write(video('mp4', 8_000));
    const trickle = setInterval(() => sent.write(Buffer.alloc(100)), 50);
    try {
      await eventually(async () =>
        expect(await slow.rows('select state from files')).toEqual([{ state: 'uploading' }]),
      );
      expect(await slow.place.unfinished()).toBe(1);
      await ended;
    } finally {
      clearInterval(trickle);
    }
    await eventually(async () => expect(await slow.rows('select state from files')).toEqual([]));
    expect([await slow.objects(), await slow.place.unfinished()]).toEqual([[], 0]);
  });

  test('a picture whose caller does not wait for the answer', async () => {
    await using world = await mediaWorld();
    const media = await world.start();
    await media.listen();
    const { headers } = await world.account();
    // One that keeps sharp busy.
    const busy = media.upload(await picture('png', { width: 6_000, height: 6_000 }), headers);
    await eventually(async () => expect(await world.objects()).toHaveLength(1));
    const content = await picture('png');
    const sent = httpRequest(`${media.url}/media`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'image/png', 'content-length': content.length },
    });
    sent.on('error', () => {});
    sent.end(content);
    await eventually(async () => expect(await world.objects()).toHaveLength(2));
    sent.destroy();
    expect((await busy).statusCode).toBe(201);
    await eventually(async () => expect(await world.rows('select state from files')).toEqual([{ state: 'ready' }]));
    expect(await world.objects()).toHaveLength(3);
  });
});

test('a caller that sends a large file in vain hears why', async () => {
  const { headers } = await world.account();
  const sent = httpRequest(`${media.url}/media`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'image/png', 'transfer-encoding': 'chunked' },
  });
  const answered = once(sent, 'response');
  for (let at = 0; at < 40; at++) await new Promise((resolve) => sent.write(Buffer.alloc(mebi, '<html>'), resolve));
  sent.end();
  const [response] = await answered;
  expect([response.statusCode, await json(response)]).toMatchObject([415, { code: 'unsupported-file' }]);
});

test('uploads that come all at once are all kept, each as it is', async () => {
  await using world = await mediaWorld();
  const [one, other] = [await world.start(), await world.start()];
  const contents = await Promise.all(
    Array.from({ length: 16 }, (_, at) => picture('png', { width: 100 + at, height: 100 })),
  );
  const answers = await Promise.all(
    contents.map(async (content, at) => (at % 2 ? one : other).upload(content, (await world.account()).headers)),
  );
  for (const [at, answer] of answers.entries()) {
    expect([answer.statusCode, answer.json()]).toMatchObject([201, { width: 100 + at }]);
    const got = await one.server.inject(`/media/${answer.json().id}`);
    expect(got.rawPayload.equals(contents[at] ?? Buffer.alloc(0))).toBe(true);
  }
  expect(await world.objects()).toHaveLength(16 * 3);
});

describe('while the object store is away', () => {
  test('an upload is refused, and what is left of it goes once it is back', async () => {
    await using world = await mediaWorld();
    const media = await world.start({ HALF_UPLOAD_TTL: '1ms', SWEEP_EVERY: '20ms' });
    const { headers } = await world.account();
    await world.place.stop();
    const answer = await media.upload(await picture('png'), headers);
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'store-unavailable']);
    expect(await world.rows('select state from files')).toEqual([{ state: 'uploading' }]);
    await world.place.start();
    expect((await media.upload(await picture('png'), headers)).statusCode).toBe(201);
    await media.listen();
    await eventually(async () => expect(await world.rows('select state from files')).toEqual([{ state: 'ready' }]));
  });
});

test.each([
  ['no token', {}],
  ['a token of another issuer', { issuer: 'somebody' }],
  ['a token for another audience', { audience: 'somebody' }],
  ['a token that ended', { expiresIn: -60 }],
])('an upload with %s is refused', async (what, options) => {
  const before = await world.objects();
  const headers = what === 'no token' ? {} : await world.users.headersOf(randomUUID(), options);
  const answer = await media.upload(await picture('png'), headers as Record<string, string>);
  expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthenticated']);
  expect(await world.objects()).toEqual(before);
});
