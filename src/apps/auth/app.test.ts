import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { eventually } from '../kit/testing/eventually.ts';
import { freePort } from '../kit/testing/free-port.ts';
import { makeFilePlace } from '../kit/testing/key-value-places.ts';
import { LogLines } from '../kit/testing/log-lines.ts';
import { startPostgres, testDatabase } from '../kit/testing/test-postgres.ts';
import { startTestRedis } from '../kit/testing/test-redis.ts';
import { buildAuth, password, type Tokens } from './testing/built-auth.ts';

const next = 'another good password';

test('no log line shows an e-mail address, a password, a token or a key', async () => {
  await using database = await testDatabase();
  await using place = await makeFilePlace();
  const lines = new LogLines();
  const env = { LOG_LEVEL: 'trace', LOGIN_LIMIT: '6' };
  await using auth = await buildAuth({ databaseUrl: database.url, redisUrl: place.url, logTo: lines, env });
  const ada = await auth.newcomer();
  const { email } = ada;
  await auth.call('POST /auth/accounts', { body: { email, password } });
  const other = await auth.logIn(ada);
  const { body: refreshed } = await auth.refresh(other);
  await auth.refresh(refreshed);
  await auth.refresh(other);
  for (let time = 0; time < 7; time++)
    await auth.call('POST /auth/sessions', { body: { email, password: 'wrong words' } });
  await auth.call('POST /auth/accounts', { body: { email: 'not an address', password: 'short' } });
  const token = ada.accessToken;
  await auth.call('GET /auth/account', { token: `${token.slice(0, -3)}AAA` });
  await auth.call('PUT /auth/account/password', { token, body: { current: 'wrong words', next } });
  await auth.call('PUT /auth/account/password', { token, body: { current: password, next } });
  await auth.call('POST /auth/account/deletion', { token, body: { password: next } });
  expect(lines.of('refresh token reused; its session is ended')).toHaveLength(1);
  expect(lines.of('request').length).toBeGreaterThan(10);
  const secrets = [email, password, 'wrong words', next, 'not an address', 'secret of the tests', 'argon2id'];
  const parts = [ada, other, refreshed].flatMap(({ accessToken, refreshToken }) => [
    ...accessToken.split('.'),
    ...refreshToken.split('.'),
  ]);
  // The session's id is the first part of a refresh token, and no secret by itself; the head of an access token neither.
  const known = new Set([ada.sessionId, other.sessionId, ada.accessToken.split('.')[0]]);
  for (const secret of [...secrets, ...parts.filter((part) => !known.has(part))])
    expect(lines.text).not.toContain(secret);
});

describe('with a wrong SIGNING_KEY_SECRET', () => {
  test('starts, is not ready, says why, signs nothing and still tells the public keys', async () => {
    await using database = await testDatabase();
    await using place = await makeFilePlace();
    const urls = { databaseUrl: database.url, redisUrl: place.url };
    await using right = await buildAuth(urls);
    const ada = await right.newcomer();
    const lines = new LogLines();
    await using wrong = await buildAuth({ ...urls, env: { SIGNING_KEY_SECRET: 'a wrong secret' }, logTo: lines });
    const notReady = { status: 503, body: { errors: [{ path: 'signing-keys', message: 'failed' }] } };
    await eventually(async () => expect(await wrong.call('GET /readyz')).toMatchObject(notReady));
    const errors = lines.at('error');
    expect(errors).toMatchObject([
      { body: expect.stringContaining('SIGNING_KEY_SECRET does not decrypt the signing keys') },
    ]);
    const answers = [
      await wrong.call('POST /auth/sessions', { body: { email: ada.email, password } }),
      await wrong.call('POST /auth/accounts', { body: { email: 'new@example.com', password } }),
      await wrong.refresh(ada),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({
        status: 503,
        body: { code: 'signing-unavailable' },
        headers: { 'retry-after': '10' },
      });
    }
    expect((await wrong.call('GET /healthz')).status).toBe(200);
    expect((await wrong.call('GET /.well-known/jwks.json')).body).toEqual(
      (await right.call('GET /.well-known/jwks.json')).body,
    );
    expect((await wrong.call('GET /auth/account', { token: ada.accessToken })).status).toBe(200);
    // The refresh token was not used up, and no account was made.
    expect((await right.refresh(ada)).status).toBe(200);
    expect((await right.call('POST /auth/accounts', { body: { email: 'new@example.com', password } })).status).toBe(
      201,
    );
  });
});

