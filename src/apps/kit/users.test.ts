import { randomUUID } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { defineContract, defineService, fixed, get, put } from '../../model/index.ts';
import { buildApp, defineApp, type TokenRules } from './index.ts';
import { LogLines } from './testing/log-lines.ts';
import { testUsers } from './testing/test-users.ts';

const rules = { issuer: 'the issuer', audience: 'the audience' };

const service = defineService({
  contract: defineContract({
    name: 'members',
    port: 4304,
    routes: {
      whoAmI: get('/me', {
        summary: 'Who asks.',
        user: true,
        response: z.object({ id: z.string(), session: z.string() }),
      }),
      change: put('/me', { summary: 'Changes something.', user: true, status: 204, response: z.undefined() }),
      open: get('/open', { summary: 'For anybody.', response: z.string() }),
    },
  }),
  owner: 'kit-team',
  description: 'Knows its users.',
  scaling: fixed(1),
});

async function build(given?: TokenRules) {
  const lines = new LogLines();
  const app = defineApp(service, async (kit) => {
    if (given) kit.authenticate(given);
    return { whoAmI: async ({ user }) => user, change: async () => undefined, open: async () => 'open' };
  });
  const built = await buildApp(app, { env: {}, logTo: lines });
  return { ...built, lines, [Symbol.asyncDispose]: () => built.close() };
}

async function withKeysOf(url: string) {
  return build({
    ...rules,
    keys: async () => (await (await fetch(`${url}/.well-known/jwks.json`)).json()) as JSONWebKeySet,
  });
}

const account = randomUUID();
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

test('a valid access token says who asks; a route that needs no user is open to all', async () => {
  await using users = await testUsers(rules);
  await using app = await withKeysOf(users.url);
  const headers = await users.headersOf(account, { session: 'one' });
  const answer = await app.server.inject({ url: '/me', headers });
  expect([answer.statusCode, answer.json()]).toEqual([200, { id: account, session: 'one' }]);
  expect((await app.server.inject('/open')).statusCode).toBe(200);
  await app.server.inject({ url: '/me', headers });
  expect(users.stub.requests).toHaveLength(1);
});

describe('is refused with 401', () => {
  test.each<[what: string, header: (users: Awaited<ReturnType<typeof testUsers>>) => Promise<string | undefined>]>([
    ['no header', async () => undefined],
    ['another scheme', async () => `Basic ${Buffer.from('a:b').toString('base64')}`],
    ['no token at all', async () => 'Bearer '],
    ['nonsense', async () => 'Bearer a.b.c'],
    ['a token that ended', async (users) => (await users.headersOf(account, { expiresIn: -30 })).authorization],
    ['the token of another issuer', async (users) => (await users.headersOf(account, { issuer: 'x' })).authorization],
    ['a token for others', async (users) => (await users.headersOf(account, { audience: 'x' })).authorization],
    [
      'a token signed by nobody (alg: none)',
      async (users) => {
        const [, payload] = (await users.headersOf(account)).authorization.split('.');
        return `Bearer ${encode({ alg: 'none', kid: users.kid })}.${payload}.x`;
      },
    ],
    [
      'another account in a signed token',
      async (users) => {
        const [head, payload = '', signature] = (await users.headersOf(account)).authorization.split('.');
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
        return `${head}.${encode({ ...claims, sub: randomUUID() })}.${signature}`;
      },
    ],
    [
      'a token by a key of the same id that is not ours',
      async (users) => {
        await using others = await testUsers(rules);
        return (await others.headersOf(account, { kid: users.kid })).authorization;
      },
    ],
  ])('%s', async (_what, header) => {
    await using users = await testUsers(rules);
    await using app = await withKeysOf(users.url);
    const authorization = await header(users);
    const answer = await app.server.inject({ url: '/me', headers: authorization ? { authorization } : {} });
    expect([answer.statusCode, answer.json()]).toMatchObject([401, { code: 'unauthenticated' }]);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});

test('an issuer that is away logs nobody out, and a made-up key id does not ask it each time', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const users = await testUsers(rules);
    const headers = await users.headersOf(account);
    await using app = await withKeysOf(users.url);
    const status = async (given: Record<string, string>) =>
      (await app.server.inject({ url: '/me', headers: given })).statusCode;
    expect(await status(headers)).toBe(200);
    const [, payload] = headers.authorization.split('.');
    const unknown = { authorization: `Bearer ${encode({ alg: 'EdDSA', kid: 'x' })}.${payload}.AAAA` };
    for (let time = 0; time < 5; time++) expect(await status(unknown)).toBe(401);
    expect(users.stub.requests).toHaveLength(1);
    vi.advanceTimersByTime(6_000);
    expect(await status(unknown)).toBe(401);
    expect(users.stub.requests).toHaveLength(2);
    await users[Symbol.asyncDispose]();
    vi.advanceTimersByTime(10 * 60_000);
    expect(await status(headers)).toBe(200);
  } finally {
    vi.useRealTimers();
  }
});

