import { type AddressInfo, connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineContract, defineService, fixed, get } from '../../model/index.ts';
import { buildApp, defineApp, HttpError } from './index.ts';
import { buildSample } from './testing/build-sample.ts';
import { LogLines } from './testing/log-lines.ts';

const numbers = defineContract({
  name: 'numbers',
  port: 4303,
  routes: {
    numbers: get('/numbers', {
      summary: 'What it was asked.',
      query: z.object({
        n: z.coerce.number().optional(),
        flag: z.coerce.boolean().optional(),
        nullable: z.number().nullable().optional(),
        either: z.union([z.int(), z.boolean()]).optional(),
        list: z.array(z.coerce.number()).optional(),
        text: z.string().nullable().optional(),
        mixed: z.union([z.int(), z.string()]).optional(),
      }),
      response: z.object({ got: z.record(z.string(), z.unknown()) }),
    }),
  },
});

/** A service with numbers in its query. */
async function buildNumbers() {
  const service = defineService({ contract: numbers, owner: 'kit-team', description: 'Counts.', scaling: fixed(1) });
  const app = defineApp(service, async () => ({ numbers: async ({ query }) => ({ got: query }) }));
  const built = await buildApp(app, { env: {}, logTo: new LogLines() });
  return { ...built, [Symbol.asyncDispose]: () => built.close() };
}

