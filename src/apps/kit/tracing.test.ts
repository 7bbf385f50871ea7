import { spawnSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  callTo,
  defineContract,
  defineService,
  fixed,
  get,
  objectStore,
  postgres,
  redis,
  type Service,
} from '../../model/index.ts';
import { type App, type BuiltApp, buildApp, defineApp, HttpError, sql } from './index.ts';
import { resourceAttributes } from './open-tracing.ts';
import { buildSample } from './testing/build-sample.ts';
import { eventually } from './testing/eventually.ts';
import { LogLines } from './testing/log-lines.ts';
import { s3Place } from './testing/object-store-places.ts';
import { type OtlpReceiver, otlpReceiver, treeOf } from './testing/otlp-receiver.ts';
import { otherContract } from './testing/sample-contract.ts';
import { json, nowhere, stubServer } from './testing/stub-server.ts';
import { testDatabase } from './testing/test-postgres.ts';
import { startTestRedis } from './testing/test-redis.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';
const from = (flags: string) => ({ traceparent: `00-${traceId}-${parentId}-${flags}` });
/** As the gateway begins a trace. */
const fromGateway = { traceparent: `00-${traceId}-${traceId.slice(16)}-01` };

const settings = (receiver: Pick<OtlpReceiver, 'url'>, sampled = 1) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  OTEL_TRACES_SAMPLER_ARG: String(sampled),
  OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=shop,deployment.environment.name=te%20st',
  SERVICE_VERSION: '1.2.3',
});

const backContract = defineContract({
  name: 'back',
  port: 4310,
  routes: {
    item: get('/items/:id', {
      summary: 'One item.',
      params: z.object({ id: z.string() }),
      response: z.object({ count: z.int() }),
    }),
  },
});
const frontContract = defineContract({
  name: 'front',
  port: 4311,
  routes: {
    page: get('/pages/:id', {
      summary: 'One page.',
      exposed: true,
      params: z.object({ id: z.string() }),
      response: z.object({ count: z.int() }),
    }),
  },
});
const common = { owner: 'kit-team', description: 'For a test.', scaling: fixed(1) };
const back = defineService({
  ...common,
  contract: backContract,
  uses: { database: postgres(), keyValue: redis(), objects: objectStore() },
});
const front = defineService({ ...common, contract: frontContract, calls: [callTo(backContract, { retries: 1 })] });

const countOf = sql('countOf', 'select length($1::text)::int as count', z.object({ count: z.int() }));

const backApp = defineApp(back, async ({ database, keyValue, objects }) => ({
  item: async ({ params: { id } }) => {
    const known = await keyValue.get(id);
    if (known === undefined) await keyValue.set(id, `value of ${id}`, { ttl: '1m' });
    await objects.put(`items/${id}`, Readable.from([id]), { type: 'text/plain' });
    const row = await database.transaction((tx) => tx.one(countOf, id));
    return { count: row?.count ?? 0 };
  },
}));
const frontApp = defineApp(front, async ({ client }) => {
  const { item } = client(backContract);
  return { page: ({ params }) => item({ params }) };
});

async function built<S extends Service>(
  app: App<S>,
  env: Record<string, string>,
): Promise<BuiltApp<S> & AsyncDisposable & { readonly lines: LogLines }> {
  const lines = new LogLines();
  const running = await buildApp(app, {
    env: { HTTP_HOST: '127.0.0.1', METRICS_PORT: '9464', ...env },
    logTo: lines,
  });
  return { ...running, lines, [Symbol.asyncDispose]: () => running.close() };
}