test('while the issuer is away tokens of unknown keys are refused, and ask it no more often than else', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    await using users = await testUsers(rules);
    const set: JSONWebKeySet = JSON.parse(await (await fetch(`${users.url}/.well-known/jwks.json`)).text());
    const keys = vi.fn<() => Promise<JSONWebKeySet>>().mockResolvedValueOnce(set);
    keys.mockRejectedValue(new Error('away'));
    await using app = await build({ ...rules, keys });
    const status = async (given: Record<string, string>) =>
      (await app.server.inject({ url: '/me', headers: given })).statusCode;
    const headers = await users.headersOf(account);
    expect(await status(headers)).toBe(200);
    for (const passed of [10_000, 10 * 60_000]) {
      keys.mockClear();
      vi.advanceTimersByTime(passed);
      for (let time = 0; time < 5; time++) expect(await status(await users.headersOf(account, { kid: 'x' }))).toBe(401);
      expect(await status(headers)).toBe(200);
      expect(keys).toHaveBeenCalledTimes(1);
    }
    expect(app.lines.at('error')).toEqual([]);
  } finally {
    vi.useRealTimers();
  }
});

describe('the cookie of a browser', () => {
  test.each<[what: string, scheme: string, headers: (token: string) => Record<string, string>, status: number]>([
    ['over TLS', 'https', (token) => ({ cookie: `__Host-access=${token}` }), 200],
    ['without TLS', 'http', (token) => ({ cookie: `access=${token}` }), 200],
    ['among others', 'http', (token) => ({ cookie: `a=b; access=${token}; c="d"` }), 200],
    // A host beside this one, or a page without TLS, could have set it.
    ['over TLS, by the name that is for no TLS', 'https', (token) => ({ cookie: `access=${token}` }), 401],
    ['without TLS, by the name that is for TLS', 'http', (token) => ({ cookie: `__Host-access=${token}` }), 401],
    ['empty', 'http', () => ({ cookie: 'access=' }), 401],
    ['no token', 'http', () => ({ cookie: 'access=x' }), 401],
    ['the other one', 'http', (token) => ({ cookie: `refresh=${token}` }), 401],
    [
      'beside a header, which counts',
      'http',
      (token) => ({ cookie: `access=${token}`, authorization: 'Bearer x.y.z' }),
      401,
    ],
    [
      'beside another kind of header',
      'http',
      (token) => ({ cookie: `access=${token}`, authorization: 'Basic eDp5' }),
      401,
    ],
  ])('says who asks: %s', async (_what, scheme, headersOf, status) => {
    await using users = await testUsers(rules);
    await using app = await withKeysOf(users.url);
    const { authorization } = await users.headersOf(account);
    const headers = { 'x-forwarded-proto': scheme, ...headersOf(authorization.replace('Bearer ', '')) };
    expect((await app.server.inject({ url: '/me', headers })).statusCode).toBe(status);
  });

  const site = 'sec-fetch-site';
  test.each<[what: string, scheme: string, headers: Record<string, string>, isTaken: boolean]>([
    ['of the same origin', 'https', { [site]: 'same-origin' }, true],
    ['of another site', 'https', { [site]: 'cross-site' }, false],
    ['of another host of the same site', 'https', { [site]: 'same-site' }, false],
    ['of nobody, such as an address that was typed', 'https', { [site]: 'none' }, false],
    [
      'of another site that has the same origin in another header',
      'https',
      { [site]: 'cross-site', origin: 'https://insta.test' },
      false,
    ],
    ['that says its origin alone', 'http', { origin: 'http://insta.test' }, true],
    ['that says its origin alone, over TLS', 'https', { origin: 'https://insta.test' }, true],
    ['that says another host', 'http', { origin: 'http://evil.test' }, false],
    ['that says a host below', 'http', { origin: 'http://a.insta.test' }, false],
    ['that says another port', 'http', { origin: 'http://insta.test:8080' }, false],
    ['that says the other scheme', 'https', { origin: 'http://insta.test' }, false],
    ['that hides its origin', 'http', { origin: 'null' }, false],
    ['that says nothing, as no browser does', 'http', {}, false],
  ])('changes something only for a page %s', async (_what, scheme, headers, isTaken) => {
    await using users = await testUsers(rules);
    await using app = await withKeysOf(users.url);
    const { authorization } = await users.headersOf(account);
    const token = authorization.replace('Bearer ', '');
    const cookie = scheme === 'https' ? `__Host-access=${token}` : `access=${token}`;
    const common = { host: 'insta.test', 'x-forwarded-proto': scheme, ...headers };
    const ask = (method: 'GET' | 'HEAD' | 'PUT', more: Record<string, string>) =>
      app.server.inject({ method, url: '/me', headers: { ...common, ...more } });
    const change = await ask('PUT', { cookie });
    expect(change.statusCode).toBe(isTaken ? 204 : 403);
    if (!isTaken) expect(change.json()).toMatchObject({ code: 'cross-origin' });
    // What changes nothing may be asked for: that no other page reads the answer the browser sees to.
    for (const method of ['GET', 'HEAD'] as const) expect((await ask(method, { cookie })).statusCode).toBe(200);
    // A header is nothing that a browser adds by itself.
    expect((await ask('PUT', { authorization })).statusCode).toBe(204);
    expect((await ask('PUT', { authorization, cookie })).statusCode).toBe(204);
    expect((await ask('PUT', {})).statusCode).toBe(401);
  });
});

