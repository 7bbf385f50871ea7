import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import { makeFilePlace, openTestKeyValue } from '../kit/testing/key-value-places.ts';
import { runSql, testDatabase } from '../kit/testing/test-postgres.ts';
import { PasswordHash } from './password-hash.ts';
import { buildAuth, password, type Tokens } from './testing/built-auth.ts';

/** What several instances of the service share. */
async function stores() {
  const [database, place] = [await testDatabase(), await makeFilePlace()];
  return {
    urls: { databaseUrl: database.url, redisUrl: place.url },
    async [Symbol.asyncDispose]() {
      await place[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** A clock that stands still but for what a test lets pass, in milliseconds. Timers go on. */
function setClock() {
  vi.useFakeTimers({ toFake: ['Date'] });
  return {
    pass: (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds),
    [Symbol.dispose]: () => void vi.useRealTimers(),
  };
}

const ended = { status: 401, body: { code: 'session-ended' } };
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

describe('log-in', () => {
  test('gives tokens of a new session, in whichever case the address is typed', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const ada = await auth.newcomer();
    const again = await auth.logIn({ ...ada, email: ` ${ada.email.toUpperCase()} ` });
    expect(again.accountId).toBe(ada.accountId);
    expect(again.sessionId).not.toBe(ada.sessionId);
    expect((await auth.call('GET /auth/account', { token: again.accessToken })).status).toBe(200);
  });

  test('answers the same, in the same time, to a wrong password and where no account is; counts each', async () => {
    await using shared = await stores();
    await using auth = await buildAuth({ ...shared.urls, env: { LOGIN_LIMIT: '1000' } });
    const { email } = await auth.newcomer();
    const times: Record<'there' | 'away', number[]> = { there: [], away: [] };
    const answers: unknown[] = [];
    // In turn, so that whatever else this machine does meets both.
    for (let time = 0; time < 15; time++) {
      for (const kind of ['there', 'away'] as const) {
        const body = { email: kind === 'there' ? email : `${randomUUID()}@example.com`, password: 'wrong password' };
        const startedAt = performance.now();
        const { status, headers, body: problem } = await auth.call('POST /auth/sessions', { body });
        times[kind].push(performance.now() - startedAt);
        const { traceId, ...rest } = problem;
        answers.push({ status, rest, headers: Object.keys(headers).toSorted() });
      }
    }
    expect(answers[0]).toMatchObject({ status: 401, rest: { code: 'wrong-credentials' } });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await auth.counted('auth_failed_logins_total')).toEqual({ 'wrong-password': 15, 'unknown-account': 15 });
    // A password takes tens of milliseconds, all else a few: without the decoy one is many times the other.
    const ratio = median(times.there) / median(times.away);
    expect(ratio).toBeGreaterThan(1 / 2);
    expect(ratio).toBeLessThan(2);
  });

  test('hashes a password anew whose hash is of another cost', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const ada = await auth.newcomer();
    const old = String(await PasswordHash.of(password, { memory: 64, passes: 1, parallelism: 1 }));
    await runSql(shared.urls.databaseUrl, [`update accounts set password_hash = '${old}'`]);
    await auth.logIn(ada);
    const [row] = await runSql(shared.urls.databaseUrl, ['select password_hash, password_version from accounts']);
    expect(row).toEqual({ password_hash: expect.stringContaining('$m=19456,t=2,p=1$'), password_version: 1 });
    await auth.logIn(ada);
    expect((await auth.refresh(ada)).status).toBe(200);
  });
});

describe('limits', () => {
  test('hold for an account across instances and addresses, whether it is there or not', async () => {
    await using shared = await stores();
    const env = { LOGIN_LIMIT: '3' };
    await using one = await buildAuth({ ...shared.urls, env });
    await using other = await buildAuth({ ...shared.urls, env });
    const { email } = await one.newcomer();
    for (const address of [email, 'nobody@example.com']) {
      const statuses: number[] = [];
      for (let time = 0; time < 4; time++) {
        const auth = time % 2 ? one : other;
        const body = { email: address, password: 'wrong password' };
        const answer = await auth.call('POST /auth/sessions', { body, ip: `192.0.2.${time}` });
        statuses.push(answer.status);
        if (time < 3) continue;
        expect(answer.body).toMatchObject({ code: 'too-many-requests' });
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
        expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
      }
      expect(statuses).toEqual([401, 401, 401, 429]);
    }
    // The right password does not help either, and does not tell that it is right.
    expect((await one.call('POST /auth/sessions', { body: { email, password } })).status).toBe(429);
    const counts = [await one.counted('auth_failed_logins_total'), await other.counted('auth_failed_logins_total')];
    expect(counts.map((each) => each['too-many'] ?? 0).reduce((a, b) => a + b)).toBe(3);
  });

  test('of an account start anew after a log-in, those of an address do not', async () => {
    await using shared = await stores();
    await using auth = await buildAuth({ ...shared.urls, env: { LOGIN_LIMIT: '2', ADDRESS_LIMIT: '6' } });
    const ada = await auth.newcomer();
    for (let time = 0; time < 5; time++) await auth.logIn(ada);
    const limited = await auth.call('POST /auth/sessions', { body: { email: ada.email, password } });
    expect(limited).toMatchObject({ status: 429, body: { code: 'too-many-requests' } });
    const register = await auth.call('POST /auth/accounts', { body: { email: 'new@example.com', password } });
    expect(register.status).toBe(429);
    // Another address, and none that a caller makes up: the proxy in front says which.
    const elsewhere = { body: { email: ada.email, password }, ip: '198.51.100.7' };
    expect((await auth.call('POST /auth/sessions', elsewhere)).status).toBe(201);
    const madeUp = { body: { email: ada.email, password }, ip: '203.0.113.9, 198.51.100.7' };
    for (let time = 0; time < 5; time++) await auth.call('POST /auth/sessions', madeUp);
    expect((await auth.call('POST /auth/sessions', madeUp)).status).toBe(429);
  });

  test('count the addresses of one IPv6 household as one', async () => {
    await using shared = await stores();
    await using auth = await buildAuth({ ...shared.urls, env: { ADDRESS_LIMIT: '2' } });
    const from = async (ip: string) =>
      (await auth.call('POST /auth/sessions', { body: { email: `${randomUUID()}@example.com`, password: 'x' }, ip }))
        .status;
    expect([await from('2001:db8::1'), await from('2001:db8::2'), await from('2001:db8::3')]).toEqual([401, 401, 429]);
    expect(await from('2001:db8:0:1::1')).toBe(401);
  });

  test('of accounts are not used up by an address that is past its own', async () => {
    await using shared = await stores();
    await using auth = await buildAuth({ ...shared.urls, env: { LOGIN_LIMIT: '3', ADDRESS_LIMIT: '2' } });
    const ada = await auth.newcomer();
    const attack = { body: { email: ada.email, password: 'wrong password' }, ip: '203.0.113.1' };
    for (let time = 0; time < 6; time++) await auth.call('POST /auth/sessions', attack);
    await auth.logIn(ada);
  });
});

describe('refresh', () => {
  test('gives the next tokens of the same session', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    let tokens: Tokens = await auth.newcomer();
    for (let time = 0; time < 3; time++) {
      const { status, body } = await auth.refresh(tokens);
      expect(status).toBe(200);
      expect(body).toMatchObject({ accountId: tokens.accountId, sessionId: tokens.sessionId });
      expect(body.refreshToken).not.toBe(tokens.refreshToken);
      // A cookie of another session is known by it.
      for (const token of [tokens, body]) expect(token.refreshToken.split('.')[0]).toBe(tokens.sessionId);
      expect(body.accessToken).not.toBe(tokens.accessToken);
      tokens = body;
    }
    expect((await auth.call('GET /auth/account', { token: tokens.accessToken })).status).toBe(200);
    expect(await auth.counted('auth_reused_refresh_tokens_total')).toEqual({});
  });

  test('whose answer was lost is answered again, for a moment, and with the same token', async () => {
    await using shared = await stores();
    await using one = await buildAuth({ ...shared.urls, env: { REFRESH_GRACE: '30s' } });
    await using other = await buildAuth({ ...shared.urls, env: { REFRESH_GRACE: '30s' } });
    using clock = setClock();
    const ada = await one.newcomer();
    const { body: lost } = await one.refresh(ada);
    clock.pass(29_000);
    const { status, body: again } = await other.refresh(ada);
    expect(status).toBe(200);
    expect(again).toMatchObject({ sessionId: ada.sessionId, refreshToken: lost.refreshToken });
    expect((await one.call('GET /auth/account', { token: again.accessToken })).status).toBe(200);
    expect((await one.refresh(again)).status).toBe(200);
    expect(await other.counted('auth_reused_refresh_tokens_total')).toEqual({});
  });

  test.each<[what: string, refreshes: number, pause: number, grace: string]>([
    ['the one before, when its moment is over', 1, 31_000, '30s'],
    ['the one before, where there is no such moment', 1, 1, '0s'],
    ['an older one', 2, 0, '30s'],
    ['a much older one', 5, 0, '30s'],
  ])('with a token that was used already ends the session, also for whoever has the newest: %s', async (...given) => {
    const [, refreshes, pause, grace] = given;
    await using shared = await stores();
    await using auth = await buildAuth({ ...shared.urls, env: { REFRESH_GRACE: grace } });
    using clock = setClock();
    const ada = await auth.newcomer();
    const elsewhere = await auth.logIn(ada);
    let newest: Tokens = ada;
    for (let time = 0; time < refreshes; time++) newest = (await auth.refresh(newest)).body;
    clock.pass(pause);
    expect(await auth.refresh(ada)).toMatchObject(ended);
    expect(await auth.refresh(newest)).toMatchObject(ended);
    expect(await auth.call('GET /auth/account', { token: newest.accessToken })).toMatchObject(ended);
    expect(await auth.counted('auth_reused_refresh_tokens_total')).toEqual({ '': 1 });
    expect((await auth.refresh(elsewhere)).status).toBe(200);
  });

  test('with a made-up secret of a living session ends nothing: its id is no secret', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const ada = await auth.newcomer();
    const other = await auth.newcomer();
    const [, secret = ''] = ada.refreshToken.split('.');
    const last = secret.at(-3) === 'A' ? 'B' : 'A';
    const secrets = {
      'made up': 'A'.repeat(43),
      'of another session': other.refreshToken.split('.')[1],
      altered: `${secret.slice(0, -3)}${last}${secret.slice(-2)}`,
    };
    for (const [what, made] of Object.entries(secrets))
      expect(await auth.refresh({ refreshToken: `${ada.sessionId}.${made}` }), what).toMatchObject(ended);
    expect((await auth.refresh(ada)).status).toBe(200);
    expect(await auth.counted('auth_reused_refresh_tokens_total')).toEqual({});
  });

  test('of several at once, on two instances, as of the tabs of a browser, gives them all the same', async () => {
    await using shared = await stores();
    await using one = await buildAuth(shared.urls);
    await using other = await buildAuth(shared.urls);
    const ada = await one.newcomer();
    for (let round = 0; round < 8; round++) {
      const tokens = await one.logIn(ada);
      const answers = await Promise.all([one, other, one, other].map((auth) => auth.refresh(tokens)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
      expect((await other.refresh(answers[0]?.body)).status).toBe(200);
    }
    for (const auth of [one, other]) expect(await auth.counted('auth_reused_refresh_tokens_total')).toEqual({});
  });

  test('goes on with a session that an instance from before this had stored', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const ada = await auth.newcomer();
    await using keyValue = openTestKeyValue(shared.urls.redisUrl, { prefix: 'auth' });
    const key = `session:${ada.sessionId}`;
    const stored = JSON.parse((await keyValue.get(key)) ?? '');
    const { tokenKey, ...before } = stored;
    expect(tokenKey).toBeDefined();
    const refreshToken = `${ada.sessionId}.${'a'.repeat(43)}`;
    before.tokenHash = createHash('sha256').update(refreshToken).digest('base64url');
    await keyValue.set(key, JSON.stringify(before), { ttl: '1h' });
    const first = await auth.refresh({ refreshToken });
    const again = await auth.refresh({ refreshToken });
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.body.refreshToken).toBe(first.body.refreshToken);
    expect((await auth.refresh(again.body)).status).toBe(200);
  });

  test('with what is no token is refused, and counts as no reuse', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const texts = {
      'no token of ours': 'x',
      'a session that never was': `${'A'.repeat(22)}.${'B'.repeat(43)}`,
      'a token that is too long': `${'A'.repeat(22)}.${'B'.repeat(44)}`,
      'the name of another key': `rate-limit:log-in.${'B'.repeat(43)}`,
      'half a surrogate pair': '\ud800',
    };
    for (const [what, refreshToken] of Object.entries(texts)) {
      expect(await auth.refresh({ refreshToken }), what).toMatchObject(ended);
    }
    expect(await auth.counted('auth_reused_refresh_tokens_total')).toEqual({});
  });

  test('keeps a session alive, which else ends by itself', async () => {
    await using shared = await stores();
    await using auth = await buildAuth({ ...shared.urls, env: { SESSION_TTL: '1h' } });
    using clock = setClock();
    const ada = await auth.newcomer();
    const idle = await auth.logIn(ada);
    let tokens: Tokens = ada;
    for (let time = 0; time < 3; time++) {
      clock.pass(25 * 60_000);
      const answer = await auth.refresh(tokens);
      expect(answer.status).toBe(200);
      tokens = answer.body;
    }
    expect(await auth.refresh(idle)).toMatchObject(ended);
    const { body } = await auth.call('GET /auth/sessions', { token: tokens.accessToken });
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([ada.sessionId]);
  });
});

