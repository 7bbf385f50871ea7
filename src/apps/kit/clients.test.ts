import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineContract, defineService, fixed } from '../../model/index.ts';
import { buildApp, ClientError, defineApp, type OutsideClient } from './index.ts';
import { type BuiltSample, buildSample } from './testing/build-sample.ts';
import { eventually } from './testing/eventually.ts';
import { LogLines } from './testing/log-lines.ts';
import { otherContract } from './testing/sample-contract.ts';
import { json, nowhere, type StubServer, stubServer } from './testing/stub-server.ts';

const good = (response: ServerResponse) => json(response, { name: 'found', more: 1 });

async function attempts(app: Pick<BuiltSample, 'registry'>, peer = 'other'): Promise<Record<string, number>> {
  const { values } = (await app.registry.getSingleMetric('http_client_requests_total')?.get()) ?? { values: [] };
  const counted = values.filter(({ labels, value }) => labels['peer'] === peer && value > 0);
  return Object.fromEntries(counted.map(({ labels, value }) => [labels['outcome'], value]));
}

const build = (stub: StubServer) => buildSample({ env: { OTHER_URL: stub.url, FAR_AWAY_URL: `${stub.url}/api/v1` } });
const failure = (call: Promise<unknown>): Promise<ClientError> =>
  call.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error as ClientError,
  );

/** A service with a call that may take longer than the sample's requests. */
async function buildPatient(url: string) {
  const contract = defineContract({ name: 'patient', port: 4304, routes: {} });
  const service = defineService({
    contract,
    owner: 'kit-team',
    description: 'Waits for an API outside.',
    outside: { patient: { url, timeout: '4s', retries: 1 } },
    scaling: fixed(1),
  });
  let patient: OutsideClient | undefined;
  const app = defineApp(service, async ({ outside }) => {
    patient = outside.patient;
    return {};
  });
  const built = await buildApp(app, { env: {}, logTo: new LogLines() });
  if (!patient) throw new Error('setup did not run');
  return { ...built, patient, [Symbol.asyncDispose]: () => built.close() };
}

