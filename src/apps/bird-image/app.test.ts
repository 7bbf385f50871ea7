import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type BuiltApp, buildApp } from '../kit/index.ts';
import { LogLines } from '../kit/testing/log-lines.ts';
import { json, nowhere, stubServer } from '../kit/testing/stub-server.ts';
import app from './app.ts';
import { missingBirdPicture } from './contract.ts';

const accessKey = 'access-key-of-the-test';
const eagle = 'https://photos.example/eagle.jpg?w=1080';
const hit = (regular: unknown) => ({ total: 1, results: [{ id: 'x', urls: { regular, small: 'https://p/s' } }] });

/** The picture of an answer. Asks again what the kit shed before the app saw it, as it may on a busy machine: the app itself answers all that is right. */
async function ask(server: BuiltApp['server'], name: string): Promise<string> {
  for (;;) {
    const answer = await server.inject(`/?birdName=${encodeURIComponent(name)}`);
    if (answer.statusCode !== 503) return answer.json().image;
    await sleep(50);
  }
}

async function build(env: Record<string, string>) {
  const lines = new LogLines();
  const built = await buildApp(app, { env: { PHOTOS_ACCESS_KEY: accessKey, ...env }, logTo: lines });
  return {
    ...built,
    lines,
    ask: (name: string) => ask(built.server, name),
    fallbacks: async () => {
      const { values } = (await built.registry.getSingleMetric('bird_image_fallbacks_total')?.get()) ?? { values: [] };
      return Object.fromEntries(values.flatMap(({ labels, value }) => (value > 0 ? [[labels['reason'], value]] : [])));
    },
    [Symbol.asyncDispose]: () => built.close(),
  };
}

test('gives the first photo of a search, asked for once for each name', async () => {
  await using photos = await stubServer((_, response) => json(response, hit(eagle)));
  await using image = await build({ PHOTOS_URL: photos.url });
  expect(await image.ask(' Bald Eagle ')).toBe(eagle);
  expect(await image.ask('bald eagle')).toBe(eagle);
  expect(photos.requests).toMatchObject([
    {
      url: '/search/photos?query=bald+eagle&per_page=1',
      headers: { authorization: `Client-ID ${accessKey}`, 'accept-version': 'v1' },
    },
  ]);
  expect(await image.fallbacks()).toEqual({});
});

test('remembers no more than 500 names', async () => {
  await using photos = await stubServer((_, response) => json(response, hit(eagle)));
  await using image = await build({ PHOTOS_URL: photos.url, LOG_LEVEL: 'error' });
  for (let bird = 0; bird <= 500; bird++) await image.ask(`bird ${bird}`);
  await image.ask('bird 500');
  expect(photos.requests).toHaveLength(501);
  await image.ask('bird 0');
  expect(photos.requests).toHaveLength(502);
});

test('answers more names at once than it remembers', async () => {
  await using photos = await stubServer((_, response) => json(response, hit(eagle)));
  await using image = await build({ PHOTOS_URL: photos.url, LOG_LEVEL: 'error' });
  const names = Array.from({ length: 520 }, (_, bird) => `bird ${bird}`);
  expect(new Set(await Promise.all(names.map(image.ask)))).toEqual(new Set([eagle]));
});

describe('gives the "missing bird" picture and counts why', () => {
  test.each<[what: string, reason: string, asked: number, answer: (response: ServerResponse) => unknown]>([
    ['is slow', 'timeout', 1, () => {}],
    ['fails', 'status', 1, (response) => json(response, {}, 500)],
    ['is at its limit', 'status', 1, (response) => json(response, {}, 403)],
    ['breaks the connection', 'unreachable', 2, (response) => response.destroy()],
    ['answers no JSON', 'invalid', 1, (response) => response.end('Rate Limit Exceeded')],
    ['answers another shape', 'invalid', 1, (response) => json(response, { results: [{ urls: {} }] })],
    ['names no picture', 'invalid', 1, (response) => json(response, hit('javascript:alert(1)'))],
    ['finds nothing', 'empty', 1, (response) => json(response, { total: 0, results: [] })],
  ])('when the photo API %s', async (_, reason, asked, answer) => {
    await using photos = await stubServer((_request, response) => void answer(response));
    await using image = await build({ PHOTOS_URL: photos.url });
    expect(await image.ask('Eagle')).toBe(missingBirdPicture);
    expect(await image.ask('eagle')).toBe(missingBirdPicture);
    expect(await image.fallbacks()).toEqual({ [reason]: 2 });
    // The second answer cost nobody a call.
    expect(photos.requests).toHaveLength(asked);
    expect(image.lines.text).not.toContain(accessKey);
  });

  test('when nothing listens', async () => {
    await using image = await build({ PHOTOS_URL: await nowhere() });
    expect(await image.ask('Eagle')).toBe(missingBirdPicture);
    expect(await image.fallbacks()).toEqual({ unreachable: 1 });
  });

  test('without a key, which is told once and calls nobody', async () => {
    await using photos = await stubServer((_, response) => json(response, hit(eagle)));
    await using image = await build({ PHOTOS_URL: photos.url, PHOTOS_ACCESS_KEY: '' });
    expect(await image.ask('Eagle')).toBe(missingBirdPicture);
    expect(await image.ask('Owl')).toBe(missingBirdPicture);
    expect(await image.fallbacks()).toEqual({ unconfigured: 2 });
    expect(photos.requests).toHaveLength(0);
    expect(image.lines.at('warn')).toHaveLength(1);
  });
});

test.each(['/', '/?birdName=', '/?birdName=%20%20', `/?birdName=${'x'.repeat(101)}`])('refuses %s', async (url) => {
  await using image = await build({});
  const answer = await image.server.inject(url);
  expect([answer.statusCode, answer.json()]).toMatchObject([
    400,
    { code: 'invalid-request', errors: [{ path: 'query.birdName' }] },
  ]);
});
