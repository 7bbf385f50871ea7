import { createLocalJWKSet, jwtVerify } from 'jose';
import { expect, test, vi } from 'vitest';
import { createLog } from '../kit/log.ts';
import { LogLines } from '../kit/testing/log-lines.ts';
import { type OpenedDatabase, openDatabase } from '../kit/testing/opened-database.ts';
import { runSql, startPostgres, testDatabase } from '../kit/testing/test-postgres.ts';
import { AccessTokens } from './access-tokens.ts';
import { KeyEncryption } from './key-encryption.ts';
import { migrations } from './migrations.ts';
import { SigningKeyStore } from './signing-key-store.ts';
import { SigningKeys, type SigningKeysProps } from './signing-keys.ts';

const minute = 60_000;
const hour = 60 * minute;

/** The keys as one replica has them. */
function replica(
  database: OpenedDatabase,
  { secrets = ['secret'], ...props }: Partial<SigningKeysProps> & { secrets?: [string, ...string[]] } = {},
) {
  const lines = new LogLines();
  const keys = new SigningKeys({
    store: new SigningKeyStore(database),
    encryption: new KeyEncryption(...secrets),
    rotation: 24 * hour,
    lead: hour,
    tokenLifetime: 300_000,
    log: createLog({ service: 'auth', version: 'test', level: 'info', to: lines }),
    ...props,
  });
  return {
    keys,
    lines,
    errors: () => lines.at('error'),
    kids: async () => (await keys.published()).map(({ kid }) => kid),
    signs: async () => (await keys.current()).kid,
  };
}

/** Lets time pass for all keys. */
const pass = (url: string, milliseconds: number) =>
  runSql(url, [
    `update signing_keys set signs_from = signs_from - ${milliseconds} * interval '1 ms',
      signs_until = signs_until - ${milliseconds} * interval '1 ms'`,
  ]);

/** The clock of this process, which else stands still: how long keys sign and are known is a matter of hours. */
function setClock(url: string) {
  vi.useFakeTimers({ toFake: ['performance'] });
  const passHere = (milliseconds: number) => void vi.advanceTimersByTime(milliseconds);
  return {
    passHere,
    /** Also for all keys. */
    pass: async (milliseconds: number) => {
      await pass(url, milliseconds);
      passHere(milliseconds);
    },
    [Symbol.dispose]: () => void vi.useRealTimers(),
  };
}

test('the very first key signs at once, and replicas that start at the same time agree on it', async () => {
  await using server = await testDatabase();
  await using one = openDatabase(server.url, { migrations });
  await using other = openDatabase(server.url, { migrations });
  const replicas = Array.from({ length: 8 }, (_, at) => replica(at % 2 ? one : other));
  await Promise.all(replicas.map(({ keys }) => keys.read()));
  const signing = await Promise.all(replicas.map(({ signs }) => signs()));
  expect(new Set(signing).size).toBe(1);
  for (const { kids } of replicas) expect(await kids()).toEqual([signing[0]]);
  expect(replicas.flatMap(({ lines }) => lines.of('signing key made'))).toHaveLength(1);
});

test('what is kept of a private key shows nothing of it', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  await replica(database).keys.read();
  const [row] = await runSql<{ private_key: Buffer; public_key: object }>(server.url, ['select * from signing_keys']);
  expect(row?.private_key.toString('latin1')).not.toMatch(/"d"|kty|crv/);
  expect(Object.keys(row?.public_key ?? {}).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
});

test('the next key is public a lead before it signs; the one before stays until its last token has ended', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  const [one, other] = [replica(database), replica(database)];
  const first = await one.signs();
  await pass(server.url, 22 * hour);
  await one.keys.read();
  expect(await one.kids()).toEqual([first]);

  // An hour and a bit before its turn.
  await pass(server.url, hour + 60_000);
  await Promise.all([one.keys.read(), other.keys.read()]);
  const [, second] = await one.kids();
  expect(await one.kids()).toEqual([first, second]);
  expect(await other.kids()).toEqual([first, second]);
  expect([await one.signs(), await other.signs()]).toEqual([first, first]);

  await pass(server.url, hour - 120_000);
  await Promise.all([one.keys.read(), other.keys.read()]);
  expect([await one.signs(), await other.signs()]).toEqual([first, first]);

  await pass(server.url, 120_000);
  await Promise.all([one.keys.read(), other.keys.read()]);
  expect([await one.signs(), await other.signs()]).toEqual([second, second]);
  expect(await one.kids()).toEqual([first, second]);

  // The first may sign for one lead more, by a replica that heard nothing; its last token ends 5 minutes later.
  await pass(server.url, hour + 300_000 - 60_000);
  await one.keys.read();
  expect(await one.kids()).toEqual([first, second]);
  await pass(server.url, 180_000);
  await one.keys.read();
  expect(await one.kids()).toEqual([second]);
});

test('a replica that could not read the keys any more stops to sign before nobody knows its key', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  using clock = setClock(server.url);
  const lonely = replica(database);
  await lonely.keys.read();
  const first = await lonely.signs();
  await runSql(server.url, ['alter table signing_keys rename to gone']);
  clock.passHere(24.5 * hour);
  expect(await lonely.signs()).toBe(first);
  clock.passHere(hour);
  await expect(lonely.signs()).rejects.toThrow();
  await runSql(server.url, ['alter table gone rename to signing_keys']);
  await pass(server.url, 25.5 * hour);
  await lonely.keys.read();
  expect(await lonely.signs()).not.toBe(first);
});