test('one request through two services and three stores is one tree, with the same trace in all log lines', async (context) => {
  await using receiver = await otlpReceiver();
  await using database = await testDatabase();
  await using keyValue = await startTestRedis(context, { prefix: 'back' });
  await using bucket = await s3Place();
  const backRunning = await built(backApp, {
    ...settings(receiver),
    DATABASE_URL: database.url,
    REDIS_URL: keyValue.limitedUrl,
    OBJECTS_URL: bucket.url,
    OBJECTS_ACCESS_KEY_ID: bucket.accessKeyId ?? '',
    OBJECTS_SECRET_ACCESS_KEY: bucket.secretAccessKey ?? '',
  });
  const at = await backRunning.server.listen({ host: '127.0.0.1', port: 0 });
  const frontRunning = await built(frontApp, { ...settings(receiver), BACK_URL: at });
  const id = 'secret-of-the-path';
  const headers = { ...fromGateway, authorization: 'Bearer token-of-the-header', cookie: 'session=of-the-cookie' };
  const answer = await frontRunning.server.inject({ url: `/pages/${id}?password=of-the-query`, headers });
  expect(answer.json()).toEqual({ count: id.length });
  // What is not sent yet is sent at the end.
  await frontRunning.close();
  await backRunning.close();

  const spans = receiver.spans();
  expect(treeOf(spans)).toEqual([
    'front: GET /pages/:id',
    '  front: GET /items/:id',
    '    back: GET /items/:id',
    '      back: countOf',
    '      back: get',
    '      back: S3.PutObject',
    '      back: set',
  ]);
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const [page, call, item, query, read, put] = treeOf(spans).map((line) =>
    spans.find(
      (span) => line.trim() === `${span.resource['service.name']}: ${span.name}` && kindAt(line) === span.kind,
    ),
  );
  expect(page?.resource).toMatchObject({
    'service.name': 'front',
    'service.version': '1.2.3',
    'service.namespace': 'shop',
    'deployment.environment.name': 'te st',
    'service.instance.id': expect.stringMatching(/.+/),
  });
  expect(page?.attributes).toEqual({
    'http.request.method': 'GET',
    'http.route': '/pages/:id',
    'http.response.status_code': 200,
    'url.scheme': 'http',
  });
  expect(item?.parentId).toBe(call?.spanId);
  expect(call?.attributes).toEqual({
    'http.request.method': 'GET',
    'url.template': '/items/:id',
    'service.peer.name': 'back',
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(at).port),
    'http.response.status_code': 200,
  });
  expect(query?.attributes).toEqual({
    'db.system.name': 'postgresql',
    'db.namespace': new URL(database.url).pathname.slice(1),
    'db.query.summary': 'countOf',
    'db.query.text': countOf.text,
    'server.address': new URL(database.url).hostname,
    'server.port': Number(new URL(database.url).port),
  });
  expect(read?.attributes).toEqual({
    'db.system.name': 'redis',
    'db.namespace': '0',
    'db.operation.name': 'get',
    'server.address': '127.0.0.1',
    'server.port': keyValue.port,
  });
  const place = new URL(bucket.url);
  expect(put?.attributes).toEqual({
    'rpc.system.name': 'aws-api',
    'rpc.method': 'S3/PutObject',
    'aws.s3.bucket': place.pathname.slice(1),
    'server.address': place.hostname,
    'server.port': Number(place.port),
  });
  expect(spans.filter(({ hasFailed }) => hasFailed)).toEqual([]);

  for (const lines of [frontRunning.lines, backRunning.lines])
    expect(lines.all().filter((line) => line['trace_id'] === traceId)).not.toEqual([]);
  const sent = receiver.requests.map(({ body }) => body).join('\n');
  const secrets = [
    id,
    'of-the-',
    keyValue.password,
    new URL(database.url).password,
    bucket.secretAccessKey ?? 'none',
    bucket.accessKeyId ?? 'none',
  ];
  expect(secrets.filter((secret) => sent.includes(secret))).toEqual([]);
});

/** Servers stand at the first and the third step of the tree. */
function kindAt(line: string): number {
  return [0, 4].includes(line.length - line.trimStart().length) ? 2 : 3;
}

