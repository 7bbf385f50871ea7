import type { ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { activator, kitPaths, type Sleeper, sleepersText, toMilliseconds } from '../../model/index.ts';
import { buildApp } from '../kit/index.ts';
import { eventually } from '../kit/testing/eventually.ts';
import { LogLines } from '../kit/testing/log-lines.ts';
import { json, lateServer, nowhere, stubServer } from '../kit/testing/stub-server.ts';
import app from './app.ts';

async function build(services: Readonly<Record<string, string>>, coldStart: Sleeper['coldStart'] = '10s') {
  const lines = new LogLines();
  const sleepers = Object.entries(services).map(([name, url]) => ({ name, readyUrl: `${url}/readyz`, coldStart }));
  const built = await buildApp(app, { env: { [activator.variable]: sleepersText(sleepers) }, logTo: lines });
  return {
    ...built,
    lines,
    async ask(service = 'media') {
      const startedAt = performance.now();
      const { statusCode: status, body } = await built.server.inject(`${activator.path}/${service}`);
      return { status, body, took: performance.now() - startedAt };
    },
    async waiting() {
      const { values } = (await built.registry.getSingleMetric('http_client_waiting_requests')?.get()) ?? {
        values: [],
      };
      return values.map(({ labels, value }) => [labels['service'], labels['peer'], value]);
    },
    [Symbol.asyncDispose]: () => built.close(),
  };
}

const ready = (_: unknown, response: ServerResponse) => json(response, { status: 'ok' });

test('answers at once where the service is Ready', async () => {
  await using media = await stubServer(ready);
  await using doorman = await build({ media: media.url });
  expect(await doorman.waiting()).toEqual([['gateway', 'media', 0]]);
  expect(await doorman.ask()).toMatchObject({ status: 204, body: '' });
  expect(new Set(media.requests.map(({ url }) => url))).toEqual(new Set(['/readyz']));
  expect(await doorman.waiting()).toEqual([['gateway', 'media', 0]]);
});

test('never counts who asks for a service that is Ready, however slowly it says so', async () => {
  await using media = await stubServer((_, response) => void setTimeout(json, 300, response, {}));
  await using doorman = await build({ media: media.url });
  const asked = Promise.all([doorman.ask(), doorman.ask()]);
  let isOver = false;
  void asked.then(() => (isOver = true));
  while (!isOver) {
    expect(await doorman.waiting()).toEqual([['gateway', 'media', 0]]);
    await sleep(5);
  }
  expect((await asked).map(({ status }) => status)).toEqual([204, 204]);
  expect(media.requests).toHaveLength(1);
});

test('answers once the service is Ready, and counts who waits until then', async () => {
  let questions = 0;
  await using media = await lateServer((_, response) => json(response, {}, ++questions < 3 ? 503 : 200));
  await using other = await stubServer(ready);
  await using doorman = await build({ media: media.url, other: other.url });
  const asked = doorman.ask();
  const waits = (count: number) => [
    ['gateway', 'media', count],
    ['gateway', 'other', 0],
  ];
  await eventually(async () => expect(await doorman.waiting()).toEqual(waits(1)), { interval: 5 });
  media.startIn(300);
  // Who waits for one holds up nobody who asks for another.
  expect((await doorman.ask('other')).status).toBe(204);
  const { status, took } = await asked;
  expect(status).toBe(204);
  expect(took).toBeGreaterThan(800);
  expect(questions).toBe(3);
  expect(await doorman.waiting()).toEqual(waits(0));
});

test('answers all who wait by one question at a time', async () => {
  let atOnce = 0;
  let mostAtOnce = 0;
  await using media = await lateServer((_, response) => {
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    response.once('close', () => atOnce--);
    setTimeout(json, 100, response, {});
  });
  await using doorman = await build({ media: media.url });
  const asked = Array.from({ length: 20 }, () => doorman.ask());
  await eventually(async () => expect(await doorman.waiting()).toEqual([['gateway', 'media', 20]]), { interval: 5 });
  media.startIn(0);
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 204));
  expect([media.asked('/readyz').length, mostAtOnce]).toEqual([1, 1]);
});

test('asks anew for each request, but not a second time within 100 ms', async () => {
  let isReady = true;
  await using media = await stubServer((_, response) => json(response, {}, isReady ? 200 : 503));
  await using doorman = await build({ media: media.url }, '5s');
  await Promise.all(Array.from({ length: 50 }, () => doorman.ask()));
  expect(media.requests).toHaveLength(1);
  isReady = false;
  await sleep(150);
  const asked = doorman.ask();
  await eventually(async () => expect(await doorman.waiting()).toEqual([['gateway', 'media', 1]]), { interval: 5 });
  isReady = true;
  expect((await asked).status).toBe(204);
});