describe('a time of 0s', () => {
  test.each(['ACCESS_TOKEN_TTL', 'SESSION_TTL', 'KEY_ROTATION', 'KEY_LEAD'])(
    'in %s is refused at start',
    async (name) => {
      await using database = await testDatabase();
      await using place = await makeFilePlace();
      const building = buildAuth({ databaseUrl: database.url, redisUrl: place.url, env: { [name]: '0s' } });
      await expect(building).rejects.toThrow(`${name} is 0s; allowed: more than 0s; fix: set how long, such as `);
    },
  );
});

test('keys rotate under a running service, and nobody is logged out', { timeout: 40_000 }, async () => {
  await using database = await testDatabase();
  await using place = await makeFilePlace();
  const instance = async () => {
    const [http, metrics] = [await freePort(), await freePort()];
    const env = {
      ...{ KEY_ROTATION: '1s', KEY_LEAD: '600ms', HTTP_HOST: '127.0.0.1' },
      ...{ HTTP_PORT: String(http), METRICS_PORT: String(metrics) },
    };
    const auth = await buildAuth({ databaseUrl: database.url, redisUrl: place.url, env });
    await auth.listen();
    return auth;
  };
  await using one = await instance();
  await using other = await instance();
  const ada = await one.newcomer();
  let tokens: Tokens = ada;
  const kids = new Set<string | undefined>();
  const end = performance.now() + 4_000;
  for (let turn = 0; performance.now() < end; turn++) {
    const [signer, checker] = turn % 2 ? [one, other] : [other, one];
    const refreshed = await signer.refresh(tokens);
    expect(refreshed.status).toBe(200);
    tokens = refreshed.body;
    kids.add(decodeProtectedHeader(tokens.accessToken).kid);
    // The newest and the very first token alike, by what the other instance tells.
    const { body: published } = await checker.call('GET /.well-known/jwks.json');
    for (const token of [tokens.accessToken, ada.accessToken]) {
      const { payload } = await jwtVerify(token, createLocalJWKSet(published));
      expect(payload.sub).toBe(ada.accountId);
    }
    await sleep(100);
  }
  expect(kids.size).toBeGreaterThanOrEqual(3);
});