test('an issuer that goes away before the first request of a pod logs nobody out', async () => {
  const users = await testUsers(rules);
  const headers = await users.headersOf(account);
  await using app = await withKeysOf(users.url);
  await app.server.listen({ host: '127.0.0.1', port: 0 });
  await expect.poll(() => users.stub.requests).toHaveLength(1);
  await users[Symbol.asyncDispose]();
  expect((await app.server.inject({ url: '/me', headers })).statusCode).toBe(200);
});

test('an issuer that was away when a pod started, and is again at its first request, logs nobody out', async () => {
  await using users = await testUsers(rules);
  const set = (await (await fetch(`${users.url}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
  const keys = vi.fn<() => Promise<JSONWebKeySet>>().mockRejectedValue(new Error('away'));
  keys.mockRejectedValueOnce(new Error('away')).mockResolvedValueOnce(set);
  await using app = await build({ ...rules, keys });
  await app.server.listen({ host: '127.0.0.1', port: 0 });
  await expect.poll(() => keys.mock.calls, { timeout: 5_000 }).toHaveLength(2);
  expect((await app.server.inject({ url: '/me', headers: await users.headersOf(account) })).statusCode).toBe(200);
});

test('keys that cannot be had are no fault of the caller', async () => {
  await using users = await testUsers(rules);
  await using app = await build({ ...rules, keys: () => Promise.reject(new Error('away')) });
  expect((await app.server.inject({ url: '/me', headers: await users.headersOf(account) })).statusCode).toBe(500);
  expect((await app.server.inject('/open')).statusCode).toBe(200);
});

test('a route that needs a user and an app that does not say whose tokens count do not start', async () => {
  await expect(build()).rejects.toThrow(
    'members: whoAmI, change need a user, and nothing says whose tokens count: call kit.authenticate in setup',
  );
});

test('the OpenAPI document says which routes need a token', async () => {
  await using users = await testUsers(rules);
  await using app = await withKeysOf(users.url);
  const document = (await app.server.inject('/openapi.json')).json();
  expect(document.paths['/me'].get.security).toEqual([{ accessToken: [] }, { accessCookie: [] }]);
  expect(document.paths['/open'].get.security).toBeUndefined();
  expect(document.components.securitySchemes).toMatchObject({
    accessToken: { type: 'http', scheme: 'bearer' },
    accessCookie: { type: 'apiKey', in: 'cookie', name: '__Host-access' },
  });
});