test('lets a request pass once the cold start is over: what is behind it says what is wrong', async () => {
  await using doorman = await build({ media: await nowhere() }, '600ms');
  const { status, took } = await doorman.ask();
  expect(status).toBe(204);
  expect(took).toBeGreaterThan(590);
  expect(await doorman.waiting()).toEqual([['gateway', 'media', 0]]);
});

test('holds nobody up for as long again where the service did not start in time, but asks on', async () => {
  await using media = await lateServer(ready);
  await using doorman = await build({ media: media.url }, '4s');
  expect((await doorman.ask()).took).toBeGreaterThan(3_900);
  expect(await doorman.waiting()).toEqual([['gateway', 'media', 0]]);
  for (let i = 0; i < 3; i++) {
    const { status, took } = await doorman.ask();
    expect(status).toBe(204);
    expect(took).toBeLessThan(3_500);
  }
  // One for all who passed: somebody wants it still.
  await eventually(async () => expect(await doorman.waiting()).toEqual([['gateway', 'media', 1]]), { interval: 5 });
  media.startIn(0);
  await eventually(async () => expect(await doorman.waiting()).toEqual([['gateway', 'media', 0]]), { interval: 5 });
  expect(media.asked('/readyz')).toHaveLength(1);
});

test('waits anew once a second cold start is over', async () => {
  await using doorman = await build({ media: await nowhere() }, '3s');
  expect((await doorman.ask()).took).toBeGreaterThan(2_950);
  expect((await doorman.ask()).took).toBeLessThan(2_500);
  await sleep(3_050);
  expect(await doorman.waiting()).toEqual([['gateway', 'media', 0]]);
  expect((await doorman.ask()).took).toBeGreaterThan(2_950);
});

test('waits anew after it was Ready', async () => {
  let isReady = false;
  await using media = await stubServer((_, response) => json(response, {}, isReady ? 200 : 503));
  await using doorman = await build({ media: media.url }, '2s');
  await doorman.ask();
  await doorman.ask();
  isReady = true;
  await eventually(async () => expect(await doorman.waiting()).toEqual([['gateway', 'media', 0]]), { interval: 5 });
  await sleep(150);
  isReady = false;
  expect((await doorman.ask()).took).toBeGreaterThan(1_900);
});

test('is ready itself, whatever it waits for', async () => {
  await using doorman = await build({ media: await nowhere() });
  expect((await doorman.server.inject(kitPaths.ready)).statusCode).toBe(200);
});

test('refuses a service that never sleeps', async () => {
  await using doorman = await build({ media: await nowhere(), 'bird-image': await nowhere() });
  const { status, body } = await doorman.ask('posts');
  expect(status).toBe(404);
  expect(JSON.parse(body)).toMatchObject({
    code: 'unknown-service',
    detail: 'posts is none of those that may sleep: media, bird-image',
  });
});

describe('over the network', () => {
  test('forgets whoever hangs up', async () => {
    await using doorman = await build({ media: await nowhere() });
    await doorman.server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = doorman.server.server.address() as AddressInfo;
    const caller = connect(port, '127.0.0.1').on('error', () => {});
    caller.write(`GET ${activator.path}/media HTTP/1.1\r\nHost: x\r\n\r\n`);
    await eventually(async () => expect(await doorman.waiting()).toEqual([['gateway', 'media', 1]]), { interval: 5 });
    caller.destroy();
    await eventually(async () => expect(await doorman.waiting()).toEqual([['gateway', 'media', 0]]), { interval: 5 });
    expect(doorman.lines.of('request')).toMatchObject([{ 'http.response.status_code': 499 }]);
    expect(doorman.lines.of('request failed')).toEqual([]);
  });

  test('answers whoever waits before it ends', async () => {
    await using media = await lateServer(ready);
    await using doorman = await build({ media: media.url });
    await doorman.server.listen({ port: 0, host: '127.0.0.1' });
    const { port } = doorman.server.server.address() as AddressInfo;
    const asked = fetch(`http://127.0.0.1:${port}${activator.path}/media`);
    await eventually(async () => expect(await doorman.waiting()).toEqual([['gateway', 'media', 1]]), { interval: 5 });
    media.startIn(300);
    const closed = doorman.close();
    expect((await asked).status).toBe(204);
    await closed;
  });
});

test('has time for the longest cold start that a contract may have', () => {
  expect(toMilliseconds(app.service.lifecycle.request)).toBeGreaterThan(toMilliseconds('5m'));
});

test.each([
  ['', 'SERVICES: got nothing; allowed: a text that is not empty; fix: set it'],
  ['media', 'SERVICES: got "media"; allowed: services with commas in between'],
])('does not start with SERVICES=%j', async (text, message) => {
  const built = buildApp(app, { env: { [activator.variable]: text }, logTo: new LogLines() });
  await expect(built).rejects.toThrow(message);
});
