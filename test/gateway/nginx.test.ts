import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { Agent, request } from 'undici';
import { describe, expect, test } from 'vitest';
import { problemBody } from '../../src/apps/kit/problem-body.ts';
import { safeHeaders, safeTlsHeaders } from '../../src/apps/kit/safe-headers.ts';
import { nowhere, stubServer } from '../../src/apps/kit/testing/stub-server.ts';
import { nginxConfig } from '../../src/charts/gateway/nginx-config.ts';
import { gatewayHeaders, strictTransport } from '../../src/charts/gateway/nginx-errors.ts';
import type { Environment } from '../../src/model/index.ts';
import { environments, systems } from '../../src/systems/index.ts';
import { checked, needNginx, type RunningGateway, startGateway } from './nginx.ts';
import { mall, mallEnvironment } from './shop.ts';

const generous = { rate: { perSecond: 100_000, burst: 100_000 } };

/** The gateway of the mall before stubs. */
async function startMall(props: {
  shop?: string | undefined;
  office?: string | undefined;
  gateway?: Parameters<typeof mallEnvironment>[0];
  tracing?: Environment['tracing'];
}): Promise<RunningGateway> {
  const portOf = async (url: string | undefined) => Number(new URL(url ?? (await nowhere())).port);
  return startGateway({
    system: mall,
    environment: { ...mallEnvironment(props.gateway ?? generous), tracing: props.tracing },
    upstreams: { shop: await portOf(props.shop), office: await portOf(props.office) },
  });
}

/** A stub that answers with what it was asked. */
function echo() {
  return stubServer(({ method, url, headers }, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ method, url, headers }));
  });
}

interface Asked {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Record<string, unknown>;
}

async function ask(url: string, options: Parameters<typeof request>[1] = {}): Promise<Asked> {
  const { statusCode: status, headers, body } = await request(url, options);
  const text = await body.text();
  return { status, headers, body: text.startsWith('{') ? JSON.parse(text) : { text } };
}

/** What comes back for bytes, until the other side closes. */
function askRaw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

describe('nginx -t passes', () => {
  const generated = [
    ...Object.values(environments).flatMap((environment) =>
      systems.flatMap((system) => {
        const gateway = environment.gateways[system.name];
        return gateway ? [{ system, environment, gateway }] : [];
      }),
    ),
    ...[mallEnvironment(), mallEnvironment({ trustedProxies: ['10.0.0.0/8'], routeRates: false })].flatMap(
      (environment) => {
        const gateway = environment.gateways['mall'];
        return gateway ? [{ system: mall, environment, gateway }] : [];
      },
    ),
  ].map((props) => [`${props.system.name} in ${props.environment.name}`, props] as const);

  test.for(generated)('%s', async ([, props], context) => {
    await needNginx(context);
    const { passed, said } = await checked(nginxConfig(props));
    expect({ passed }, said).toEqual({ passed: true });
  });
});

