import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { missingBirdPicture } from '../bird-image/contract.ts';
import { buildApp } from '../kit/index.ts';
import { eventually } from '../kit/testing/eventually.ts';
import { LogLines } from '../kit/testing/log-lines.ts';
import { json, nowhere, type StubServer, stubServer } from '../kit/testing/stub-server.ts';
import app from './app.ts';

const eagle = { id: 1, name: 'Bald Eagle', description: 'A bird of prey.', wingspan: '2 m' };
const owl = { id: 2, name: 'Snowy Owl', description: 'White as snow.' };
const picture = (name: string) => `https://photos.example/${encodeURIComponent(name)}.jpg`;

const birdApi = () => stubServer((_, response) => json(response, [eagle, owl]));
const imageApi = () =>
  stubServer(({ url }, response) => {
    json(response, { image: picture(new URL(url, 'http://stub').searchParams.get('birdName') ?? '') });
  });

async function build(
  birds: Pick<StubServer, 'url'>,
  images: Pick<StubServer, 'url'>,
  env: Record<string, string> = {},
) {
  const lines = new LogLines();
  const urls = { BIRDS_URL: `${birds.url}/api/v1`, BIRD_IMAGE_URL: images.url };
  const built = await buildApp(app, { env: { ...urls, ...env }, logTo: lines });
  return {
    ...built,
    ask: async () => {
      const answer = await built.server.inject('/');
      expect(answer.statusCode).toBe(200);
      return answer.json();
    },
    counted: async (name: string) => {
      const { values } = (await built.registry.getSingleMetric(name)?.get()) ?? { values: [] };
      return Object.fromEntries(values.flatMap(({ labels, value }) => (value > 0 ? [[labels['reason'], value]] : [])));
    },
    [Symbol.asyncDispose]: () => built.close(),
  };
}

const missing = { name: 'Missing bird', description: expect.stringMatching(/\w/), image: missingBirdPicture };

test('gives birds of the list at random, each with its picture, and asks for the list and each picture once', async () => {
  await using birds = await birdApi();
  await using images = await imageApi();
  await using bird = await build(birds, images);
  const answers = await Promise.all(Array.from({ length: 60 }, () => bird.ask()));
  const expected = [eagle, owl].map(({ name, description }) => ({ name, description, image: picture(name) }));
  for (const answer of answers) expect(expected).toContainEqual(answer);
  expect(new Set(answers.map(({ name }) => name)).size).toBe(2);
  expect(birds.requests.map(({ url }) => url)).toEqual(['/api/v1/birds']);
  expect(images.requests).toHaveLength(2);
  expect(await bird.counted('bird_fallbacks_total')).toEqual({});
  expect(await bird.counted('bird_picture_fallbacks_total')).toEqual({});
});

test('leaves broken entries of the list out', async () => {
  const broken = [
    null,
    'x',
    { name: 'No description' },
    { name: ' ', description: 'x' },
    { name: 7, description: 'x' },
  ];
  await using birds = await stubServer((_, response) => json(response, [...broken, owl]));
  await using images = await imageApi();
  await using bird = await build(birds, images);
  for (let time = 0; time < 20; time++) expect((await bird.ask()).name).toBe(owl.name);
});

test('shows no old birds once the list cannot be fetched, and counts that', async () => {
  await using birds = await stubServer((_, response, count) => json(response, [owl], count === 1 ? 200 : 500));
  await using images = await imageApi();
  await using bird = await build(birds, images, { BIRD_CACHE_TTL: '1ms', FAILURE_TTL: '1ms' });
  expect((await bird.ask()).name).toBe(owl.name);
  await eventually(async () => expect((await bird.ask()).name).toBe('Missing bird'));
  expect((await bird.counted('bird_fallbacks_total'))['status']).toBeGreaterThan(0);
});

describe('gives the "missing bird", asks for no picture and counts why', () => {
  test.each<[what: string, reason: string, asked: number, answer: (response: ServerResponse) => unknown]>([
    ['is slow', 'timeout', 1, () => {}],
    ['fails', 'status', 1, (response) => json(response, {}, 500)],
    ['breaks the connection', 'unreachable', 2, (response) => response.destroy()],
    ['answers no JSON', 'invalid', 1, (response) => response.end('<html>')],
    ['answers another shape', 'invalid', 1, (response) => json(response, { birds: [owl] })],
    ['knows only broken birds', 'invalid', 1, (response) => json(response, [{ name: 'x' }, null])],
    ['knows no bird', 'empty', 1, (response) => json(response, [])],
  ])('when the bird API %s', async (_, reason, asked, answer) => {
    await using birds = await stubServer((_request, response) => void answer(response));
    await using images = await imageApi();
    await using bird = await build(birds, images);
    expect(await Promise.all([bird.ask(), bird.ask()])).toEqual([missing, missing]);
    expect(await bird.ask()).toEqual(missing);
    expect(await bird.counted('bird_fallbacks_total')).toEqual({ [reason]: 3 });
    expect(birds.requests).toHaveLength(asked);
    expect(images.requests).toHaveLength(0);
  });

  test('when nothing listens', async () => {
    await using images = await imageApi();
    await using bird = await build({ url: await nowhere() }, images);
    expect(await bird.ask()).toEqual(missing);
    expect(await bird.counted('bird_fallbacks_total')).toEqual({ unreachable: 1 });
  });
});

describe('gives a bird with the "missing bird" picture and counts why', () => {
  test.each<[what: string, reason: string, answer: (response: ServerResponse) => unknown]>([
    ['fails', 'status', (response) => json(response, {}, 500)],
    ['breaks the connection', 'unreachable', (response) => response.destroy()],
    ['answers no JSON', 'invalid', (response) => response.end('<html>')],
    ['answers another shape', 'invalid', (response) => json(response, { image: 'no URL' })],
  ])('when bird-image %s', async (_, reason, answer) => {
    await using birds = await stubServer((_request, response) => json(response, [owl]));
    await using images = await stubServer((_request, response) => void answer(response));
    await using bird = await build(birds, images);
    const { name, description } = owl;
    expect(await bird.ask()).toEqual({ name, description, image: missingBirdPicture });
    expect(await bird.counted('bird_picture_fallbacks_total')).toEqual({ [reason]: 1 });
    expect(await bird.counted('bird_fallbacks_total')).toEqual({});
  });

  test('when bird-image hangs, and then at once for every bird', async () => {
    const flock = Array.from({ length: 20 }, (_, at) => ({ name: `Bird ${at}`, description: 'One of many.' }));
    await using birds = await stubServer((_request, response) => json(response, flock));
    await using images = await stubServer(() => {});
    await using bird = await build(birds, images, { FAILURE_TTL: '1h' });
    for (let time = 0; time < 20; time++) expect((await bird.ask()).image).toBe(missingBirdPicture);
    expect(images.requests).toHaveLength(1);
    expect(await bird.counted('bird_picture_fallbacks_total')).toEqual({ timeout: 20 });
  });
});
