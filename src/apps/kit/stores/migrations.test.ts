import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { DeclarationError } from '../../../model/index.ts';
import { eventually } from '../testing/eventually.ts';
import { openDatabase } from '../testing/opened-database.ts';
import { nowhere } from '../testing/stub-server.ts';
import { runSql, startPostgres, testDatabase } from '../testing/test-postgres.ts';
import type { Migration } from './migrations.ts';
import { sql } from './sql.ts';

const first: Migration = { name: '001-notes', up: 'create table notes (id int primary key)' };
const second: Migration = {
  name: '002-text',
  up: 'alter table notes add column text text; insert into notes values (1)',
};
const third: Migration = { name: '003-more', up: 'insert into notes values (2)' };

const count = sql('count', 'select count(*)::int as count from notes');
const signal = () => AbortSignal.timeout(5_000);
const appliedIn = async (url: string) =>
  (await runSql(url, ['select name from trellis_migrations order by applied_at'])).map(({ name }) => name);
/** Brings a database to where these steps lead. */
const migrateTo = async (url: string, migrations: readonly Migration[]) => {
  await using db = openDatabase(url, { migrations });
  await db.migrated;
};
/** Someone who holds what `statement` takes until the end of the scope. */
const holder = async (url: string, statement: string) => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`begin; ${statement}`);
  const release = () => client.end();
  return { release, [Symbol.asyncDispose]: release };
};

/** A step that waits for as long as a test holds what it needs. */
const gate = 'select pg_advisory_xact_lock(7)';
const isAtGate = (url: string) =>
  eventually(async () => {
    const waiting = `select 1 from pg_stat_activity where query like '%${gate}' and wait_event = 'advisory' and datname = current_database()`;
    expect(await runSql(url, [waiting])).toHaveLength(1);
  });

test('8 replicas at once apply each step once, and all serve', async () => {
  await using server = await testDatabase();
  const slow = { name: '001-notes', up: `${first.up}; select pg_sleep(0.3)` };
  const replicas = Array.from({ length: 8 }, () =>
    openDatabase(server.url, { migrations: [slow, second], connections: 1 }),
  );
  await using stack = new AsyncDisposableStack();
  for (const replica of replicas) stack.use(replica);
  expect(await Promise.all(replicas.map((replica) => replica.one(count)))).toEqual(
    Array.from({ length: 8 }, () => ({ count: 1 })),
  );
  await Promise.all(replicas.map((replica) => replica.check(signal())));
  expect(replicas.flatMap(({ lines }) => lines.of('migration applied')).map((line) => line['migration'])).toEqual([
    '001-notes',
    '002-text',
  ]);
  expect(await appliedIn(server.url)).toEqual(['001-notes', '002-text']);
  expect(replicas.flatMap(({ lines }) => lines.of('database not migrated yet'))).toEqual([]);
});

test('queries wait for it', async () => {
  await using server = await testDatabase();
  const slow = { name: '001-notes', up: `${first.up}; select pg_sleep(1)` };
  await using db = openDatabase(server.url, { migrations: [slow] });
  await expect(db.check(signal())).rejects.toThrow('the tables are not up to date yet');
  expect(await db.transaction((tx) => tx.one(count))).toEqual({ count: 0 });
  await db.check(signal());
});

test('queries wait no longer than their time to connect', async () => {
  await using server = await testDatabase();
  await using held = await holder(server.adminUrl, gate);
  const slow = { name: '001-notes', up: `${first.up}; ${gate}` };
  await using db = openDatabase(server.url, { migrations: [slow], connectTimeout: 200, statementTimeout: 200 });
  await expect(db.one(count)).rejects.toMatchObject({ statusCode: 503, code: 'database-unavailable', retryAfter: 2 });
  // A statement of a migration may take longer than one of a request.
  await isAtGate(server.adminUrl);
  await sleep(300);
  await held.release();
  await db.migrated;
  expect(await db.one(count)).toEqual({ count: 0 });
});