describe('a request', () => {
  test('reaches its handler as the schemas turn it out: coerced, trimmed, with defaults', async () => {
    await using app = await buildSample();
    const answer = await app.server.inject('/things/7?tags=a&word=%20%20%20%20hello%20&ignored=1');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ id: 7, name: 'thing', page: 1, tags: ['a'], word: 'hello' });
  });

  test('with a NUL character in a text is refused, wherever it stands: no store could keep it', async () => {
    await using app = await buildSample();
    const inBody = await app.server.inject({ method: 'POST', url: '/things', payload: { name: 'a\0b', count: 1 } });
    const inQuery = await app.server.inject('/things/7?tags=a&tags=%00');
    for (const [answer, path] of [
      [inBody, 'body.name'],
      [inQuery, 'query.tags[1]'],
    ] as const) {
      expect([answer.statusCode, answer.json()]).toMatchObject([
        400,
        { code: 'invalid-request', errors: [{ path, message: expect.stringContaining('NUL') }] },
      ]);
    }
  });

  test.each([
    '/numbers?n=',
    '/numbers?flag=',
    '/numbers?nullable=',
    '/numbers?either=',
    '/numbers?list=1&list=',
    '/numbers?list=',
  ])('with an empty text for what is no text is refused: %s', async (url) => {
    await using app = await buildNumbers();
    const answer = await app.server.inject(url);
    const [, name] = /\?(\w+)/.exec(url) ?? [];
    expect([answer.statusCode, answer.json()]).toMatchObject([
      400,
      { code: 'invalid-request', errors: [{ path: `query.${name}`, message: expect.stringContaining('empty text') }] },
    ]);
  });

  test('may have an empty text where a text is declared', async () => {
    await using app = await buildNumbers();
    const answer = await app.server.inject('/numbers?text=&mixed=&n=3&flag=false&list=1&list=2&nullable=7');
    expect(answer.json()).toEqual({
      got: { text: '', mixed: '', n: 3, flag: false, list: [1, 2], nullable: 7 },
    });
  });

  test('is answered with declared keys only, and with the declared status', async () => {
    await using app = await buildSample();
    const made = await app.server.inject({
      method: 'POST',
      url: '/things',
      payload: { name: ' x ', count: 3, more: 1 },
    });
    expect([made.statusCode, made.json()]).toEqual([201, { id: 3, name: 'x' }]);
    const removed = await app.server.inject({ method: 'DELETE', url: '/things/1' });
    expect([removed.statusCode, removed.body]).toEqual([204, '']);
  });

  test('carries headers that a browser obeys', async () => {
    await using app = await buildSample();
    const { headers } = await app.server.inject('/things/1');
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  test.each([
    ['https', 'max-age=31536000; includeSubDomains'],
    ['http', undefined],
  ])('asks for TLS for ever where it was reached by it: %s', async (scheme, expected) => {
    await using app = await buildSample();
    const { headers } = await app.server.inject({ url: '/things/1', headers: { 'x-forwarded-proto': scheme } });
    expect(headers['strict-transport-security']).toBe(expected);
  });

  test.each([
    ['a sane id', 'abc-123_DEF.4', true],
    ['too short', 'abc', false],
    ['too long', 'a'.repeat(129), false],
    ['a token', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', false],
    ['with a line end', 'abcdefgh\\n{"level":"fatal"}', false],
  ])('keeps %s as its id: %s', async (_, id, kept) => {
    await using app = await buildSample();
    const { headers } = await app.server.inject({ url: '/things/1', headers: { 'x-request-id': id } });
    expect(headers['x-request-id']).toMatch(kept ? id : /^[0-9a-f-]{36}$/);
  });
});

describe('an error', () => {
  type Case = [what: string, request: object, status: number, code: string, errors?: string[]];
  const json = { 'content-type': 'application/json' };
  test.each<Case>([
    ['wrong query and path', { url: '/things/x?page=y' }, 400, 'invalid-request', ['params.id']],
    ['wrong query', { url: '/things/1?page=y&word=toolong' }, 400, 'invalid-request', ['query.page', 'query.word']],
    [
      'a body that would need coercion',
      { method: 'POST', url: '/things', payload: { name: '  ', count: '3' } },
      400,
      'invalid-request',
      ['body.name', 'body.count'],
    ],
    ['no body', { method: 'POST', url: '/things' }, 400, 'invalid-request', ['body']],
    ['malformed JSON', { method: 'POST', url: '/things', headers: json, payload: '{' }, 400, 'malformed-json'],
    ['an empty JSON body', { method: 'POST', url: '/things', headers: json, payload: '' }, 400, 'malformed-json'],
    [
      'a poisoned prototype',
      { method: 'POST', url: '/things', headers: json, payload: '{"__proto__":{"a":1}}' },
      400,
      'malformed-json',
    ],
    ['an unknown path', { url: '/nothing/here' }, 404, 'route-not-found'],
    ['an unknown method', { method: 'PUT', url: '/things/1' }, 405, 'method-not-allowed'],
    ['a broken URL', { url: '/things/%E0%A4%A' }, 400, 'malformed-url'],
    [
      'a body too large',
      { method: 'POST', url: '/things', payload: { name: 'x'.repeat(2_000) } },
      413,
      'body-too-large',
    ],
    [
      'another media type',
      { method: 'POST', url: '/things', headers: { 'content-type': 'text/csv' }, payload: 'a,b' },
      415,
      'unsupported-media-type',
    ],
    ['an error on purpose', { url: '/fail?how=on%20purpose' }, 409, 'thing-taken'],
    ['an unexpected error', { url: '/fail?how=error' }, 500, 'internal-error'],
    ['an answer against the contract', { url: '/fail?how=wrong%20answer' }, 500, 'internal-error'],
  ])('for %s has the shape of all', async (_, request, status, code, errors) => {
    await using app = await buildSample();
    const answer = await app.server.inject(request);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    const { errors: given, ...problem } = answer.json();
    expect(problem).toEqual({
      type: 'about:blank',
      title: expect.stringMatching(/\w/),
      status,
      detail: expect.stringMatching(/\w/),
      code,
      traceId: expect.any(String),
    });
    expect(answer.statusCode).toBe(status);
    expect(given?.map(({ path }: { path: string }) => path)).toEqual(errors);
  });

  test('for what is not even HTTP has the shape and the headers of all', async () => {
    await using app = await buildSample();
    await app.server.listen({ port: 0, host: '127.0.0.1' });
    const { headers } = await app.server.inject('/things/1');
    const socket = connect((app.server.server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {});
    socket.end('no HTTP\r\n\r\n');
    const [head = '', body = ''] = (await socket.setEncoding('utf8').toArray()).join('').split('\r\n\r\n');
    expect(head).toContain('HTTP/1.1 400 Bad Request');
    for (const name of ['content-security-policy', 'x-content-type-options', 'referrer-policy']) {
      expect(head.split('\r\n')).toContain(`${name}: ${headers[name]}`);
    }
    expect(JSON.parse(body)).toMatchObject({ status: 400, code: 'malformed-request' });
  });

  test.each(['constructor', '__proto__', 'toString'])('may have the code %s', async (code) => {
    await using app = await buildSample({
      handlers: {
        fail: async () => {
          throw new HttpError(409, code, 'The name is taken');
        },
      },
    });
    const answer = await app.server.inject('/fail?how=x');
    expect([answer.statusCode, answer.json()]).toMatchObject([409, { code, detail: 'The name is taken' }]);
  });

  test('says which methods a path has', async () => {
    await using app = await buildSample();
    const answer = await app.server.inject({ method: 'PATCH', url: '/things/1' });
    expect(answer.headers['allow']).toBe('DELETE, GET, HEAD');
  });

  test('lists no more than 20 mistakes', async () => {
    await using app = await buildSample();
    const tags = Array.from({ length: 50 }, (_, at) => `tags[${at}][x]=1`).join('&');
    const answer = await app.server.inject(`/things/1?page=x&${tags}`);
    expect(answer.json().errors.length).toBeLessThanOrEqual(20);
  });

  test('from 500 on hides the inside of the service, and logs it under the trace id that it shows', async () => {
    await using app = await buildSample();
    const answer = await app.server.inject('/fail?how=error');
    expect(answer.body).not.toContain('inside');
    expect(app.lines.of('request failed')).toMatchObject([
      {
        severity_text: 'ERROR',
        trace_id: answer.json().traceId,
        request_id: answer.headers['x-request-id'],
        'exception.type': 'Error',
        'exception.message': 'the inside of the service',
        'exception.stacktrace': expect.stringContaining('sample-app.ts'),
      },
    ]);
  });

  test('is the answer to a handler that takes longer than a request may', async () => {
    await using app = await buildSample();
    const answer = await app.server.inject('/wait?ms=5000');
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'handler-timeout']);
  });

  test('is the answer to a handler that takes longer, also of a request with a body', async () => {
    const answered = Promise.withResolvers<{ id: number; name: string }>();
    await using app = await buildSample({ handlers: { makeThing: () => answered.promise } });
    const payload = { name: 'x', count: 3 };
    const answer = await app.server.inject({ method: 'POST', url: '/things', payload });
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'handler-timeout']);
    // Too late for anybody, and no failure of the process.
    answered.reject(new Error('failed in the end'));
  });
});