describe('a store that is away', () => {
  test('of sessions: 503, not ready, but the keys are told; all is well when it is back', {
    timeout: 40_000,
  }, async (context) => {
    await using redis = await startTestRedis(context, { prefix: 'auth' });
    await using database = await testDatabase();
    await using auth = await buildAuth({ databaseUrl: database.url, redisUrl: redis.limitedUrl });
    const ada = await auth.newcomer();
    expect((await auth.call('GET /readyz')).status).toBe(200);
    await redis.stop();
    const calls = [
      auth.call('POST /auth/sessions', { body: { email: ada.email, password } }),
      auth.call('POST /auth/accounts', { body: { email: 'new@example.com', password } }),
      auth.refresh(ada),
      auth.call('GET /auth/account', { token: ada.accessToken }),
      auth.call('GET /auth/sessions', { token: ada.accessToken }),
      auth.call('DELETE /auth/sessions/current', { token: ada.accessToken }),
      auth.call('DELETE /auth/sessions', { token: ada.accessToken }),
      auth.call('POST /auth/account/deletion', { token: ada.accessToken, body: { password } }),
      auth.call('PUT /auth/account/password', { token: ada.accessToken, body: { current: password, next } }),
    ];
    for (const { status, body } of await Promise.all(calls)) {
      expect([status, body.code]).toEqual([503, 'store-unavailable']);
    }
    expect((await auth.call('GET /readyz')).status).toBe(503);
    expect((await auth.call('GET /.well-known/jwks.json')).status).toBe(200);
    expect((await auth.call('GET /internal/deleted-accounts')).body).toEqual({ items: [] });
    await redis.start();
    await eventually(async () => expect((await auth.call('GET /readyz')).status).toBe(200));
    // No session was lost, and nothing of what failed has happened.
    const { status, body } = await auth.refresh(ada);
    expect(status).toBe(200);
    expect((await auth.call('GET /auth/account', { token: body.accessToken })).status).toBe(200);
    expect((await auth.call('POST /auth/accounts', { body: { email: 'new@example.com', password } })).status).toBe(201);
  });

  test('of accounts, from before the start: 503, not ready; all is well when it is there, and again after an outage', {
    timeout: 60_000,
  }, async () => {
    await using server = await startPostgres();
    await using place = await makeFilePlace();
    await server.stop();
    await using auth = await buildAuth({ databaseUrl: server.url, redisUrl: place.url });
    const away = { status: 503, body: { code: 'database-unavailable' }, headers: { 'retry-after': '2' } };
    expect(await auth.call('POST /auth/accounts', { body: { email: 'ada@example.com', password } })).toMatchObject(
      away,
    );
    expect(await auth.call('GET /.well-known/jwks.json')).toMatchObject(away);
    expect((await auth.call('GET /readyz')).status).toBe(503);
    await server.start();
    await eventually(async () => expect((await auth.call('GET /readyz')).status).toBe(200), { timeout: 20_000 });
    const ada = await auth.newcomer();

    await server.stop();
    const calls = [
      auth.call('POST /auth/sessions', { body: { email: ada.email, password } }),
      auth.refresh(ada),
      auth.call('GET /auth/account', { token: ada.accessToken }),
      auth.call('PUT /auth/account/password', { token: ada.accessToken, body: { current: password, next } }),
      auth.call('POST /auth/account/deletion', { token: ada.accessToken, body: { password } }),
      auth.call('GET /internal/deleted-accounts'),
    ];
    for (const answer of await Promise.all(calls)) expect(answer).toMatchObject(away);
    expect((await auth.call('GET /.well-known/jwks.json')).status).toBe(200);
    await server.start();
    await eventually(async () => expect((await auth.call('GET /readyz')).status).toBe(200), { timeout: 20_000 });
    expect((await auth.refresh(ada)).status).toBe(200);
  });
});

test('whatever a caller sends, the answer is a problem of theirs, and never one of ours', async () => {
  await using database = await testDatabase();
  await using place = await makeFilePlace();
  await using auth = await buildAuth({ databaseUrl: database.url, redisUrl: place.url, env: { LOGIN_LIMIT: '1000' } });
  const { accessToken: token } = await auth.newcomer();
  const values: readonly unknown[] = [
    '',
    '\0',
    '\ud800',
    'x'.repeat(100_000),
    0,
    -1,
    1e308,
    null,
    true,
    [],
    {},
    [['x']],
    { toString: 'x' },
    '__proto__',
  ];
  const bodies = [
    ...values,
    ...values.map((value) => ({ email: value, password: value })),
    ...values.map((value) => ({ email: 'ada@example.com', password: value })),
    ...values.map((value) => ({ refreshToken: value })),
    ...values.map((value) => ({ current: value, next: value })),
  ];
  const routes = [
    'POST /auth/accounts',
    'POST /auth/sessions',
    'POST /auth/sessions/refresh',
    'PUT /auth/account/password',
    'POST /auth/account/deletion',
    'DELETE /auth/sessions?except=%00',
    'GET /internal/deleted-accounts?after=%00&limit=%F0',
  ] as const;
  const headers = { 'content-type': 'application/json', 'user-agent': '\u00ff'.repeat(3_000) };
  let answered = 0;
  for (const route of routes) {
    for (const body of route.startsWith('P') ? bodies : [undefined]) {
      for (const each of [token, undefined, 'a.b.c', 'x']) {
        const payload = body === undefined ? {} : { body: JSON.stringify(body) };
        const answer = await auth.call(route, { ...payload, ...(each !== undefined && { token: each }), headers });
        const what = `${route} ${JSON.stringify(body)?.slice(0, 100)}`;
        expect(answer.status, what).toBeGreaterThanOrEqual(400);
        expect(answer.status, what).toBeLessThan(500);
        expect(answer.body, what).toMatchObject({
          type: 'about:blank',
          status: answer.status,
          code: expect.any(String),
        });
        answered++;
      }
    }
  }
  expect(answered).toBeGreaterThan(1_000);
  expect((await auth.call('GET /auth/account', { token })).status).toBe(200);
});