test('while keys rotate on several replicas, every token is good everywhere until it ends', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations, connections: 8 });
  using clock = setClock(server.url);
  const times = { rotation: 30 * minute, lead: 15 * minute, tokenLifetime: 5 * minute };
  const replicas = Array.from({ length: 3 }, () => replica(database, times));
  const publicSince = new Map<string, number>();
  const signedSince = new Map<string, number>();
  const tokens: { token: string; until: number }[] = [];
  let checked = 0;
  await database.migrated;
  for (let round = 0; round < 60; round++) {
    await clock.pass(2 * minute);
    // The others have not read for a while.
    await replicas[round % replicas.length]?.keys.read();
    const now = performance.now();
    for (const { keys, signs } of replicas) {
      const kid = await signs();
      signedSince.set(kid, signedSince.get(kid) ?? now);
      const { accessToken } = await new AccessTokens({ keys, lifetime: times.tokenLifetime }).sign(
        'account',
        'session',
      );
      tokens.push({ token: accessToken, until: now + times.tokenLifetime });
    }
    for (const { keys, kids } of replicas) {
      for (const kid of await kids()) publicSince.set(kid, publicSince.get(kid) ?? now);
      const known = createLocalJWKSet({ keys: await keys.published() });
      for (const { token } of tokens.filter(({ until }) => now < until)) {
        await jwtVerify(token, known);
        checked++;
      }
    }
  }
  expect(checked).toBeGreaterThan(1_000);
  const [first, ...later] = [...signedSince];
  expect(first).toBeDefined();
  expect(later.length).toBeGreaterThanOrEqual(3);
  // Others ask for the keys every 5 minutes.
  for (const [kid, since] of later) expect(since - (publicSince.get(kid) ?? since)).toBeGreaterThan(5 * minute);
});

test('with the database away the known keys go on', { timeout: 30_000 }, async () => {
  await using server = await startPostgres();
  await using database = openDatabase(server.url, { migrations });
  const { keys, signs, kids } = replica(database);
  await database.migrated;
  const first = await signs();
  await server.stop();
  await expect(keys.read()).rejects.toMatchObject({ statusCode: 503 });
  using clock = setClock(server.url);
  clock.passHere(minute);
  expect(await kids()).toEqual([first]);
  expect(await signs()).toBe(first);
  const another = replica(database);
  await expect(another.kids()).rejects.toMatchObject({ statusCode: 503, code: 'database-unavailable' });
  await expect(another.signs()).rejects.toMatchObject({ statusCode: 503, code: 'database-unavailable' });
  await server.start();
  await keys.read();
  expect(await signs()).toBe(first);
});

test('keys that ended long ago are removed when another is made', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  const { keys, signs } = replica(database);
  const first = await signs();
  await pass(server.url, 26 * hour);
  await keys.read();
  const kept = () => runSql<{ kid: string }>(server.url, ['select kid from signing_keys order by signs_from']);
  const second = await signs();
  expect((await kept()).map(({ kid }) => kid)).toEqual([first, second]);
  await pass(server.url, 26 * hour);
  await keys.read();
  expect((await kept()).map(({ kid }) => kid)).toEqual([second, await signs()]);
});

test('where the key that signs was deleted, another does at once', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  const { keys, signs, kids } = replica(database);
  const stolen = await signs();
  await runSql(server.url, ['delete from signing_keys']);
  await keys.read();
  expect(await signs()).not.toBe(stolen);
  expect(await kids()).toEqual([await signs()]);
});

test('with a wrong secret nothing is signed, the reason is told once, and no key is made that only this replica could use', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  const right = replica(database);
  const first = await right.signs();
  const wrong = replica(database, { secrets: ['wrong'] });
  await wrong.keys.read();
  await wrong.keys.read();
  await expect(wrong.signs()).rejects.toMatchObject({ statusCode: 503, code: 'signing-unavailable', retryAfter: 10 });
  const reason = `SIGNING_KEY_SECRET does not decrypt the signing keys ${first}; allowed: the secret that encrypted them; fix: set that one`;
  expect(wrong.errors().map(({ body }) => body)).toEqual([expect.stringContaining(reason)]);
  await expect(wrong.keys.check()).rejects.toThrow(reason);
  expect(await wrong.kids()).toEqual([first]);

  await pass(server.url, 23 * hour + 60_000);
  await wrong.keys.read();
  expect(await wrong.kids()).toEqual([first]);
  await right.keys.read();
  expect(await right.kids()).toHaveLength(2);
  expect(right.errors()).toEqual([]);
});

test('the secret is changed without anybody noticing: the one before is kept until its keys have had their turn', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  const before = replica(database, { secrets: ['old'] });
  const between = replica(database, { secrets: ['new', 'old'] });
  const after = replica(database, { secrets: ['new'] });
  const first = await before.signs();
  expect(await between.signs()).toBe(first);
  await pass(server.url, 23 * hour + 60_000);
  await between.keys.read();
  await before.keys.read();
  // Pods of before, which the roll-out has not reached yet, sign until the new key's turn, and say what would become of them then.
  expect(await before.signs()).toBe(first);
  expect(before.errors()).toHaveLength(1);
  expect(between.errors()).toEqual([]);
  await pass(server.url, 2 * hour);
  await between.keys.read();
  expect(await between.signs()).not.toBe(first);
  expect(await after.signs()).toBe(await between.signs());
  expect(after.errors()).toEqual([]);
});

test('with a lost secret, deleting the rows makes a new key', async () => {
  await using server = await testDatabase();
  await using database = openDatabase(server.url, { migrations });
  await replica(database, { secrets: ['lost'] }).keys.read();
  const found = replica(database, { secrets: ['new'] });
  await expect(found.signs()).rejects.toMatchObject({ code: 'signing-unavailable' });
  await runSql(server.url, ['delete from signing_keys']);
  await found.keys.read();
  expect(await found.kids()).toEqual([await found.signs()]);
  await found.keys.check();
});