describe('what was applied before', () => {
  test('and is a later version of the service is left alone, even while that version migrates on', async () => {
    await using server = await testDatabase();
    await migrateTo(server.url, [first, second, third]);
    await using held = await holder(server.adminUrl, gate);
    const migrating = migrateTo(server.url, [first, second, third, { name: '004-slow', up: gate }]);
    await isAtGate(server.adminUrl);
    await using db = openDatabase(server.url, { migrations: [first, second] });
    expect(await db.one(count)).toEqual({ count: 2 });
    await db.check(signal());
    expect(db.lines.of('database: migration 003-more was applied by a later version')).toMatchObject([
      { severity_text: 'INFO' },
    ]);
    await held.release();
    await migrating;
  });

  test.each<[what: string, applied: Migration[], now: Migration[], message: string]>([
    [
      'with another text',
      [first, second],
      [first, { ...second, up: 'alter table notes add column words text' }],
      "migration 002-text was changed after it was applied; fix: restore its text, and write a new migration; on a machine of one's own: npm run dev -- --reset, which clears all data",
    ],
    [
      'and is missing between others',
      [first, second, third],
      [first, third],
      "migration 002-text was applied but is not in the list, which has later ones; fix: put it back; on a machine of one's own: npm run dev -- --reset, which clears all data",
    ],
    [
      'and comes after one that is new',
      [first, third],
      [first, second, third],
      'migration 002-text is new but comes before 003-more, which is applied; fix: give it a higher number',
    ],
  ])('%s is an error that says what to do', async (_, applied, now, message) => {
    await using server = await testDatabase();
    await migrateTo(server.url, applied);
    await using db = openDatabase(server.url, { migrations: now });
    await expect(db.migrated).rejects.toThrow(message);
    await expect(db.check(signal())).rejects.toThrow(message);
    await expect(db.one(count)).rejects.toMatchObject({ statusCode: 503, code: 'database-unavailable' });
    expect(db.lines.of(`database: ${message}`)).toMatchObject([{ severity_text: 'ERROR' }]);
  });
});

test('a step that fails leaves nothing behind, and says so without a value', async () => {
  await using server = await testDatabase();
  await migrateTo(server.url, [first]);
  await runSql(server.url, ['alter table notes add column old text', "insert into notes values (7, 'secret-text')"]);
  const broken = {
    name: '002-broken',
    up: 'create table more (id int); alter table notes alter column old type int using old::int',
  };
  await using db = openDatabase(server.url, { migrations: [first, broken] });
  await expect(db.migrated).rejects.toThrow(
    'migration 002-broken failed: statement 002-broken failed: a value does not fit (22P02); nothing of it was applied; fix: correct it, or the data that it meets, and deploy again',
  );
  expect(db.lines.text).not.toContain('secret-text');
  expect(await runSql(server.url, ["select to_regclass('more') as more"])).toEqual([{ more: null }]);
  expect(await appliedIn(server.url)).toEqual(['001-notes']);
});

test('a step and the record of it are one', async () => {
  await using server = await testDatabase();
  const unrecorded = { name: '001-odd', up: 'create table more (id int); drop table trellis_migrations' };
  await using db = openDatabase(server.url, { migrations: [unrecorded] });
  await expect(db.migrated).rejects.toThrow('relation "trellis_migrations" does not exist (42P01)');
  expect(await runSql(server.url, ["select to_regclass('more') as more"])).toEqual([{ more: null }]);
  expect(await appliedIn(server.url)).toEqual([]);
});

test('a mistake in the text of a step is told with its line', async () => {
  await using server = await testDatabase();
  // What a server counts as one character is two in JavaScript.
  const broken = {
    name: '001-broken',
    up: `\n-- ${'🐦'.repeat(40)}\ncreate table notes (id int);\ncreate table more (id itn);\n`,
  };
  await using db = openDatabase(server.url, { migrations: [broken] });
  await expect(db.migrated).rejects.toThrow(
    'migration 001-broken failed in line 4: statement 001-broken failed: type "itn" does not exist (42704); nothing of it was applied',
  );
});

