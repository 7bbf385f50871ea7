import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { eventually } from '../kit/testing/eventually.ts';
import { makeFilePlace } from '../kit/testing/key-value-places.ts';
import { LogLines } from '../kit/testing/log-lines.ts';
import { runSql, testDatabase } from '../kit/testing/test-postgres.ts';
import { startTestRedis } from '../kit/testing/test-redis.ts';
import { type BuiltAuth, buildAuth, password } from './testing/built-auth.ts';

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

const ended = { status: 401, body: { code: 'session-ended' } };
const next = 'another good password';

describe('register', () => {
  test('makes an account and logs in, with a token that others can check', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const given = { email: ' Ada@Example.com ', password };
    const { status, body } = await auth.call('POST /auth/accounts', { body: given });
    expect(status).toBe(201);
    const { accountId, sessionId, accessToken, expiresIn } = body;
    const { body: keys } = await auth.call('GET /.well-known/jwks.json');
    const { payload } = await jwtVerify(accessToken, createLocalJWKSet(keys), { issuer: 'auth', audience: 'services' });
    expect(payload).toMatchObject({ sub: accountId, sid: sessionId, jti: expect.any(String) });
    expect(decodeProtectedHeader(accessToken)).toEqual({ alg: 'EdDSA', kid: keys.keys[0].kid, typ: 'at+jwt' });
    expect([expiresIn, (payload.exp ?? 0) - (payload.iat ?? 0)]).toEqual([300, 300]);
    const account = await auth.call('GET /auth/account', { token: accessToken });
    expect(account.body).toEqual({ id: accountId, email: 'ada@example.com', createdAt: expect.any(String) });
  });

  test('of many at once with one address, on two instances, makes one account', async () => {
    await using shared = await stores();
    await using one = await buildAuth(shared.urls);
    await using other = await buildAuth(shared.urls);
    const emails = ['ada@example.com', 'ADA@example.com', 'Ada@Example.com', ' ada@example.com'];
    const answers = await Promise.all(
      emails.map((email, at) => (at % 2 ? one : other).call('POST /auth/accounts', { body: { email, password } })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409]);
    for (const { status, body } of answers) if (status === 409) expect(body.code).toBe('email-taken');
    expect(await runSql(shared.urls.databaseUrl, ['select email from accounts'])).toEqual([
      { email: 'ada@example.com' },
    ]);
  });

  test('refuses what no account can be made of', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const email = 'ada@example.com';
    const bodies = [
      {},
      { email },
      { email, password: 'too short' },
      { email, password: 'x'.repeat(201) },
      { email, password: 1234567890 },
      { email: 'ada', password },
      { email: 'ada@example.com\0', password },
      { email: 'ada\0@example.com', password },
      { email: `${'a'.repeat(250)}@example.com`, password },
      { email: { $ne: '' }, password },
      [],
      null,
      'text',
    ];
    await auth.newcomer();
    for (const body of bodies) {
      const answer = await auth.call('POST /auth/accounts', { body, headers: { 'content-type': 'application/json' } });
      expect(answer.status, JSON.stringify(body)).toBe(400);
    }
    expect(await runSql(shared.urls.databaseUrl, ['select email from accounts'])).toHaveLength(1);
  });

  test('leaves no account where it could not log in, and the address is free', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    await auth.newcomer();
    const file = new DatabaseSync(fileURLToPath(shared.urls.redisUrl));
    // As if the store went away between the limits and the session.
    file.exec(`create trigger away before insert on entries when new.key like '%:session:%'
      begin select raise(abort, 'away'); end`);
    const body = { email: 'ada@example.com', password };
    const answer = await auth.call('POST /auth/accounts', { body });
    expect([answer.status, answer.body.code]).toEqual([503, 'store-unavailable']);
    file.exec('drop trigger away');
    file.close();
    expect((await auth.call('POST /auth/accounts', { body })).status).toBe(201);
    expect((await auth.call('GET /internal/deleted-accounts')).body).toEqual({ items: [] });
  });

  test('takes any letters as a password, and the same letters log in', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const odd = ['\ud800 half a pair', 'पासवर्ड पासवर्ड', '🐎🔋📎'.repeat(4), ' '.repeat(10)];
    for (const [at, each] of odd.entries()) {
      const body = { email: `user${at}@example.com`, password: each };
      expect((await auth.call('POST /auth/accounts', { body })).status).toBe(201);
      expect((await auth.call('POST /auth/sessions', { body })).status).toBe(201);
      const cut = { ...body, password: `${each}.` };
      expect((await auth.call('POST /auth/sessions', { body: cut })).status).toBe(401);
    }
  });
});

