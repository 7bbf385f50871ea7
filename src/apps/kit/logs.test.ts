import { expect, test } from 'vitest';
import { buildSample } from './testing/build-sample.ts';
import { otherContract } from './testing/sample-contract.ts';
import { json, stubServer } from './testing/stub-server.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

test('one line tells a request, with the ids that came with it', async () => {
  await using app = await buildSample({ env: { SERVICE_VERSION: '1.2.3' } });
  await app.server.inject({ url: '/things/1?page=2', headers: { traceparent, 'x-request-id': 'request-1' } });
  expect(app.lines.of('request')).toEqual([
    {
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      severity_text: 'INFO',
      severity_number: 9,
      'service.name': 'sample',
      'service.version': '1.2.3',
      body: 'request',
      trace_id: traceId,
      span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      trace_flags: '01',
      request_id: 'request-1',
      'http.request.method': 'GET',
      'http.route': '/things/:id',
      'http.response.status_code': 200,
      'http.server.request.duration': expect.any(Number),
    },
  ]);
});

test.each([
  ['of zeros', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
  ['in upper case', traceparent.toUpperCase()],
  ['with a span of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['of the forbidden version', traceparent.replace(/^00/, 'ff')],
  ['that is too long', `${traceparent}-more`],
  ['that is no trace', 'hello'],
])('a traceparent %s starts a new trace', async (_, header) => {
  await using app = await buildSample();
  await app.server.inject({ url: '/things/1', headers: { traceparent: header } });
  const [line] = app.lines.of('request');
  expect(line?.['trace_id']).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
  expect(line?.['trace_id']).not.toBe(traceId);
});

test('a traceparent of a later version is understood as far as this one goes', async () => {
  await using app = await buildSample();
  await app.server.inject({ url: '/things/1', headers: { traceparent: `${traceparent.replace(/^00/, '01')}-more` } });
  expect(app.lines.of('request')).toMatchObject([{ trace_id: traceId }]);
});

test('every line that is written for a request carries its ids, also after its body was read', async () => {
  await using app = await buildSample({
    setup: ({ server, log }) => {
      server.post('/log', async () => {
        await new Promise(setImmediate);
        log.info('from a handler');
        return {};
      });
    },
  });
  const url = await app.server.listen({ port: 0, host: '127.0.0.1' });
  await fetch(`${url}/log`, {
    method: 'POST',
    headers: { traceparent, 'x-request-id': 'request-1', 'content-type': 'application/json' },
    body: JSON.stringify({ a: 'b'.repeat(500) }),
  });
  expect(app.lines.of('from a handler')).toMatchObject([{ trace_id: traceId, request_id: 'request-1' }]);
});

test('of probes only the reason is logged for which a check fails, once however often it is asked for', async () => {
  await using app = await buildSample({
    setup: ({ ready }) => ready.add('store', () => Promise.reject(new Error('no store'))),
  });
  await app.server.inject('/healthz');
  for (let time = 0; time < 20; time++) expect((await app.server.inject('/readyz')).statusCode).toBe(503);
  expect(app.lines.all()).toMatchObject([
    { severity_text: 'WARN', body: 'ready check failed', check: 'store', reason: 'no store' },
  ]);
});

test('what only services ask for is logged at debug, unless it fails', async () => {
  await using app = await buildSample({ env: { LOG_LEVEL: 'debug' } });
  for (const url of ['/things/1', '/wait?ms=0', '/wait?ms=x', '/fail?how=error', '/nowhere']) {
    await app.server.inject(url);
  }
  const told = app.lines
    .of('request')
    .map((line) => [line['severity_text'], line['http.route'], line['http.response.status_code']]);
  expect(told).toEqual([
    ['INFO', '/things/:id', 200],
    ['DEBUG', '/wait', 200],
    ['INFO', '/wait', 400],
    ['INFO', '/fail', 500],
    ['INFO', 'unmatched', 404],
  ]);
});

test('LOG_LEVEL decides what is written', async () => {
  await using app = await buildSample({ env: { LOG_LEVEL: 'error' } });
  await app.server.inject('/things/1');
  await app.server.inject('/fail?how=error');
  const told = app.lines.all().map(({ severity_text, body }) => [severity_text, body]);
  expect(told).toEqual([['ERROR', 'request failed']]);
});

test('no secret gets into a log line or an answer, whatever the code does with it', async () => {
  const secret = 'p@ss"word/with\\signs';
  await using stub = await stubServer((_request, response) => json(response, { echo: secret }, 500));
  await using app = await buildSample({
    env: { SAMPLE_KEY: secret, OTHER_URL: stub.url, FAR_AWAY_URL: stub.url },
    setup: ({ server, log, config, client, outside }) => {
      server.get('/leak', async (request) => {
        log.info({ headers: request.headers }, 'headers');
        log.info({ key: config.SAMPLE_KEY, nested: { deep: [config.SAMPLE_KEY] } }, `the key is ${config.SAMPLE_KEY}`);
        log.info(`https://host/?key=${encodeURIComponent(config.SAMPLE_KEY)}`);
        const { response: schema } = otherContract.routes.ping;
        const headers = { authorization: `Bearer ${config.SAMPLE_KEY}` };
        const query = { key: config.SAMPLE_KEY };
        await outside.farAway
          .get('/x', { schema, headers, query })
          .catch((err: unknown) => log.error({ err }, 'outside'));
        await client(otherContract)
          .ping(undefined, { headers })
          .catch((err: unknown) => log.error({ err }, 'other'));
        throw new Error(`cannot use ${config.SAMPLE_KEY}`);
      });
    },
  });
  const answer = await app.server.inject({
    url: '/leak',
    headers: { authorization: 'Basic c2VjcmV0', cookie: 'session=abcdef' },
  });
  expect(app.lines.of('headers')).toMatchObject([{ headers: { authorization: '[hidden]', cookie: '[hidden]' } }]);
  expect(app.lines.all().length).toBeGreaterThan(5);
  for (const text of [app.lines.text, answer.body]) {
    expect(text).not.toContain('word/with');
    expect(text).not.toContain(encodeURIComponent(secret));
    expect(text).not.toContain('c2VjcmV0');
    expect(text).not.toContain('abcdef');
  }
});