describe('which traces are recorded', () => {
  test.each([
    ['01', 0, 1],
    ['00', 1, 0],
    // Of later flags only that one counts.
    ['03', 0, 1],
    ['fe', 1, 0],
  ])('is what the caller says: of flags %s at a share of %d so many: %d', async (flags, sampled, count) => {
    await using receiver = await otlpReceiver();
    await using other = await stubServer((_, response) => json(response, { name: 'x' }));
    const app = await buildSample({
      env: { ...settings(receiver, sampled), OTHER_URL: other.url },
      setup: ({ server, client }) => void server.get('/pass', () => client(otherContract).ping()),
    });
    await app.server.inject({ url: '/things/1', headers: from(flags) });
    await app.server.inject({ url: '/pass', headers: from(flags) });
    await app.close();
    const spans = receiver.spans();
    expect(spans.filter(({ name }) => name === 'GET /things/:id')).toHaveLength(count);
    expect(spans.filter(({ name }) => name === 'GET /ping')).toHaveLength(count);
    // Whatever is recorded, the next service hears the same.
    const [sent] = other.requests.map(({ headers }) => String(headers['traceparent']).split('-'));
    expect(sent).toMatchObject([`00`, traceId, expect.stringMatching(/^[0-9a-f]{16}$/), flags]);
    if (count > 0) expect(sent?.[2]).toBe(spans.find(({ name }) => name === 'GET /ping')?.spanId);
    const [server] = spans.filter(({ kind }) => kind === 2);
    if (count > 0) expect(server?.parentId).toBe(parentId);
  });

  test('is a share of those that begin here, the same ones everywhere', async () => {
    await using receiver = await otlpReceiver();
    const app = await buildSample({ env: settings(receiver, 0.25) });
    for (let requests = 0; requests < 400; requests++) await app.server.inject('/things/1');
    await app.close();
    const count = receiver.spans().length;
    // Of 400 with a chance of a quarter each: 100, and outside of these less often than once in 10^8 runs.
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(155);
    expect(receiver.spans().map((span) => span.parentId)).toEqual(Array(count).fill(undefined));
  });

  test('is none of the probes', async () => {
    await using receiver = await otlpReceiver();
    const app = await buildSample({ env: settings(receiver) });
    for (const url of ['/healthz', '/readyz', '/things/1']) await app.server.inject(url);
    await app.close();
    expect(receiver.spans().map(({ name }) => name)).toEqual(['GET /things/:id']);
  });
});

describe('what fails is marked', () => {
  test.each([
    ['/fail?how=error', 'GET /fail', 500, '500'],
    ['/fail?how=on+purpose', 'GET /fail', 409, undefined],
    ['/nowhere', 'GET unmatched', 404, undefined],
  ])('%s: %s, %d', async (url, name, status, type) => {
    await using receiver = await otlpReceiver();
    const app = await buildSample({ env: settings(receiver) });
    await app.server.inject(url);
    await app.close();
    expect(receiver.spans()).toMatchObject([
      { name, hasFailed: type !== undefined, attributes: { 'http.response.status_code': status } },
    ]);
    expect(receiver.spans()[0]?.attributes['error.type']).toBe(type);
  });

  test('each attempt of a call is a span, with how many came before it', async () => {
    await using receiver = await otlpReceiver();
    await using other = await stubServer((_, response, count) => json(response, { name: 'x' }, count < 3 ? 503 : 200));
    const app = await buildSample({
      env: { ...settings(receiver), OTHER_URL: other.url },
      setup: ({ server, client }) => void server.get('/pass', () => client(otherContract).ping()),
    });
    await app.server.inject('/pass');
    await app.close();
    const calls = receiver.spans().filter(({ kind }) => kind === 3);
    expect(calls.map(({ attributes }) => attributes['http.request.resend_count'])).toEqual([undefined, 1, 2]);
    expect(calls.map(({ attributes }) => attributes['error.type'])).toEqual(['503', '503', undefined]);
    expect(calls.map(({ hasFailed }) => hasFailed)).toEqual([true, true, false]);
  });

  test('a service that nobody answers for, and a store that says why', async () => {
    await using receiver = await otlpReceiver();
    const app = await buildSample({
      env: { ...settings(receiver), OTHER_URL: await nowhere() },
      setup: ({ server, client }) =>
        void server.get('/pass', () => client(otherContract).create({ body: { name: 'x' } })),
    });
    await app.server.inject('/pass');
    await app.close();
    expect(receiver.spans().filter(({ kind }) => kind === 3)).toMatchObject([
      { name: 'POST /found', hasFailed: true, attributes: { 'error.type': 'network' } },
    ]);
  });
});