describe('a change of the password', () => {
  test('ends all other sessions and leaves the one that asked', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const ada = await auth.newcomer();
    const other = await auth.logIn(ada);
    const grace = await auth.newcomer();
    const body = { current: password, next };
    const answer = await auth.call('PUT /auth/account/password', { token: ada.accessToken, body });
    expect(answer).toMatchObject({ status: 204, body: undefined });
    expect(await auth.refresh(other)).toMatchObject(ended);
    expect(await auth.call('GET /auth/account', { token: other.accessToken })).toMatchObject(ended);
    const { status, body: tokens } = await auth.refresh(ada);
    expect(status).toBe(200);
    expect((await auth.refresh(grace)).status).toBe(200);
    const old = await auth.call('POST /auth/sessions', { body: { email: ada.email, password } });
    expect(old).toMatchObject({ status: 401, body: { code: 'wrong-credentials' } });
    const later = await auth.logIn({ ...ada, password: next });
    // Whoever logged in since may change it too, and then the first one ends.
    const again = { current: next, next: password };
    expect((await auth.call('PUT /auth/account/password', { token: later.accessToken, body: again })).status).toBe(204);
    expect(await auth.refresh(tokens)).toMatchObject(ended);
    expect((await auth.refresh(later)).status).toBe(200);
  });

  test('needs the password of now, which may be tried a few times', async () => {
    await using shared = await stores();
    await using auth = await buildAuth({ ...shared.urls, env: { LOGIN_LIMIT: '2' } });
    const { accessToken: token, ...ada } = await auth.newcomer();
    const change = (current: string) => auth.call('PUT /auth/account/password', { token, body: { current, next } });
    expect(await change('wrong password')).toMatchObject({ status: 403, body: { code: 'wrong-password' } });
    const deletion = await auth.call('POST /auth/account/deletion', { token, body: { password: 'wrong password' } });
    expect(deletion).toMatchObject({ status: 403, body: { code: 'wrong-password' } });
    const third = await change(password);
    expect(third).toMatchObject({ status: 429, body: { code: 'too-many-requests' } });
    expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
    await auth.logIn(ada);
    expect(await auth.counted('auth_failed_logins_total')).toEqual({});
  });

  test('from several sessions at once happens once, and ends the others', async () => {
    await using shared = await stores();
    await using one = await buildAuth(shared.urls);
    await using other = await buildAuth(shared.urls);
    const ada = await one.newcomer();
    const sessions = [ada, await one.logIn(ada), await other.logIn(ada)];
    const answers = await Promise.all(
      sessions.map(({ accessToken: token }, at) => {
        const body = { current: password, next: `password number ${at}` };
        return (at % 2 ? one : other).call('PUT /auth/account/password', { token, body });
      }),
    );
    const winner = answers.findIndex(({ status }) => status === 204);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    for (const { status, body } of answers.filter((_, at) => at !== winner)) {
      expect([`${status} ${body.code}`]).toContainEqual(
        expect.stringMatching(/^(409 account-changed|401 session-ended|403 wrong-password)$/),
      );
    }
    for (const [at, session] of sessions.entries()) {
      expect((await one.refresh(session)).status).toBe(at === winner ? 200 : 401);
    }
    await one.logIn({ ...ada, password: `password number ${winner}` });
  });

  test('ends a session that began with the old password at the same moment', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const ada = await auth.newcomer();
    // As if the session had been put into the store just after the change had looked there for sessions.
    const late = await auth.logIn(ada);
    const change = `update accounts set password_version = 2, password_set_by = '${ada.sessionId}'`;
    await runSql(shared.urls.databaseUrl, [change]);
    expect(await auth.call('GET /auth/account', { token: late.accessToken })).toMatchObject(ended);
    const list = await auth.call('GET /auth/sessions', { token: ada.accessToken });
    expect(list.body.items.map(({ id }: { id: string }) => id)).toEqual([ada.sessionId]);
    expect(await auth.refresh(late)).toMatchObject(ended);
    expect((await auth.refresh(ada)).status).toBe(200);
  });
});