describe('sessions', () => {
  test('are listed, the newest first, each with what it logged in with', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const ada = await auth.newcomer();
    await auth.newcomer();
    await sleep(5);
    const headers = { 'user-agent': `Browser ${'x'.repeat(1_000)}` };
    const { body: second } = await auth.call('POST /auth/sessions', { body: { email: ada.email, password }, headers });
    const { status, body } = await auth.call('GET /auth/sessions', { token: ada.accessToken });
    expect(status).toBe(200);
    expect(body.items).toMatchObject([
      { id: second.sessionId, current: false, userAgent: headers['user-agent'].slice(0, 256) },
      { id: ada.sessionId, current: true },
    ]);
    expect(Object.keys(body.items[0]).toSorted()).toEqual(['createdAt', 'current', 'id', 'refreshedAt', 'userAgent']);
  });

  test('end one by one; what has ended may do nothing more, and ending it again is no mistake', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const ada = await auth.newcomer();
    const other = await auth.logIn(ada);
    const token = ada.accessToken;
    expect((await auth.call('DELETE /auth/sessions/current', { token })).status).toBe(204);
    expect(await auth.refresh(ada)).toMatchObject(ended);
    expect(await auth.call('GET /auth/account', { token })).toMatchObject(ended);
    expect(await auth.call('GET /auth/sessions', { token })).toMatchObject(ended);
    expect(await auth.call('DELETE /auth/sessions', { token })).toMatchObject(ended);
    const body = { current: password, next: 'another password' };
    expect(await auth.call('PUT /auth/account/password', { token, body })).toMatchObject(ended);
    expect(await auth.call('POST /auth/account/deletion', { token, body: { password } })).toMatchObject(ended);
    expect((await auth.call('DELETE /auth/sessions/current', { token })).status).toBe(204);
    expect((await auth.refresh(other)).status).toBe(200);
    await auth.logIn(ada);
  });

  test('end all at once, or all but the one that asks', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const ada = await auth.newcomer();
    const grace = await auth.newcomer();
    const others = [await auth.logIn(ada), await auth.logIn(ada)];
    const { accessToken: token } = ada;
    expect((await auth.call('DELETE /auth/sessions?except=current', { token })).status).toBe(204);
    for (const other of others) expect(await auth.refresh(other)).toMatchObject(ended);
    expect((await auth.call('GET /auth/account', { token })).status).toBe(200);
    const back = await auth.logIn(ada);
    expect((await auth.call('DELETE /auth/sessions', { token })).status).toBe(204);
    for (const each of [ada, back]) expect(await auth.refresh(each)).toMatchObject(ended);
    expect((await auth.refresh(grace)).status).toBe(200);
  });
});