describe('a collector that', () => {
  test.each([
    ['is away', async () => ({ url: await nowhere(), requests: [], [Symbol.asyncDispose]: async () => {} })],
    ['answers with an error', () => otlpReceiver(500)],
  ])('%s harms no request, and is told of once', async (_, start) => {
    await using receiver = await start();
    const app = await buildSample({ env: settings(receiver) });
    for (let round = 0; round < 2; round++) {
      expect((await app.server.inject('/things/1')).statusCode).toBe(200);
      // Longer than spans are gathered.
      await sleep(1_500);
    }
    const lost = await eventually(() => {
      const lines = app.lines.of('spans lost');
      expect(lines).not.toEqual([]);
      return lines;
    });
    const startedAt = performance.now();
    await app.close();
    // A pod has 5 s for closing.
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({ collector: receiver.url });
    expect(lost[0]).not.toHaveProperty('trace_id');
  });

  test('never answers does not hold up the end', async () => {
    await using silent = await stubServer(() => {});
    const app = await buildSample({ env: settings(silent) });
    await app.server.inject('/things/1');
    const startedAt = performance.now();
    await app.close();
    expect(performance.now() - startedAt).toBeLessThan(4_500);
    expect(silent.requests).toHaveLength(1);
  });
});

test('without an endpoint nothing of OpenTelemetry is loaded, and with one it is', () => {
  const program = (endpoint: string) => `
    import { registerHooks } from 'node:module';
    const loaded = new Set();
    registerHooks({ load: (url, context, next) => { const name = /@opentelemetry\\/[^/]+/.exec(url)?.[0]; if (name) loaded.add(name); return next(url, context); } });
    const { buildApp } = await import('./src/apps/kit/build-app.ts');
    const { default: app } = await import('./src/apps/kit/testing/sample-app.ts');
    const env = { OTHER_URL: 'http://127.0.0.1:1', SAMPLE_KEY: 'key', LOG_LEVEL: 'fatal', ${endpoint} };
    const built = await buildApp(app, { env });
    const { statusCode } = await built.server.inject('/things/1');
    await built.close();
    console.log(JSON.stringify({ statusCode, loaded: [...loaded].toSorted() }));
    process.exit();`;
  const run = (endpoint: string) => {
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    const args = ['--input-type=module', '--eval', program(endpoint)];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    try {
      return JSON.parse(stdout);
    } catch {
      throw new Error(stderr);
    }
  };
  // It asks for that by itself.
  const ofPromClient = '@opentelemetry/api';
  expect(run('')).toEqual({ statusCode: 200, loaded: [ofPromClient] });
  // The control: it is how loading is noticed.
  expect(run(`OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1'`)).toEqual({
    statusCode: 200,
    loaded: expect.arrayContaining([
      ofPromClient,
      '@opentelemetry/sdk-trace',
      '@opentelemetry/exporter-trace-otlp-http',
    ]),
  });
});

describe('attributes of the resource', () => {
  test('are read', () => {
    expect(resourceAttributes(' a = b , c=%2C%3D ,')).toEqual({ a: 'b', c: ',=' });
    expect(resourceAttributes('')).toEqual({});
  });

  test.each(['a', '=b', 'a=%'])('%s is refused', (text) => {
    expect(() => resourceAttributes(text)).toThrow(
      `OTEL_RESOURCE_ATTRIBUTES: got ${JSON.stringify(text)}; allowed: key=value, several with commas between them; fix: write what is not a letter or digit in a value as %xx`,
    );
  });
});