test('mistakes in the list itself are told at once, all of them, as those of a declaration', () => {
  const named = (name: string) => ({ name, up: 'select 1' });
  const url = 'postgres://user:password@127.0.0.1:1/none';
  const open = () => openDatabase(url, { migrations: ['002-b', '001-a', '001-a', 'later'].map(named) });
  expect(open).toThrow(DeclarationError);
  expect(open).toThrow(
    [
      '3 mistakes in the declaration',
      '  sample.migrations: got "001-a"; allowed: a name that comes after 002-b, which stands before it; fix: sort them, or give it a higher number',
      '  sample.migrations: got "001-a"; allowed: a name that comes after 001-a, which stands before it; fix: sort them, or give it a higher number',
      '  sample.migrations: got "later"; allowed: three digits and words, such as 001-accounts; fix: rename it',
    ].join('\n'),
  );
});

test('waits for a database that is not there yet', async () => {
  await using server = await startPostgres();
  await using database = await testDatabase(server.url);
  await server.stop();
  await using db = openDatabase(database.url, { migrations: [first] });
  await eventually(() => expect(db.lines.of('database not migrated yet').length).toBeGreaterThan(1));
  expect(db.lines.of('database not migrated yet')[0]).toMatchObject({ severity_text: 'WARN', attempt: 1 });
  await server.start();
  await db.migrated;
  expect(await db.one(count)).toEqual({ count: 0 });
});

test('gives way to whoever uses a table, and to those behind it, and tries again', async () => {
  await using server = await testDatabase();
  await migrateTo(server.url, [first]);
  await using reader = await holder(server.url, 'select * from notes');
  const change = { name: '002-text', up: 'alter table notes add column text text' };
  await using db = openDatabase(server.url, { migrations: [first, change] });
  await eventually(async () => {
    const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    expect(await runSql(server.adminUrl, [waiting])).toHaveLength(1);
  });
  const startedAt = performance.now();
  expect(await runSql(server.url, ['select count(*)::int as count from notes'])).toEqual([{ count: 0 }]);
  // Else it would wait as long as the reader reads.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
  await eventually(() =>
    expect(db.lines.of('database not migrated yet')[0]).toMatchObject({ reason: expect.stringContaining('55P03') }),
  );
  await reader.release();
  await db.migrated;
  expect(await appliedIn(server.url)).toEqual(['001-notes', '002-text']);
});

test('goes on elsewhere when the replica that migrates dies', async () => {
  await using server = await testDatabase();
  const slow = { name: '001-notes', up: `${first.up}; select pg_sleep(2)` };
  await using one = openDatabase(server.url, { migrations: [slow] });
  await using other = openDatabase(server.url, { migrations: [slow] });
  const inStep = "query like '%create table notes%' and pid <> pg_backend_pid() and datname = current_database()";
  const killThose = `select pg_terminate_backend(pid) from pg_stat_activity where ${inStep}`;
  await eventually(async () => expect(await runSql(server.adminUrl, [killThose])).toHaveLength(1));
  await Promise.all([one.migrated, other.migrated]);
  expect([one, other].flatMap(({ lines }) => lines.of('migration applied'))).toHaveLength(1);
  expect([one, other].flatMap(({ lines }) => lines.of('database not migrated yet'))).toMatchObject([
    { reason: expect.stringContaining('57P01') },
  ]);
});

test('ends with the database', async () => {
  await using server = await testDatabase();
  const db = openDatabase(server.url, { migrations: [{ name: '001-slow', up: 'select pg_sleep(60)' }] });
  await sleep(200);
  const startedAt = performance.now();
  await db.close();
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  await expect(db.migrated).rejects.toThrow('the database is closed');
  const away = openDatabase(`${(await nowhere()).replace('http', 'postgres')}/none`);
  await away.close();
  await expect(away.check(signal())).rejects.toThrow('the database is closed');
});

test('ends with a database that it is just connecting to', async () => {
  await using server = await testDatabase();
  for (const milliseconds of [0, 0, 1, 1, 2, 3]) {
    const db = openDatabase(server.url, { migrations: [first] });
    await sleep(milliseconds);
    await db.close();
    await expect(db.migrated).rejects.toThrow('the database is closed');
  }
});