describe('an access token is refused, and nothing changes,', () => {
  test('that is forged, for somebody else, too old or of another kind', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const ada = await auth.newcomer();
    const grace = await auth.newcomer();
    const { body: published } = await auth.call('GET /.well-known/jwks.json');
    const { kid } = published.keys[0];
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const claims = { sub: ada.accountId, sid: ada.sessionId, iss: 'auth', aud: 'services' };
    const now = Math.floor(Date.now() / 1_000);
    const times = { iat: now - 10, exp: now + 300 };
    const forge = (header: object, payload: object) =>
      new SignJWT({ ...payload }).setProtectedHeader({ alg: 'EdDSA', kid, ...header }).sign(privateKey);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [head = '', body = '', signature = ''] = ada.accessToken.split('.');
    const tokens = {
      'another key under the same id': await forge({}, { ...claims, ...times }),
      'a key of its own in the header': await forge({ jwk: await exportJWK(publicKey) }, { ...claims, ...times }),
      'an unknown key': await forge({ kid: 'unknown' }, { ...claims, ...times }),
      'no signature': `${part({ alg: 'none', kid })}.${part({ ...claims, ...times })}.x`,
      'the signature left out': `${head}.${body}.`,
      'the public key as a secret': await new SignJWT({ ...claims, ...times })
        .setProtectedHeader({ alg: 'HS256', kid })
        .sign(Buffer.from(published.keys[0].x, 'base64url')),
      "another account's claims": `${head}.${part({ ...claims, ...times, sub: grace.accountId })}.${signature}`,
      'the refresh token': ada.refreshToken,
    };
    for (const [what, token] of Object.entries(tokens)) {
      const answer = await auth.call('POST /auth/account/deletion', { token, body: { password } });
      expect(answer, what).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    }
    expect((await auth.call('GET /auth/account', { token: ada.accessToken })).status).toBe(200);
  });

  test('when its time is over, while its session goes on', async () => {
    await using shared = await stores();
    await using auth = await buildAuth({ ...shared.urls, env: { ACCESS_TOKEN_TTL: '2m' } });
    using clock = setClock();
    const ada = await auth.newcomer();
    expect(ada.expiresIn).toBe(120);
    const ask = () => auth.call('GET /auth/account', { token: ada.accessToken });
    expect((await ask()).status).toBe(200);
    // The clocks of two pods may be 5 s apart.
    clock.pass(122_000);
    expect((await ask()).status).toBe(200);
    clock.pass(10_000);
    expect(await ask()).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    const { status, body } = await auth.refresh(ada);
    expect(status).toBe(200);
    expect((await auth.call('GET /auth/account', { token: body.accessToken })).status).toBe(200);
  });
});