describe('a deletion', () => {
  test('removes the account, ends its sessions and tells all who follow', async () => {
    await using shared = await stores();
    await using auth = await buildAuth(shared.urls);
    const ada = await auth.newcomer();
    const grace = await auth.newcomer();
    const other = await auth.logIn(ada);
    const call = { token: ada.accessToken, body: { password } };
    expect(await auth.call('POST /auth/account/deletion', call)).toMatchObject({ status: 204, body: undefined });
    for (const each of [ada, other]) {
      expect(await auth.refresh(each)).toMatchObject(ended);
      expect(await auth.call('GET /auth/account', { token: each.accessToken })).toMatchObject(ended);
      expect(await auth.call('POST /auth/account/deletion', { ...call, token: each.accessToken })).toMatchObject(ended);
    }
    const login = await auth.call('POST /auth/sessions', { body: { email: ada.email, password } });
    expect(login).toMatchObject({ status: 401, body: { code: 'wrong-credentials' } });
    expect((await auth.call('GET /auth/account', { token: grace.accessToken })).status).toBe(200);
    const list = await auth.call('GET /internal/deleted-accounts');
    expect(list.body.items).toEqual([{ position: expect.any(Number), id: ada.accountId }]);
    const { position } = list.body.items[0];
    expect((await auth.call(`GET /internal/deleted-accounts?after=${position}`)).body).toEqual({ items: [] });
    expect((await auth.call(`GET /internal/deleted-accounts?after=${Number.MAX_SAFE_INTEGER}&limit=1000`)).status).toBe(
      200,
    );
    for (const query of ['after=-1', 'after=x', 'after=1e30', 'after=', 'limit=0', 'limit=1001']) {
      expect((await auth.call(`GET /internal/deleted-accounts?${query}`)).status, query).toBe(400);
    }
    // The address is free again, for another account.
    const again = await auth.call('POST /auth/accounts', { body: { email: ada.email, password } });
    expect(again.status).toBe(201);
    expect(again.body.accountId).not.toBe(ada.accountId);
  });

  test('that is asked for twice at once happens once', async () => {
    await using shared = await stores();
    await using one = await buildAuth(shared.urls);
    await using other = await buildAuth(shared.urls);
    const ada = await one.newcomer();
    const call = { token: ada.accessToken, body: { password } };
    const answers = await Promise.all([one, other].map((auth) => auth.call('POST /auth/account/deletion', call)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(204);
    for (const status of statuses) expect([204, 401]).toContain(status);
    const { body } = await one.call('GET /internal/deleted-accounts');
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual([ada.accountId]);
  });
});

describe('with the sessions away at the wrong moment', () => {
  /** Holds the account's row until the sessions are away, so that a change meets them away only after it happened. */
  async function whileAway(databaseUrl: string, redis: { stop(): Promise<void> }, change: () => Promise<unknown>) {
    const holder = new Client({ connectionString: databaseUrl });
    await holder.connect();
    try {
      await holder.query('begin; select 1 from accounts for update');
      const changing = change();
      await eventually(async () => {
        const { rows } = await holder.query(`select count(*)::int as waiting from pg_stat_activity
              where wait_event_type = 'Lock' and datname = current_database()`);
        expect(rows).toEqual([{ waiting: 1 }]);
      });
      await redis.stop();
      await holder.query('commit');
      return await changing;
    } finally {
      await holder.end();
    }
  }

  const isReady = (auth: BuiltAuth) =>
    eventually(async () => expect((await auth.call('GET /readyz')).status).toBe(200));

  test('a deletion still logs out', { timeout: 40_000 }, async (context) => {
    await using redis = await startTestRedis(context, { prefix: 'auth' });
    await using database = await testDatabase();
    const lines = new LogLines();
    await using auth = await buildAuth({ databaseUrl: database.url, redisUrl: redis.limitedUrl, logTo: lines });
    const ada = await auth.newcomer();
    const other = await auth.logIn(ada);
    const call = { token: ada.accessToken, body: { password } };
    const answer = await whileAway(database.url, redis, () => auth.call('POST /auth/account/deletion', call));
    expect(answer).toMatchObject({ status: 204 });
    expect(lines.of('sessions not removed; they end at their next refresh')).toHaveLength(1);
    await redis.start();
    await isReady(auth);
    expect(await auth.refresh(other)).toMatchObject(ended);
    expect(await auth.call('GET /auth/account', { token: ada.accessToken })).toMatchObject(ended);
    expect(await auth.refresh(ada)).toMatchObject(ended);
  });

  test('a change of the password still ends the other sessions, and no more', { timeout: 40_000 }, async (context) => {
    await using redis = await startTestRedis(context, { prefix: 'auth' });
    await using database = await testDatabase();
    await using auth = await buildAuth({ databaseUrl: database.url, redisUrl: redis.limitedUrl });
    const ada = await auth.newcomer();
    const other = await auth.logIn(ada);
    const call = { token: ada.accessToken, body: { current: password, next } };
    const answer = await whileAway(database.url, redis, () => auth.call('PUT /auth/account/password', call));
    expect(answer).toMatchObject({ status: 204 });
    await redis.start();
    await isReady(auth);
    expect(await auth.refresh(other)).toMatchObject(ended);
    expect((await auth.refresh(ada)).status).toBe(200);
  });
});
