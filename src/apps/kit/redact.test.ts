import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor, redactText } from './redact.ts';

const redact = createRedactor([]);
/** A line as it is written. */
const written = (fields: object) => JSON.parse(redact(`${JSON.stringify(fields)}\n`));

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjMifQ.c2lnbmF0dXJlLW9mLWl0';

describe('what no line may show', () => {
  test.each([
    ['an e-mail address', 'no account of ada.l+1@mail.example.com here', 'no account of [hidden] here'],
    ['one in a URL', 'GET /accounts?email=ada%40example.com&page=2', 'GET /accounts?email=[hidden]&page=2'],
    ['one in brackets', 'to <ada@example.com>', 'to <[hidden]>'],
    ['one of another alphabet', 'Ошибка: ада@пример.рф', 'Ошибка: [hidden]'],
    ['a JSON Web Token', `the key of ${jwt} is unknown`, 'the key of [hidden] is unknown'],
    ['the beginning of one', 'starts with eyJhbGciOiJFUzI1NiJ9', 'starts with [hidden]'],
    ['a bearer token', 'sent Bearer abcdef.123~456 to it', 'sent Bearer [hidden] to it'],
    ['a password of a user', 'sent basic YWRhOnNlY3JldA== to it', 'sent basic [hidden] to it'],
    ['a cookie', 'Cookie: access=abc; refresh=def', 'Cookie: [hidden]'],
    [
      'a password in a URL',
      'no answer of redis://app:pa%24s@redis:6379/0',
      'no answer of redis://[hidden]@redis:6379/0',
    ],
    ['a password in a form', 'name=ada&password=hunter2&next=1', 'name=ada&password=[hidden]&next=1'],
    ['one in words', 'with password: hunter2 it failed', 'with password: [hidden] it failed'],
    [
      'one as Node shows it',
      "{ user: 'ada', password: 'hun ter', next: 1 }",
      "{ user: 'ada', password: [hidden], next: 1 }",
    ],
    ['a signed URL', 'PUT /a?X-Amz-Signature=0a1b&X-Amz-Date=1', 'PUT /a?X-Amz-Signature=[hidden]&X-Amz-Date=1'],
  ])('%s in a text', (_, text, safe) => {
    expect(redactText(text)).toBe(safe);
    expect(written({ body: text, deep: { list: [text] } })).toEqual({ body: safe, deep: { list: [safe] } });
  });

  test.each([
    ['password', 'hun"ter\\2'],
    ['refreshToken', 'abc'],
    ['access_token', 'a b, "c"'],
    ['set-cookie', ['a=b; Path=/', 'c="]"; Path=/']],
    ['x-api-key', 'abc'],
    ['Authorization', 'Basic YWRhOnNlY3JldA=='],
    ['clientSecret', 12_345],
  ])('whatever is named %s', (name, value) => {
    const line = { before: 'one', [name]: value, after: 'two' };
    const safe = { ...line, [name]: '[hidden]' };
    expect(written({ ...line, deep: { list: [line] } })).toEqual({ ...safe, deep: { list: [safe] } });
    // Also in a text, such as the body of an answer in the message of an error, and in a text of that.
    let text = JSON.stringify(line);
    for (let depth = 0; depth < 3; depth++) {
      const found = redactText(`got ${text}`);
      for (const part of [value].flat()) expect(found).not.toContain(String(part).slice(0, 5));
      expect(found).toContain('before');
      text = JSON.stringify({ text });
    }
  });
});

test.each([
  'refresh token reused; its session is ended',
  'PHOTOS_ACCESS_KEY is not set: every answer is the "missing bird" picture',
  'SAMPLE_KEY: got nothing; allowed: a value; fix: add the key SECRET to the Secret sample',
  'at file:///app/node_modules/@fastify/cookie/plugin.js:12:3',
  'at file:///app/node_modules/.pnpm/pino@10.4.0/node_modules/pino/lib/tools.js:1:2',
  'redis://redis:6379',
  '4bf92f3577b34da6a3ce929d0e0e4736',
])('leaves alone what is none: %s', (text) => {
  expect(redactText(text)).toBe(text);
});

test('a line stays a line of JSON, and a mark in it does not, whatever else it has', () => {
  const words = ['password', 'token":"', '\\"', '"', '=', ': ', 'Cookie: ', '@', ' ', '[', '{"a":', 'eyJ', 'é', '://'];
  const texts = fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 12 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, texts, fc.nat(3), (before, after, depth) => {
      let marked: object = { before, token: `mark-${after}` };
      for (let at = 0; at < depth; at++) marked = { inner: JSON.stringify(marked) };
      expect(JSON.stringify(written({ body: before, ...marked, after }))).not.toContain('mark-');
    }),
    { numRuns: 2_000 },
  );
});

test('a long line of what is nearly a secret is searched at once', () => {
  const long = 200_000;
  for (const text of [
    'a'.repeat(long),
    'a@'.repeat(long / 2),
    'token'.repeat(long / 5),
    '"token":"'.repeat(long / 9),
    '"token":['.repeat(long / 9),
    'eyJ.'.repeat(long / 4),
    '\\'.repeat(long),
    '://'.repeat(long / 3),
  ]) {
    const startedAt = performance.now();
    redactText(text);
    // What grows with the square takes minutes.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  }
});

test('a secret is known by its value too, in each form in which it can be in a line', () => {
  const secret = 'p@ss"word/with\\signs';
  const line = JSON.stringify({ a: secret, b: `x?key=${encodeURIComponent(secret)}`, c: 'abc' });
  expect(JSON.parse(createRedactor([secret, 'abc'])(line))).toEqual({ a: '[hidden]', b: 'x?key=[hidden]', c: 'abc' });
});