test('an error of a store is named by its code, never by its message', async () => {
  await using receiver = await otlpReceiver();
  await using database = await testDatabase();
  const contract = defineContract({
    name: 'notes',
    port: 4312,
    routes: { note: get('/note', { summary: 'One.', exposed: true, response: z.object({}) }) },
  });
  const service = defineService({ ...common, contract, uses: { database: postgres() } });
  const wrong = sql('wrongNumber', 'select $1::text::int');
  const app = await built(
    defineApp(service, async (kit) => ({
      note: async () => {
        await kit.database.run(wrong, 'secret-value').catch(() => {
          throw new HttpError(409, 'note-wrong', 'Wrong');
        });
        return {};
      },
    })),
    { ...settings(receiver), DATABASE_URL: database.url },
  );
  await app.server.inject('/note');
  await app.close();
  expect(receiver.spans()).toMatchObject([
    { name: 'wrongNumber', hasFailed: true, attributes: { 'error.type': '22P02' } },
    { name: 'GET /note', hasFailed: false },
  ]);
  expect(receiver.requests.map(({ body }) => body).join()).not.toContain('secret-value');
});

describe('whoever takes OpenMetrics', () => {
  const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';

  /** The lines of samples, without exemplars. */
  const samplesOf = (text: string) =>
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/ # .*/, ''));
  /** Their names and labels, as some values change from one look to the next. */
  const seriesOf = (text: string) => samplesOf(text).map((line) => line.slice(0, line.lastIndexOf(' ')));

  test('gets the trace of the last recorded request beside its bucket, and of no other', async () => {
    await using receiver = await otlpReceiver();
    await using app = await buildSample({ env: settings(receiver) });
    await app.server.inject({ url: '/things/1', headers: from('01') });
    await app.server.inject({ url: '/things/x', headers: from('00') });
    const { headers, payload } = await app.metricsServer.inject({ url: '/metrics', headers: { accept } });
    expect(headers['content-type']).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(payload.split('\n').filter((line) => line.includes(' # '))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^http_request_duration_seconds_bucket\\{service="sample",method="GET",route="/things/:id",status="200",le="[^"]+"\\} 1 # \\{trace_id="${traceId}"\\} 0?\\.\\d+ \\d{10}\\.\\d{3}$`,
        ),
      ),
    ]);
    expect(payload.endsWith('\n# EOF\n')).toBe(true);
  });

  test('gets the same series as whoever takes the older format, before and after', async () => {
    await using app = await buildSample();
    await app.server.inject('/things/1');
    const look = async (headers: Record<string, string>) =>
      (await app.metricsServer.inject({ url: '/metrics', headers })).payload;
    const before = await look({});
    const open = await look({ accept });
    const after = await look({});
    expect(seriesOf(open).toSorted()).toEqual(seriesOf(before).toSorted());
    expect(seriesOf(after)).toEqual(seriesOf(before));
    expect(before).not.toContain('# EOF');
    // A counter is known by its name without the end that its samples have.
    expect(open).toContain('# TYPE http_requests counter\n');
    expect(open).toContain('\nhttp_requests_total{');
    expect(after).toContain('# TYPE http_requests_total counter\n');
    const types = open.split('\n').filter((line) => line.startsWith('# TYPE'));
    expect(new Set(types).size).toBe(types.length);
  });

  test.each([
    ['text/plain', false],
    ['*/*', false],
    ['application/openmetrics-text;version=1.0.0;q=0', false],
    ['text/plain;q=0.5, application/openmetrics-text;version=0.0.1;q=0.75', true],
  ])('says so: %s', async (given, isOpen) => {
    await using app = await buildSample();
    const { headers } = await app.metricsServer.inject({ url: '/metrics', headers: { accept: given } });
    expect(String(headers['content-type']).startsWith('application/openmetrics-text')).toBe(isOpen);
  });
});
