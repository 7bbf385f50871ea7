import dns from 'node:dns';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { callTo, type Duration, defineContract, defineService, fixed, get, post } from '../../model/index.ts';
import { buildApp, type Client, ClientError, defineApp, type Kit } from './index.ts';
import { eventually } from './testing/eventually.ts';
import { freePort } from './testing/free-port.ts';
import { LogLines } from './testing/log-lines.ts';
import { json, lateServer, nowhere, stubServer } from './testing/stub-server.ts';

const answer = { response: z.object({ name: z.string() }) };
const sleepy = defineContract({
  name: 'sleepy',
  port: 4305,
  coldStart: '5s',
  routes: {
    find: get('/found', { summary: 'Finds.', ...answer }),
    create: post('/found', { summary: 'Creates.', body: z.object({ name: z.string() }), ...answer }),
  },
});
const callerWith = (timeout: Duration) =>
  defineService({
    contract: defineContract({ name: 'patient', port: 4304, routes: {} }),
    owner: 'kit-team',
    description: 'Calls what may have no pods.',
    calls: [callTo(sleepy, { timeout, retries: 1, waits: true })],
    scaling: fixed(1),
  });
// Long: on a busy machine even a refused connection takes a while.
const patient = callerWith('10s');

/** What is not held up takes less, also on a busy machine; in milliseconds. Where a test waits in vain, it is for `1m`. */
const soon = 15_000;

/**
 * A caller in memory.
 *
 * @param coldStart how long it waits. @default - as where nobody sets it
 * @param service who calls. @default - one that has time
 */
async function build(url: string, coldStart?: Duration, service = patient) {
  const lines = new LogLines();
  let kit: Kit<typeof patient> | undefined;
  const app = defineApp(service, async (given) => {
    kit = given;
    return {};
  });
  const env = { SLEEPY_URL: url, ...(coldStart !== undefined && { SLEEPY_COLD_START: coldStart }) };
  const built = await buildApp(app, { env, logTo: lines });
  if (!kit) throw new Error('setup did not run');
  const client: Client<typeof sleepy> = kit.client(sleepy);
  const values = async (name: string) => (await built.registry.getSingleMetric(name)?.get())?.values ?? [];
  return {
    ...built,
    client,
    kit,
    lines,
    waiting: () => values('http_client_waiting_requests'),
    attempts: async () =>
      Object.fromEntries(
        (await values('http_client_requests_total')).flatMap(({ labels, value }) =>
          value > 0 ? [[labels['outcome'], value]] : [],
        ),
      ),
    [Symbol.asyncDispose]: () => built.close(),
  };
}

function respond(_: unknown, response: ServerResponse): void {
  json(response, { name: 'found' });
}

const gauge = (value: number) => [{ labels: { service: 'patient', peer: 'sleepy' }, value }];
const failure = (call: Promise<unknown>): Promise<ClientError> =>
  call.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error as ClientError,
  );
async function timed<T>(work: () => Promise<T>): Promise<readonly [T, milliseconds: number]> {
  const startedAt = performance.now();
  return [await work(), performance.now() - startedAt];
}