test('a request of a declared route reaches its service, with the truth about the client', async (context) => {
  await needNginx(context);
  await using stub = await echo();
  await using gateway = await startMall({ shop: stub.url });
  const { status, body } = await ask(`${gateway.nodePortUrl(0)}/items/a%2Fb?page=2`, {
    headers: {
      'x-forwarded-for': '1.2.3.4',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'elsewhere',
      'x-real-ip': '1.2.3.4',
      forwarded: 'for=1.2.3.4',
      'x-request-id': 'no good id',
      host: 'whatever.example:8080',
    },
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({ method: 'GET', url: '/items/a%2Fb?page=2' });
  const { host, connection, traceparent, ...headers } = body['headers'] as Record<string, string>;
  const id = headers['x-request-id'];
  expect({ host, connection, ...headers }).toEqual({
    host: 'whatever.example:8080',
    connection: undefined,
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'whatever.example:8080',
    'x-request-id': expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(traceparent).toBe(`00-${id}-${id?.slice(16)}-00`);
});

describe('of a proxy that is trusted', () => {
  test.for([
    ['the address', '203.0.113.9', '203.0.113.9'],
    [
      'the last address that is no proxy, whatever else the client made up',
      '1.2.3.4, 203.0.113.9, 10.1.1.1',
      '203.0.113.9',
    ],
    ['no text that is no address', 'nonsense', '127.0.0.1'],
  ])('%s is taken', async ([, given, taken], context) => {
    await needNginx(context);
    await using stub = await echo();
    await using gateway = await startMall({ shop: stub.url });
    const id = 'kept:an-id.of_8';
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { body } = await ask(`${gateway.url}/items`, {
      headers: { 'x-forwarded-for': given, 'x-forwarded-proto': 'https', 'x-request-id': id, traceparent },
    });
    expect(body['headers']).toMatchObject({
      'x-forwarded-for': taken,
      'x-forwarded-proto': 'https',
      'x-request-id': id,
      traceparent,
    });
  });
});

describe('where traces are recorded,', () => {
  const collector = { namespace: 'monitoring' };
  const given = '0af7651916cd43dd8448eb211c80319c';

  /** The `traceparent` that a service gets. */
  async function passedOn(url: string, traceparent?: string): Promise<string> {
    const { body } = await ask(`${url}/items`, { headers: traceparent ? { traceparent } : {} });
    return (body['headers'] as Record<string, string>)['traceparent'] ?? 'none';
  }

  test.for([
    [0, '00'],
    [1, '01'],
  ] as const)(
    'at a share of %d all have the flags %s, whatever the caller wants',
    async ([sampled, flags], context) => {
      await needNginx(context);
      await using stub = await echo();
      await using gateway = await startMall({
        shop: stub.url,
        tracing: { endpoint: 'http://collector:4318', sampled, collector },
      });
      expect(await passedOn(gateway.url)).toMatch(new RegExp(`^00-[0-9a-f]{16}([0-9a-f]{16})-\\1-${flags}$`));
      for (const wanted of ['00', '01']) {
        // The caller's span is none that anybody here has.
        expect(await passedOn(gateway.url, `00-${given}-b7ad6b7169203331-${wanted}`)).toBe(
          `00-${given}-${given.slice(16)}-${flags}`,
        );
      }
    },
  );

  test('a share of them is recorded, and the same trace always or never', async (context) => {
    await needNginx(context);
    await using stub = await echo();
    await using gateway = await startMall({
      shop: stub.url,
      tracing: { endpoint: 'http://collector:4318', sampled: 0.25, collector },
    });
    const ids = Array.from({ length: 200 }, (_, index) =>
      createHash('sha256').update(String(index)).digest('hex').slice(0, 32),
    );
    const flagsOf = async () => {
      const flags: string[] = [];
      for (const id of ids) flags.push((await passedOn(gateway.url, `00-${id}-b7ad6b7169203331-01`)).slice(-2));
      return flags;
    };
    const flags = await flagsOf();
    expect(await flagsOf()).toEqual(flags);
    const recorded = flags.filter((each) => each === '01').length;
    // The ids are always the same, so this figure is too: a quarter of them, give or take a few.
    expect(recorded).toBeGreaterThan(30);
    expect(recorded).toBeLessThan(70);
  });
});

describe('what Nginx answers itself is a problem, as the services word it:', () => {
  const parent = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
  const ids = { ...parent, 'x-request-id': 'a-request-id' };

  function expectProblem({ status, headers, body }: Asked, expected: { status: number; code: string }): void {
    expect({ status, body }).toEqual({
      status: expected.status,
      body: expect.objectContaining({ ...expected, traceId: '0af7651916cd43dd8448eb211c80319c' }),
    });
    problemBody.parse(body);
    expect(headers).toMatchObject({ ...safeHeaders, 'x-request-id': 'a-request-id' });
    expect(headers['content-type']).toBe('application/problem+json');
  }

  test('the headers are those of the services', () => {
    expect(gatewayHeaders).toEqual(safeHeaders);
    expect({ ...gatewayHeaders, 'strict-transport-security': strictTransport }).toEqual(safeTlsHeaders);
  });

  test('404, 405, 413, 431 and 502', async (context) => {
    await needNginx(context);
    await using gateway = await startMall({});
    for (const path of ['/', '/healthz', '/metrics', '/openapi.json', '/Items', '/items/', '/nothing', '/GET /items'])
      expectProblem(await ask(`${gateway.url}${encodeURI(path)}`, { headers: ids }), {
        status: 404,
        code: 'route-not-found',
      });
    const refused = await ask(`${gateway.url}/items`, { method: 'DELETE', headers: ids });
    expectProblem(refused, { status: 405, code: 'method-not-allowed' });
    expect(refused.headers['allow']).toBe('GET, HEAD, POST');
    const overTls = await ask(`${gateway.url}/nothing`, { headers: { 'x-forwarded-proto': 'https' } });
    expect(overTls.headers).toMatchObject(safeTlsHeaders);
    expect((await ask(`${gateway.url}/nothing`)).headers).not.toHaveProperty('strict-transport-security');
    // Of a path that one route leaves open to the inside, and another to everybody.
    const secret = await ask(`${gateway.url}/items/secret`, { headers: ids });
    expectProblem(secret, { status: 405, code: 'method-not-allowed' });
    expect(secret.headers['allow']).toBe('PUT');
    const large = 'x'.repeat(4 * 1024 + 1);
    const sent = { method: 'POST' as const, headers: ids, body: large };
    expectProblem(await ask(`${gateway.url}/items`, sent), { status: 413, code: 'body-too-large' });
    const file = await ask(`${gateway.url}/files`, { ...sent, body: 'x'.repeat(64 * 1024 + 1) });
    expectProblem(file, { status: 413, code: 'body-too-large' });
    const headers = { ...ids, long: 'x'.repeat(10_000) };
    expect((await ask(`${gateway.url}/items`, { headers })).body).toMatchObject({
      status: 431,
      code: 'headers-too-large',
    });
    const down = await ask(`${gateway.url}/items`, { headers: ids });
    expectProblem(down, { status: 502, code: 'dependency-failed' });
    expect(down.headers['retry-after']).toBe('1');
  });

  test('504, a second after the service should have answered', async (context) => {
    await needNginx(context);
    await using stub = await stubServer(() => {});
    await using gateway = await startMall({ shop: stub.url });
    const startedAt = performance.now();
    expectProblem(await ask(`${gateway.url}/items`, { headers: ids }), { status: 504, code: 'dependency-failed' });
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
  });

  test('429, for the client that asks too often and no other', async (context) => {
    await needNginx(context);
    await using stub = await echo();
    await using gateway = await startMall({ shop: stub.url });
    const logIn = (client: string) =>
      ask(`${gateway.url}/log-in`, { method: 'POST', headers: { ...ids, 'x-forwarded-for': client }, body: '{}' });
    const statuses = async (client: string, times: number) =>
      (await Promise.all(Array.from({ length: times }, () => logIn(client)))).map(({ status }) => status).toSorted();
    expect(await statuses('203.0.113.1', 4)).toEqual([200, 200, 200, 429]);
    const refused = await logIn('203.0.113.1');
    expectProblem(refused, { status: 429, code: 'too-many-requests' });
    expect(refused.headers['retry-after']).toBe('1');
    expect(await statuses('203.0.113.2', 3)).toEqual([200, 200, 200]);
    // The addresses of one household are one client.
    expect(await statuses('2001:db8::1', 3)).toEqual([200, 200, 200]);
    expect((await logIn('2001:db8::ffff:2')).status).toBe(429);
    expect((await logIn('2001:db8:0:1::1')).status).toBe(200);
    expect((await ask(`${gateway.url}/items`, { headers: { 'x-forwarded-for': '203.0.113.1' } })).status).toBe(200);
  });

  test('429, for the client that has too much under way, and no other', async (context) => {
    await needNginx(context);
    const waiting: ServerResponse[] = [];
    await using stub = await stubServer((_, response) => void waiting.push(response));
    await using gateway = await startMall({ shop: stub.url, gateway: { ...generous, requestsAtOnce: 3 } });
    const items = (client: string) => ask(`${gateway.url}/items`, { headers: { ...ids, 'x-forwarded-for': client } });
    const first = Array.from({ length: 3 }, () => items('203.0.113.1'));
    while (waiting.length < 3) await sleep(5);
    expectProblem(await items('203.0.113.1'), { status: 429, code: 'too-many-requests' });
    const other = items('203.0.113.2');
    while (waiting.length < 4) await sleep(5);
    for (const response of waiting) response.end('{}');
    expect((await Promise.all([...first, other])).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test('429, for large bodies alone, where those of one client or of all fill the disk', async (context) => {
    await needNginx(context);
    await using stub = await stubServer((_, response) => void response.end('{}'));
    // Half of it has room for 4 bodies of 128 KiB.
    const disk = { ...generous, resources: { ephemeralStorage: '1Mi' } as const };
    await using gateway = await startMall({ office: stub.url, gateway: disk });
    const write = (client: string, length: number) =>
      ask(`${gateway.url}/papers`, {
        method: 'POST',
        headers: { ...ids, host: 'office.test', 'x-forwarded-for': client },
        body: 'x'.repeat(length),
      });
    const large = 100_000;
    const slow = async (client: string) => {
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
      const head = `POST /papers HTTP/1.1\r\nHost: office.test\r\nX-Forwarded-For: ${client}\r\nContent-Length: ${large}\r\n\r\n`;
      await new Promise<void>((resolve) => socket.write(head, () => resolve()));
      return socket;
    };
    expect((await write('203.0.113.1', large)).status).toBe(200);
    const sockets = [await slow('203.0.113.1')];
    await sleep(100);
    expectProblem(await write('203.0.113.1', large), { status: 429, code: 'too-many-requests' });
    expect((await write('203.0.113.1', 60_000)).status).toBe(200);
    expect((await write('203.0.113.2', large)).status).toBe(200);
    for (const last of [2, 3, 4]) sockets.push(await slow(`203.0.113.${last}`));
    await sleep(100);
    expectProblem(await write('203.0.113.5', large), { status: 429, code: 'too-many-requests' });
    expect((await write('203.0.113.5', 60_000)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  test('413, where a route takes no body', async (context) => {
    await needNginx(context);
    await using stub = await echo();
    await using gateway = await startMall({ office: stub.url });
    const sized = (length: number) =>
      ask(`${gateway.nodePortUrl(1)}/papers`, { method: 'GET', headers: ids, body: 'x'.repeat(length) });
    expect((await sized(64 * 1_024)).status).toBe(200);
    expectProblem(await sized(64 * 1_024 + 1), { status: 413, code: 'body-too-large' });
  });

  test.for<[what: string, bytes: string, status: number]>([
    ['no URL', 'GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a way out of the root', 'GET /items/../../x HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['no host', 'GET /items HTTP/1.1\r\n\r\n', 400],
    ['a version that is none', 'GET /items HTTP/7.0\r\nHost: a\r\n\r\n', 505],
    ['a trace', 'TRACE /items HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', 405],
    ['an encoding that is none', 'POST /items HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n', 501],
    ['a URL without end', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
  ])('%s', async ([, bytes, status], context) => {
    await needNginx(context);
    await using gateway = await startMall({});
    const said = await askRaw(gateway.url, bytes);
    const [head = '', body = ''] = said.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(problemBody.parse(JSON.parse(body))).toMatchObject({
      status,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });
});

test('the first host is meant by any other too, and a NodePort has one host alone', async (context) => {
  await needNginx(context);
  await using shop = await echo();
  await using office = await echo();
  await using gateway = await startMall({ shop: shop.url, office: office.url });
  const statusOf = async (url: string, path: string, host: string) =>
    (await ask(`${url}${path}`, { headers: { host } })).status;
  for (const url of [gateway.url, gateway.balancerUrl]) {
    expect(await statusOf(url, '/items', 'shop.test')).toBe(200);
    expect(await statusOf(url, '/items', '10.0.0.1')).toBe(200);
    expect(await statusOf(url, '/papers', '10.0.0.1')).toBe(404);
    expect(await statusOf(url, '/papers', 'office.test')).toBe(200);
    expect(await statusOf(url, '/items', 'office.test')).toBe(404);
  }
  expect(await statusOf(gateway.nodePortUrl(1), '/papers', 'shop.test')).toBe(200);
  expect(await statusOf(gateway.nodePortUrl(1), '/items', 'shop.test')).toBe(404);
});

test('a file is passed on as it comes, and its answer too', async (context) => {
  await needNginx(context);
  const first = Promise.withResolvers<void>();
  const server = createServer((asked: IncomingMessage, response: ServerResponse) => {
    asked.once('data', () => first.resolve());
    asked.resume();
    asked.on('end', () => response.end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await using gateway = await startMall({ shop: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  const body = async function* () {
    yield Buffer.alloc(1_000);
    // The rest comes only once the service has the first part.
    await first.promise;
    yield Buffer.alloc(1_000);
  };
  const { status } = await ask(`${gateway.url}/files`, { method: 'POST', body: Readable.from(body()) });
  expect(status).toBe(200);
  server.closeAllConnections();
  server.close();
});

test('text that is worth it is compressed, and nothing else', async (context) => {
  await needNginx(context);
  const large = JSON.stringify({ text: 'x'.repeat(5_000) });
  await using stub = await stubServer(({ url }, response) => {
    const type = url.endsWith('picture') ? 'image/png' : 'application/json';
    const body = url.endsWith('small') ? '{}' : large;
    response.writeHead(200, { 'content-type': type, 'content-length': body.length }).end(body);
  });
  await using gateway = await startMall({ shop: stub.url });
  const get = async (path: string, encoding: string) => {
    const { headers, body } = await request(`${gateway.url}/items/${path}`, {
      headers: { 'accept-encoding': encoding },
    });
    return { headers, bytes: Buffer.from(await body.arrayBuffer()) };
  };
  const packed = await get('large', 'gzip');
  expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  expect(gunzipSync(packed.bytes).toString()).toBe(large);
  expect((await get('large', 'identity')).headers).toMatchObject({ vary: 'Accept-Encoding' });
  for (const path of ['small', 'picture'])
    expect((await get(path, 'gzip')).headers).not.toHaveProperty('content-encoding');
});

test('each request has one line with the names of the services, without query and headers', async (context) => {
  await needNginx(context);
  await using stub = await echo();
  await using gateway = await startMall({ shop: stub.url });
  await ask(`${gateway.url}/items/7?token=hidden`, {
    headers: { authorization: 'Bearer hidden', cookie: 'access=hidden', 'x-request-id': 'a-request-id' },
  });
  await ask(`${gateway.url}/nothing?token=hidden`, { method: 'POST', body: 'hidden' });
  await ask(`${gateway.url}/items?token=hidden`, { method: 'BREW' });
  await gateway.end();
  const log = await gateway.log();
  expect(log.text + gateway.errors.text).not.toContain('hidden');
  const common = {
    severity_text: 'INFO',
    severity_number: 9,
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    'service.name': 'gateway',
    'service.version': '1.2.3',
    span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
    trace_flags: '00',
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    request_id: expect.any(String),
    'http.server.request.duration': expect.any(Number),
    'client.address': '127.0.0.0',
    body: 'request',
  };
  const of = (method: string, route: string, status: number) => ({
    'http.request.method': method,
    'http.route': route,
    'http.response.status_code': status,
  });
  expect(log.all()).toEqual([
    { ...common, ...of('GET', '/items/:id', 200), request_id: 'a-request-id', upstream_status: '200' },
    { ...common, ...of('POST', 'unmatched', 404), upstream_status: '' },
    { ...common, ...of('_OTHER', 'unmatched', 405), upstream_status: '' },
  ]);
  const [line] = log.all();
  expect(Math.abs(Date.now() - Date.parse(String(line?.['timestamp'])))).toBeLessThan(60_000);
});

describe('the line of a request', () => {
  const addresses = ['203.0.113.9', '2001:db8:1:2:3:4:5:6', '2001:db8::6', '2001::6', '::6'];
  test.for([
    [undefined, ['203.0.113.0', '2001:db8:1::', '2001:db8::', '2001::', '::']],
    ['whole', addresses],
  ] as const)(
    'has the addresses of clients as the declaration says: %s',
    async ([clientAddresses, expected], context) => {
      await needNginx(context);
      await using stub = await echo();
      await using gateway = await startMall({
        shop: stub.url,
        gateway: { ...generous, ...(clientAddresses && { clientAddresses }) },
      });
      for (const address of addresses) await ask(`${gateway.url}/items`, { headers: { 'x-forwarded-for': address } });
      await gateway.end();
      expect((await gateway.log()).all().map((line) => line['client.address'])).toEqual(expected);
    },
  );

  test('has no token as its request id', async (context) => {
    await needNginx(context);
    await using stub = await echo();
    await using gateway = await startMall({ shop: stub.url });
    await ask(`${gateway.url}/items`, { headers: { 'x-request-id': 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln' } });
    await gateway.end();
    const log = await gateway.log();
    expect(log.of('request')).toMatchObject([{ request_id: expect.stringMatching(/^[0-9a-f]{32}$/) }]);
  });
});

describe('connections to a service', () => {
  /** Counts connections and requests; `answer` may break them. */
  async function counting(answer: (asked: IncomingMessage, response: ServerResponse) => void) {
    const seen = { connections: 0, open: 0, requests: 0 };
    const server = createServer((asked, response) => {
      seen.requests++;
      asked.resume();
      asked.on('end', () => answer(asked, response));
    });
    server.keepAliveTimeout = 60_000;
    server.on('connection', (socket) => {
      seen.connections++;
      seen.open++;
      socket.on('close', () => seen.open--);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      seen,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  test('are kept, but given up before a pod that ends would close them; not at all where it goes at once', async (context) => {
    await needNginx(context);
    await using kept = await counting((_, response) => void response.end('{}'));
    await using closed = await counting((_, response) => void response.end('{}'));
    await using gateway = await startMall({ shop: kept.url, office: closed.url });
    const asksThrough = async (url: string, path: string) => {
      for (let count = 0; count < 20; count++) expect((await ask(url + path)).status).toBe(200);
    };
    await asksThrough(gateway.nodePortUrl(0), '/items');
    await asksThrough(gateway.nodePortUrl(1), '/papers');
    // Each of the two workers has its own.
    expect(kept.seen.connections).toBeLessThanOrEqual(2);
    expect(kept.seen.open).toBeGreaterThan(0);
    expect(closed.seen).toMatchObject({ connections: 20, requests: 20 });
    const idleSince = performance.now();
    while (kept.seen.open > 0 && performance.now() - idleSince < 5_000) await sleep(20);
    expect(performance.now() - idleSince).toBeLessThan(2_000);
  });

  test('that break are tried again for what may be repeated, never for a POST that was sent', async (context) => {
    await needNginx(context);
    await using stub = await counting((asked) => void asked.socket.destroy());
    await using gateway = await startMall({ shop: stub.url });
    expect((await ask(`${gateway.url}/items`, { method: 'POST', body: '{}' })).status).toBe(502);
    expect(stub.seen.requests).toBe(1);
    expect((await ask(`${gateway.url}/items`)).status).toBe(502);
    expect(stub.seen.requests).toBe(4);
  });
});

test('a GET that one pod does not know is asked of others, where its route says so', async (context) => {
  await needNginx(context);
  let asked = 0;
  const connections = new Set<number | undefined>();
  await using stub = await stubServer((request, response) => {
    asked++;
    connections.add(response.socket?.remotePort);
    // As if every other connection led to a pod of before.
    response.writeHead(request.url === '/papers/new' && asked % 2 === 0 ? 200 : 404).end(`{"asked":${asked}}`);
  });
  await using gateway = await startMall({ shop: stub.url, office: stub.url });
  const paper = (name: string) => ask(`${gateway.nodePortUrl(1)}/papers/${name}`);
  expect(await paper('new')).toMatchObject({ status: 200, body: { asked: 2 } });
  // Kept connections could all lead to one pod.
  expect(connections.size).toBe(2);
  // What no pod has is missing in the words of the last one.
  expect(await paper('none')).toMatchObject({ status: 404, body: { asked: 7 } });
  expect(await ask(`${gateway.nodePortUrl(1)}/papers`)).toMatchObject({ status: 404, body: { asked: 8 } });
});

test('the kubelet is told how it is, at a port of its own', async (context) => {
  await needNginx(context);
  await using gateway = await startMall({});
  expect((await ask(`${gateway.healthUrl}/readyz`)).status).toBe(200);
  expect((await ask(`${gateway.healthUrl}/status`)).body['text']).toContain('Active connections');
  const ended = gateway.end();
  await sleep(300);
  expect((await ask(`${gateway.healthUrl}/readyz`)).status).toBe(503);
  expect((await ask(`${gateway.healthUrl}/healthz`)).status).toBe(200);
  expect(await ended).toBe(0);
});

test('an end loses no request: not of those that keep connections, not a POST, and not what is under way', async (context) => {
  await needNginx(context);
  await using stub = await stubServer((_, response) => {
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'), 20);
  });
  // Two pods, of which one ends; who asks goes to the other as soon as its connection is closed, as the cluster forgets the first.
  await using staying = await startMall({ shop: stub.url });
  await using ending = await startMall({ shop: stub.url });
  const lost: string[] = [];
  let answered = 0;
  let moved = 0;
  let over = false;
  const clients = Array.from({ length: 10 }, async (_, index) => {
    const method = index % 2 === 0 ? 'POST' : 'GET';
    const agent = new Agent({ connections: 1, pipelining: 1, keepAliveTimeout: 60_000 });
    let { url } = ending;
    while (!over) {
      try {
        const { statusCode, headers, body } = await request(`${url}/items`, {
          dispatcher: agent,
          method,
          body: method === 'POST' ? '{"some":"thing"}' : null,
        });
        await body.dump();
        answered++;
        if (statusCode !== 200) lost.push(`${method}: ${statusCode}`);
        if (url === ending.url && headers['connection'] === 'close') {
          moved++;
          url = staying.url;
        }
      } catch (error) {
        lost.push(`${method}: ${(error as Error).message}`);
      }
      await sleep(5);
    }
    await agent.close();
  });
  await sleep(500);
  const code = await ending.end();
  await sleep(300);
  over = true;
  await Promise.all(clients);
  expect(lost).toEqual([]);
  expect({ code, moved }).toEqual({ code: 0, moved: 10 });
  expect(answered).toBeGreaterThan(200);
});