describe('a client', () => {
  test('asks as the contract says and gives what its schema lets through', async () => {
    await using stub = await stubServer((_, response) => good(response));
    await using app = await build(stub);
    const other = app.kit.client(otherContract);
    const found = await other.find({ params: { id: 'a/b c' }, query: { q: 'x&y', n: [1, 2] } });
    expect(found).toEqual({ name: 'found' });
    await other.create({ body: { name: 'new' } });
    expect(stub.requests).toMatchObject([
      { method: 'GET', url: '/found/a%2Fb%20c?q=x%26y&n=1&n=2', headers: { accept: 'application/json' } },
      { method: 'POST', url: '/found', body: '{"name":"new"}', headers: { 'content-type': 'application/json' } },
    ]);
    expect(stub.requests[0]?.headers['user-agent']).toBe('sample/dev');
    expect(await attempts(app)).toEqual({ ok: 2 });
  });

  test.each([502, 503, 504])('tries a GET again after %i', async (status) => {
    await using stub = await stubServer((_, response, count) =>
      count < 3 ? json(response, {}, status) : good(response),
    );
    await using app = await build(stub);
    expect(await app.kit.client(otherContract).ping()).toEqual({ name: 'found' });
    expect(await attempts(app)).toEqual({ status: 2, ok: 1 });
  });

  test('tries a PUT again after the connection broke', async () => {
    await using stub = await stubServer((_, response, count) => (count < 2 ? response.destroy() : good(response)));
    await using app = await build(stub);
    await app.kit.client(otherContract).replace({ params: { id: '1' }, body: { name: 'x' } });
    expect(await attempts(app)).toEqual({ network: 1, ok: 1 });
  });

  test('leaves an attempt all of the time: an answer that is slow but in time is asked for once', async () => {
    await using stub = await stubServer((_, response) => void setTimeout(good, 1_500, response));
    await using app = await build(stub);
    expect(await app.kit.client(otherContract).ping()).toEqual({ name: 'found' });
    expect(await attempts(app)).toEqual({ ok: 1 });
  });

  test('tries a GET again after a quick failure, and leaves the next attempt what is left', async () => {
    await using stub = await stubServer((_, response, count) => {
      if (count === 1) json(response, {}, 503);
      else setTimeout(good, 1_500, response);
    });
    await using app = await build(stub);
    expect(await app.kit.client(otherContract).ping()).toEqual({ name: 'found' });
    expect(await attempts(app)).toEqual({ status: 1, ok: 1 });
  });

  test('gives up after the declared retries', async () => {
    await using stub = await stubServer((_, response) => json(response, {}, 503));
    await using app = await build(stub);
    const error = await failure(app.kit.client(otherContract).ping());
    expect(error).toBeInstanceOf(ClientError);
    expect(error).toMatchObject({
      outcome: 'status',
      status: 503,
      peer: 'other',
      message: 'ping of other answered 503',
    });
    expect(stub.requests).toHaveLength(3);
  });

  test('gives up in time when nothing answers', async () => {
    await using stub = await stubServer(() => {});
    await using app = await build(stub);
    const startedAt = performance.now();
    const error = await failure(app.kit.client(otherContract).ping());
    const took = performance.now() - startedAt;
    expect(error).toMatchObject({ outcome: 'timeout', message: expect.stringMatching(/did not answer within \d+ ms/) });
    expect(took).toBeGreaterThan(2_900);
    expect(took).toBeLessThan(15_000);
    expect(stub.requests).toHaveLength(1);
  });

  test('gives up in time on an answer that drips', async () => {
    await using stub = await stubServer((_, response) => {
      response.writeHead(200).write('{');
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    await using app = await build(stub);
    expect(await failure(app.kit.client(otherContract).ping())).toMatchObject({ outcome: 'timeout' });
  });

  test('says when nothing listens', async () => {
    await using app = await buildSample({ env: { OTHER_URL: await nowhere() } });
    const error = await failure(app.kit.client(otherContract).ping());
    expect(error).toMatchObject({ outcome: 'network', message: 'ping of other could not be reached: ECONNREFUSED' });
    expect(await attempts(app)).toEqual({ network: 3 });
  });

  test('never tries a POST twice', async () => {
    await using stub = await stubServer((_, response) => json(response, {}, 503));
    await using app = await build(stub);
    await failure(app.kit.client(otherContract).create({ body: { name: 'x' } }));
    expect(stub.requests).toHaveLength(1);
  });

  test.each([400, 401, 404, 409, 429, 500, 301])('never tries again after %i', async (status) => {
    await using stub = await stubServer((_, response) => json(response, {}, status));
    await using app = await build(stub);
    expect(await failure(app.kit.client(otherContract).ping())).toMatchObject({ outcome: 'status', status });
    expect(stub.requests).toHaveLength(1);
  });

  test.each([
    ['not JSON', (response: ServerResponse) => response.end('<html>'), 'answered something else than JSON'],
    ['empty', (response: ServerResponse) => response.end(), 'answered something else than expected: response:'],
    ['of another shape', (response: ServerResponse) => json(response, { name: 1 }), 'expected: response.name:'],
    [
      'too large',
      (response: ServerResponse) => json(response, { name: 'x'.repeat(2 ** 21) }),
      'more than 1048576 bytes',
    ],
  ])('calls an answer that is %s invalid, and never tries again', async (_, answer, message) => {
    await using stub = await stubServer((_request, response) => void answer(response));
    await using app = await build(stub);
    const error = await failure(app.kit.client(otherContract).ping());
    expect(error).toMatchObject({ outcome: 'invalid', message: expect.stringContaining(message) });
    expect(stub.requests).toHaveLength(1);
    expect(await attempts(app)).toEqual({ invalid: 1 });
  });

  test.each(['2', '60'])('tries one of our own again soon, although it asks to wait %s s', async (seconds) => {
    await using stub = await stubServer((_, response, count) => {
      if (count === 1) response.writeHead(503, { 'retry-after': seconds }).end();
      else good(response);
    });
    await using app = await build(stub);
    expect(await app.kit.client(otherContract).ping()).toEqual({ name: 'found' });
    expect(await attempts(app)).toEqual({ status: 1, ok: 1 });
  });

  test('throws a mistake of its caller as it is, and never tries again', async () => {
    await using stub = await stubServer((_, response) => good(response));
    await using app = await build(stub);
    const call = app.kit.client(otherContract).ping(undefined, { headers: { 'x-name': 'two\nlines' } });
    expect(await failure(call)).toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
    expect(await attempts(app)).toEqual({});
  });

  test('stops when its caller does', async () => {
    await using stub = await stubServer(() => {});
    await using app = await build(stub);
    const stop = new AbortController();
    const call = failure(app.kit.client(otherContract).ping(undefined, { signal: stop.signal }));
    stop.abort(new Error('no longer needed'));
    expect(await call).toMatchObject({ message: 'no longer needed' });
  });

  test('passes the ids of the request on, each attempt as a span of its own', async () => {
    await using stub = await stubServer((_, response, count) => (count < 2 ? json(response, {}, 503) : good(response)));
    await using app = await buildSample({
      env: { OTHER_URL: stub.url },
      setup: ({ server, client }) => {
        const other = client(otherContract);
        server.get('/pass', () => other.ping());
      },
    });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
    await app.server.inject({ url: '/pass', headers: { traceparent, 'x-request-id': 'request-1' } });
    const sent = stub.requests.map(({ headers }) => String(headers['traceparent']).split('-'));
    expect(sent).toMatchObject([
      ['00', '4bf92f3577b34da6a3ce929d0e0e4736', expect.stringMatching(/^[0-9a-f]{16}$/), '00'],
      ['00', '4bf92f3577b34da6a3ce929d0e0e4736', expect.stringMatching(/^[0-9a-f]{16}$/), '00'],
    ]);
    expect(new Set([...sent.map(([, , span]) => span), '00f067aa0ba902b7']).size).toBe(3);
    expect(stub.requests.map(({ headers }) => headers['x-request-id'])).toEqual(['request-1', 'request-1']);
  });

  test('speaks for whoever asks, and only where it is told to', async () => {
    await using stub = await stubServer((_, response) => good(response));
    await using app = await buildSample({
      env: { OTHER_URL: stub.url },
      setup: ({ server, client }) => {
        const other = client(otherContract);
        server.get('/pass', (request) => other.ping(undefined, { onBehalfOf: request, headers: { 'x-more': '1' } }));
        server.get('/own', () => other.ping());
      },
    });
    const ask = (url: string, headers: Record<string, string>) => app.server.inject({ url, headers });
    await ask('/pass', { 'x-forwarded-for': '198.51.100.7', 'user-agent': 'Browser 1' });
    // What somebody says of a proxy of their own is not the address that reached us.
    await ask('/pass', { 'x-forwarded-for': '203.0.113.9, 198.51.100.8' });
    await ask('/own', { 'x-forwarded-for': '198.51.100.7', 'user-agent': 'Browser 1' });
    const sent = stub.requests.map(({ headers }) => [
      headers['x-forwarded-for'],
      headers['user-agent'],
      headers['x-more'],
    ]);
    expect(sent).toEqual([
      ['198.51.100.7', 'Browser 1', '1'],
      ['198.51.100.8', 'lightMyRequest', '1'],
      [undefined, 'sample/dev', undefined],
    ]);
  });

  const problem = { type: 'about:blank', title: 'Conflict', status: 409, detail: 'of ada@example.com', code: 'taken' };
  test.each<[what: string, type: string, body: unknown, expected: string | undefined]>([
    ['a problem', 'application/problem+json; charset=utf-8', { ...problem, traceId: 'x' }, 'taken'],
    ['another kind of body', 'application/json', { ...problem, traceId: 'x' }, undefined],
    ['half a problem', 'application/problem+json', problem, undefined],
  ])('hears what one of ours says is wrong, without a word of it in a log: %s', async (_what, type, body, expected) => {
    await using stub = await stubServer((_, response) => {
      response.writeHead(409, { 'content-type': type }).end(JSON.stringify(body));
    });
    await using app = await build(stub);
    const error = await failure(app.kit.client(otherContract).ping());
    expect([error.status, error.problem?.code]).toEqual([409, expected]);
    app.log.error({ err: error }, 'failed');
    expect(app.lines.text).toContain('ping of other answered 409');
    expect(app.lines.text).not.toContain('ada@example.com');
  });

  test('hears nothing of an answer that says it is a problem and is no JSON', async () => {
    await using stub = await stubServer((_, response) => {
      response.writeHead(404, { 'content-type': 'application/problem+json' }).end('<html>');
    });
    await using app = await build(stub);
    const error = await failure(app.kit.client(otherContract).ping());
    expect([error.outcome, error.status, error.problem]).toEqual(['status', 404, undefined]);
  });

  test.each([
    ['hangs', () => {}, 504],
    ['fails', (response: ServerResponse) => json(response, {}, 500), 502],
  ])('whose peer %s and whose caller does not care gives a problem that tells nothing', async (_, answer, status) => {
    await using stub = await stubServer((_request, response) => void answer(response));
    await using app = await buildSample({
      env: { OTHER_URL: stub.url },
      setup: ({ server, client }) => void server.get('/pass', () => client(otherContract).ping()),
    });
    const problem = await app.server.inject('/pass');
    expect([problem.statusCode, problem.json().code]).toEqual([status, 'dependency-failed']);
    expect(problem.body).not.toContain('other');
  });
});

describe('an API outside', () => {
  const schema = z.object({ name: z.string().transform((name) => name.length) });

  test('is asked below its declared path, without ids of ours', async () => {
    await using stub = await stubServer((_, response) => good(response));
    await using app = await buildSample({
      env: { FAR_AWAY_URL: `${stub.url}/api/v1/` },
      setup: ({ server, outside }) => {
        const headers = { 'x-key': 'k' };
        server.get('/far', () =>
          outside.farAway.get('/birds', { schema, headers, query: { q: 'a b', none: undefined } }),
        );
      },
    });
    expect((await app.server.inject('/far')).json()).toEqual({ name: 5 });
    const [request] = stub.requests;
    expect(request).toMatchObject({ url: '/api/v1/birds?q=a+b', headers: { 'x-key': 'k' } });
    expect(request?.headers).not.toHaveProperty('traceparent');
    expect(request?.headers).not.toHaveProperty('x-request-id');
    expect(await attempts(app, 'farAway')).toEqual({ ok: 1 });
  });

  test('waits as Retry-After says when there is time, and gives up at once when there is not', async () => {
    const busy = (seconds: string) =>
      stubServer((_, response) => void response.writeHead(503, { 'retry-after': seconds }).end());
    await using long = await busy('60');
    await using app = await build(long);
    expect(await failure(app.kit.outside.farAway.get('/', { schema }))).toMatchObject({
      status: 503,
      retryAfter: 60_000,
    });
    expect(long.requests).toHaveLength(1);
    await using none = await busy('0');
    await using another = await build(none);
    await failure(another.kit.outside.farAway.get('/', { schema }));
    expect(none.requests).toHaveLength(2);
  });

  test('is tried again when it takes no connection, with the time that is left', async () => {
    // Takes the bytes and never greets back, as a node that is gone: the handshake is part of the connection.
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await using app = await buildPatient(`https://127.0.0.1:${port}`);
    const error = await failure(app.patient.get('/', { schema }));
    expect(error).toMatchObject({ outcome: 'timeout' });
    expect(await attempts(app, 'patient')).toEqual({ timeout: 2 });
    server.close();
  });

  test('stops when its caller does, also while it waits as Retry-After says', async () => {
    await using stub = await stubServer((_, response) => void response.writeHead(503, { 'retry-after': '2' }).end());
    await using app = await buildPatient(stub.url);
    const stop = new AbortController();
    const call = failure(app.patient.get('/', { schema, signal: stop.signal }));
    await eventually(async () => expect(await attempts(app, 'patient')).toEqual({ status: 1 }), { interval: 5 });
    stop.abort(new Error('no longer needed'));
    expect(await call).toMatchObject({ message: 'no longer needed' });
  });

  test('that fails is told by its name and path alone', async () => {
    await using stub = await stubServer((_, response) => json(response, {}, 403));
    await using app = await build(stub);
    const call = app.kit.outside.farAway.get('/birds', { schema, query: { key: 'hunter22' } });
    expect((await failure(call)).message).toBe('GET /birds of farAway answered 403');
  });
});