describe('a call of a service without pods', () => {
  test('waits until it has one, and is made anew: a POST too, as nothing of it was sent', async () => {
    await using late = await lateServer(respond);
    await using app = await build(late.url, '1m');
    expect(await app.waiting()).toEqual(gauge(0));
    const found = app.client.find();
    const created = timed(() => app.client.create({ body: { name: 'new' } }));
    await eventually(async () => expect(await app.waiting()).toEqual(gauge(2)), { interval: 5 });
    late.startIn(300);
    expect(await found).toEqual({ name: 'found' });
    const [answered, took] = await created;
    expect(answered).toEqual({ name: 'found' });
    expect(took).toBeGreaterThan(300);
    expect(late.asked('/found').map(({ method, body }) => [method, body])).toEqual(
      expect.arrayContaining([
        ['GET', ''],
        ['POST', '{"name":"new"}'],
      ]),
    );
    expect(late.asked('/found')).toHaveLength(2);
    expect(await app.waiting()).toEqual(gauge(0));
    // Attempts alone: what waited is no third outcome.
    expect(await app.attempts()).toEqual({ network: 2, ok: 2 });
    expect(app.lines.of('waited for a service to start')).toMatchObject([
      { peer: 'sleepy', requests: 2, waited_ms: expect.any(Number) },
    ]);
  });

  test('waits for one that is Ready, and has all of its time from then on', async () => {
    let questions = 0;
    await using late = await lateServer(({ url }, response) => {
      if (url === '/readyz') json(response, {}, ++questions < 4 ? 503 : 200);
      else setTimeout(json, 600, response, { name: 'found' });
    });
    await using app = await build(late.url, '1m', callerWith('3s'));
    late.startIn(2_300);
    const [answered, took] = await timed(() => app.client.create({ body: { name: 'new' } }));
    expect(answered).toEqual({ name: 'found' });
    expect(questions).toBe(4);
    // Longer than its time-out, which began when the other was Ready: three pauses between the questions, and then what the other took.
    expect(took).toBeGreaterThan(2_300 + 3 * 250 + 600);
    expect(late.asked('/found')).toHaveLength(1);
  });

  test('asks once for all who wait, and each is sent once', async () => {
    let atOnce = 0;
    let mostAtOnce = 0;
    await using late = await lateServer(({ url }, response) => {
      if (url !== '/readyz') return json(response, { name: 'found' });
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      response.once('close', () => atOnce--);
      setTimeout(json, 50, response, {});
    });
    await using app = await build(late.url, '1m');
    late.startIn(600);
    const calls = Array.from({ length: 20 }, (_, at) => app.client.create({ body: { name: `${at}` } }));
    expect(await Promise.all(calls)).toHaveLength(20);
    expect(new Set(late.asked('/found').map(({ body }) => body)).size).toBe(20);
    expect(late.asked('/found')).toHaveLength(20);
    expect(late.asked('/readyz')).toHaveLength(1);
    expect(mostAtOnce).toBe(1);
    expect(late.asked('/readyz').at(0)?.headers).toMatchObject({ 'user-agent': 'patient/dev', connection: 'close' });
  });

  test('gives up after the cold start, and says what it waited for and how long', async () => {
    const url = await nowhere();
    await using app = await build(url, '4s');
    const [error, took] = await timed(() => failure(app.client.create({ body: { name: 'new' } })));
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({ outcome: 'network', peer: 'sleepy', unsent: true });
    expect(error.message).toMatch(
      new RegExp(`^create of sleepy waited \\d+ ms for ${url}/readyz to answer 200, which it did not: ECONNREFUSED$`),
    );
    expect(took).toBeGreaterThan(3_950);
    expect(took).toBeLessThan(soon);
    expect(await app.waiting()).toEqual(gauge(0));
    expect(await app.attempts()).toEqual({ network: 1 });
    // The next hears the same, and need not wait for it.
    const [next, tookNext] = await timed(() => failure(app.client.create({ body: { name: 'next' } })));
    expect(next.message).toMatch(/which it did not: ECONNREFUSED$/);
    expect(tookNext).toBeLessThan(3_500);
  });

  test('says which status was not the right one', async () => {
    await using never = await lateServer((_, response) => json(response, {}, 503));
    await using app = await build(never.url, '900ms');
    never.startIn(100);
    expect((await failure(app.client.find())).message).toMatch(/which it did not: answered 503$/);
    expect(never.asked('/found')).toEqual([]);
  });

  test('ends with its caller, at once', async () => {
    await using app = await build(await nowhere(), '1m');
    const stop = new AbortController();
    const call = timed(() => failure(app.client.find(undefined, { signal: stop.signal })));
    await eventually(async () => expect(await app.waiting()).toEqual(gauge(1)), { interval: 5 });
    stop.abort(new Error('no longer needed'));
    const [error, took] = await call;
    expect(error.message).toBe('no longer needed');
    expect(took).toBeLessThan(soon);
    expect(await app.waiting()).toEqual(gauge(0));
  });

  test('that no request waits for ends with the app, and says so', async () => {
    await using app = await build(await nowhere(), '1m');
    const call = failure(app.client.find());
    await eventually(async () => expect(await app.waiting()).toEqual(gauge(1)), { interval: 5 });
    const [, took] = await timed(() => app.close());
    expect((await call).message).toMatch(
      /^find of sleepy waited \d+ ms for \S+\/readyz to answer 200, until this service itself ended$/,
    );
    expect(took).toBeLessThan(soon);
  });

  test('of work beside the requests ends with the app too, whatever waits for that work', async () => {
    const url = await nowhere();
    const app = defineApp(patient, async ({ every, client }) => {
      every('look', '1h', async () => void (await client(sleepy).find()));
      return {};
    });
    const ports = { HTTP_HOST: '127.0.0.1', HTTP_PORT: `${await freePort()}`, METRICS_PORT: `${await freePort()}` };
    const env = { SLEEPY_URL: url, SLEEPY_COLD_START: '1m', ...ports };
    const built = await buildApp(app, { env, logTo: new LogLines() });
    await built.listen();
    const waiting = async () => (await built.registry.getSingleMetric('http_client_waiting_requests')?.get())?.values;
    await eventually(async () => expect(await waiting()).toEqual(gauge(1)), { interval: 5 });
    const [, took] = await timed(() => built.close());
    expect(took).toBeLessThan(soon);
  });
});

describe('a call is sent once where it may have been taken', () => {
  test.each<[what: string, answers: (response: ServerResponse) => unknown, outcome: string]>([
    ['a 503', (response) => json(response, {}, 503), 'status'],
    ['a broken connection', (response) => response.destroy(), 'network'],
    ['no answer in time', () => {}, 'timeout'],
  ])('%s', async (_, answers, outcome) => {
    await using stub = await stubServer((_request, response) => void answers(response));
    await using app = await build(stub.url, '1m', callerWith('2s'));
    const [error, took] = await timed(() => failure(app.client.create({ body: { name: 'new' } })));
    expect(error).toMatchObject({ outcome, unsent: false });
    expect(took).toBeLessThan(soon);
    expect(stub.requests.map(({ url }) => url)).toEqual(['/found']);
  });
});

test('where nobody says how long, a service without pods is broken, and its caller hears that at once', async () => {
  await using app = await build(await nowhere());
  expect((await failure(app.client.find())).message).toBe('find of sleepy could not be reached: ECONNREFUSED');
  expect(await app.attempts()).toEqual({ network: 2 });
  // Nobody waits, and says so: what reads it can tell that from nobody who says anything.
  expect(await app.waiting()).toEqual(gauge(0));
});

describe('no connection is', () => {
  /** What the name of the service leads to, in place of the DNS. */
  function resolve(answers: (callback: (...result: unknown[]) => void) => void) {
    const lookup = vi.spyOn(dns, 'lookup');
    lookup.mockImplementation(((_name: string, _options: object, callback: (...result: unknown[]) => void) =>
      answers(callback)) as unknown as typeof dns.lookup);
    onTestFinished(() => lookup.mockRestore());
  }
  const addresses = (...list: string[]) => list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

  test.each(['ENOTFOUND', 'EAI_AGAIN'])('a name that the DNS does not know yet (%s)', async (code) => {
    await using stub = await stubServer(respond);
    let lookups = 0;
    resolve((callback) => {
      if (++lookups > 3) callback(null, addresses('127.0.0.1'));
      else callback(Object.assign(new Error(code), { code, syscall: 'getaddrinfo' }));
    });
    await using app = await build(stub.url.replace('127.0.0.1', 'sleepy.test'), '1m');
    expect(await app.client.create({ body: { name: 'new' } })).toEqual({ name: 'found' });
    expect(await app.attempts()).toEqual({ network: 1, ok: 1 });
  });

  test('several addresses, none of which takes one', async () => {
    await using late = await lateServer(respond);
    resolve((callback) => callback(null, addresses('::1', '127.0.0.1')));
    await using app = await build(late.url.replace('127.0.0.1', 'sleepy.test'), '1m');
    late.startIn(600);
    expect(await app.client.create({ body: { name: 'new' } })).toEqual({ name: 'found' });
    expect(late.asked('/found')).toHaveLength(1);
  });

  test('a network that drops what goes to a service without pods', async () => {
    await using stub = await stubServer(respond);
    const opensAt = performance.now() + 1_200;
    resolve((callback) => {
      if (performance.now() > opensAt) callback(null, addresses('127.0.0.1'));
    });
    await using app = await build(stub.url.replace('127.0.0.1', 'sleepy.test'), '1m');
    expect(await app.client.create({ body: { name: 'new' } })).toEqual({ name: 'found' });
    expect(await app.attempts()).toEqual({ timeout: 1, ok: 1 });
    expect(stub.requests.filter(({ url }) => url === '/found')).toHaveLength(1);
  });

  test('one that hangs before a byte of the request is sent, within the time for both', async () => {
    // Takes the bytes and never greets back: the handshake is part of the connection.
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    await using app = await build(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, '3s');
    const [error, took] = await timed(() => failure(app.client.create({ body: { name: 'new' } })));
    expect(error).toMatchObject({ outcome: 'timeout', message: expect.stringMatching(/which it did not: no answer$/) });
    expect(took).toBeGreaterThan(2_900);
    // Not even the time for the call alone.
    expect(took).toBeLessThan(9_000);
  });
});
