import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { stepsOf } from '../stores/migrations.ts';
import { sql } from '../stores/sql.ts';
import { type BackupPlace, contentsOf, migrated, openBackupPlace, structureOf } from '../testing/backup-place.ts';
import { eventually } from '../testing/eventually.ts';
import { folderPlace, s3Place } from '../testing/object-store-places.ts';
import { openDatabase } from '../testing/opened-database.ts';
import { runSql, testDatabase } from '../testing/test-postgres.ts';
import { backupConnection } from './backup-connection.ts';
import { readHeader } from './read-dump.ts';
import { takeSnapshot } from './write-dump.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Every type that the services use and some more, circles of foreign keys, triggers, and rows that a migration itself brings. */
const migrations = [
  {
    name: '001-things',
    up: `
create type mood as enum ('good', 'it''s so-so');
create domain short as text check (length(value) < 100);
create table things (
  id bigint generated always as identity primary key,
  a_text text, "Odd ""Name" text, a_uuid uuid, an_int int, a_small smallint, a_big bigint, a_number numeric, a_real double precision,
  a_bool boolean, some_bytes bytea, a_time timestamptz, a_day date, a_while interval, a_jsonb jsonb, a_json json,
  words text[], numbers int[], a_mood mood, a_short short, an_address inet, a_range int4range,
  doubled int generated always as (an_int * 2) stored
);
create table people (id int primary key, best_friend int, lives_in int);
create table houses (id serial primary key, owner int references people (id) deferrable initially deferred);
alter table people add constraint people_lives_in_fkey foreign key (lives_in) references houses (id),
  add constraint people_best_friend_fkey foreign key (best_friend) references people (id);
create table kinds (name text primary key);
insert into kinds values ('made by the migration');
create table log (id smallserial primary key, what text);
create function note() returns trigger language plpgsql as $$ begin insert into log (what) values (new.id::text); return new; end $$;
create trigger note_people after insert on people for each row execute function note();
create trigger never after insert on houses for each row execute function note();
alter table houses disable trigger never;
create view good_things as select id from things where a_mood = 'good';
create sequence counted increment -5 maxvalue 100000000 minvalue -100000000 start 10;
create sequence round_and_round maxvalue 7 cycle;`,
  },
];

const odd = 'two lines\nand a tab\t, a back\\slash, \\., \\N, quotes \' " $$, ünïcödé 🐦 \u0001';

async function filled(url: string): Promise<void> {
  await migrated(url, migrations);
  await runSql(url, [
    `insert into things (a_text, "Odd ""Name", a_uuid, an_int, a_small, a_big, a_number, a_real, a_bool, some_bytes, a_time, a_day, a_while, a_jsonb, a_json,
      words, numbers, a_mood, a_short, an_address, a_range) values
      ($q$${odd}$q$, '', gen_random_uuid(), -5, 32767, 9223372036854775807, 123456789012345678901234567890.00100, 0.1 + 0.2::float8, true,
       decode('00ff5c2e0a', 'hex'), '2026-03-29 01:59:59.123456+00', '0044-03-15 BC', '1 mon -3 days 04:05:06.7', '{"a":[null,"\\u00e9"],"b":{}}', '{ "a" : 1 }',
       array['a,b', null, '', 'NULL', '{"}', '\\'], '{{1,2},{3,null}}', 'it''s so-so', 's', '10.0.0.1/8', '[1,5)'),
      (null, null, null, null, null, null, 'NaN', 'infinity', null, null, 'infinity', null, null, null, null, null, '{}', null, null, null, 'empty'),
      (E'\\\\.', E'\\\\.\\n', null, 1, 1, 1, 1, -0.0, false, '', '-infinity', null, null, 'null', 'null', '{}', null, 'good', '', null, null)`,
    'insert into houses (owner) values (null), (null)',
    'insert into people values (1, 1, 1), (2, 1, 2)',
    'update houses set owner = 3 - id',
    "insert into kinds values ('made by hand'); delete from kinds where name like '%migration'",
    "select nextval('counted'), nextval('counted'), nextval('round_and_round')",
    'update trellis_cursors set position = 7; insert into trellis_cursors values ($$accounts$$, 41)',
  ]);
}

/** A filled database with a backup of it. */
async function backedUp(place: BackupPlace, url: string) {
  await filled(url);
  const made = await place.backup(url, migrations);
  return { ...made, contents: await contentsOf(url), structure: await structureOf(url) };
}

async function inFolder(): Promise<BackupPlace> {
  const folder = await folderPlace();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  const place = await openBackupPlace(folder);
  onTestFinished(() => place[Symbol.asyncDispose]());
  return place;
}

/** What a backup is, and how it is put back with another one in its place. */
async function scriptOf({ store }: BackupPlace, key: string): Promise<Buffer> {
  const found = await store.get(key);
  if (!found) throw new Error(`no ${key}`);
  return gunzipSync(Buffer.concat(await found.content.toArray()));
}
async function put({ store }: BackupPlace, key: string, content: Buffer): Promise<void> {
  await store.put(key, Readable.from([content]), { type: 'application/gzip' });
}

describe.each([
  ['a folder', folderPlace],
  ['S3', s3Place],
])('in %s', (_, makePlace) => {
  test('all rows come back as they were, into a database with others and into an empty one', async () => {
    await using objects = await makePlace();
    await using place = await openBackupPlace(objects);
    await using database = await testDatabase();
    const { key, bytes, contents, structure } = await backedUp(place, database.url);
    expect(contents['things']).toHaveLength(3);
    expect(contents['trellis_cursors']).toEqual(['(accounts,41)']);
    expect((await place.store.head(key))?.bytes).toBe(bytes);

    await runSql(database.url, [
      'delete from people; delete from houses; truncate things',
      'alter table kinds add x int',
    ]);
    await place.restore(database.url, migrations, key);
    expect(await contentsOf(database.url)).toEqual(contents);
    expect(await structureOf(database.url)).toEqual(structure);

    await using empty = await testDatabase();
    const before = new Date();
    await place.restore(empty.url, migrations, key);
    expect(await contentsOf(empty.url)).toEqual(contents);
    expect(await structureOf(empty.url)).toEqual(structure);
    const [began] = await runSql<{ at: Date }>(empty.url, ['select min(applied_at) as at from trellis_migrations']);
    expect(began?.at.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  test('the newest are kept, the oldest go, and others in the store stay', async () => {
    await using objects = await makePlace();
    await using place = await openBackupPlace(objects);
    await using database = await testDatabase();
    await filled(database.url);
    await put(place, 'shop/sample/notes.txt', Buffer.from('mine'));
    await put(place, 'shop/sample-two/2020-01-01T00-00-00.000Z.sql.gz', Buffer.from('of another'));
    const made = [];
    for (let count = 0; count < 4; count++) made.push((await place.backup(database.url, migrations, { keep: 2 })).key);
    const keys = (await Array.fromAsync(place.store.list(''))).map((each) => each.key);
    expect(keys.toSorted()).toEqual(
      [...made.slice(-2), 'shop/sample/notes.txt', 'shop/sample-two/2020-01-01T00-00-00.000Z.sql.gz'].toSorted(),
    );
  });
});

test('psql alone loads it into an empty database', async ({ skip }) => {
  if ((await execa('psql', ['--version'], { reject: false })).failed) skip('there is no psql on PATH');
  const place = await inFolder();
  await using database = await testDatabase();
  const { key, contents, structure } = await backedUp(place, database.url);
  const folder = await mkdtemp(join(tmpdir(), 'dump-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'dump.sql');
  const script = await scriptOf(place, key);

  await using empty = await testDatabase();
  await writeFile(file, script.subarray(0, script.length - 2_000));
  await execa('psql', ['--no-psqlrc', '--quiet', `--file=${file}`, empty.url], { reject: false });
  expect(await contentsOf(empty.url), 'of half a dump nothing is loaded').toEqual({});

  await writeFile(file, script);
  const { stderr } = await execa('psql', ['--no-psqlrc', '--quiet', `--file=${file}`, empty.url]);
  expect(stderr).toBe('');
  expect(await contentsOf(empty.url)).toEqual(contents);
  expect(await structureOf(empty.url)).toEqual(structure);
  const [next] = await runSql<{ next: string }>(empty.url, ["select nextval('counted') as next"]);
  expect(next).toEqual({ next: '0' });
});

test('it is of one moment, however much is written meanwhile', async () => {
  const place = await inFolder();
  await using database = await testDatabase();
  const accounts = [
    { name: '001-accounts', up: 'create table accounts (id int primary key, a_first text, amount int not null)' },
    { name: '002-later', up: 'create table zz_moves (id bigint generated always as identity, amount int not null)' },
  ];
  await migrated(database.url, accounts);
  await runSql(database.url, [
    "insert into accounts select id, repeat('x', 1000), 0 from generate_series(1, 20000) id",
  ]);
  const writers = new AbortController();
  const writing = [1, 2, 3].map(async (account) => {
    let moved = 0;
    while (!writers.signal.aborted) {
      const insert = 'insert into zz_moves (amount) values (1)';
      await runSql(database.url, [
        `begin; update accounts set amount = amount + 1 where id = ${account}; ${insert}; commit`,
      ]);
      moved++;
    }
    return moved;
  });
  const { key } = await place.backup(database.url, accounts);
  writers.abort();
  const moved = (await Promise.all(writing)).reduce((sum, each) => sum + each, 0);
  await using restored = await testDatabase();
  await place.restore(restored.url, accounts, key);
  const [found] = await runSql<{ moves: number; amount: number }>(restored.url, [
    'select (select count(*)::int from zz_moves) as moves, (select sum(amount)::int from accounts) as amount',
  ]);
  expect(found?.moves).toBe(found?.amount);
  expect(found?.moves).toBeLessThan(moved);
});

describe('what shows a table as empty to a snapshot of before is waited for', () => {
  const before = [{ name: '001-notes', up: 'create table notes (id int primary key)' }];
  const after = [
    ...before,
    { name: '002-wider', up: 'alter table notes alter column id type bigint; select pg_sleep(1)' },
  ];
  const cases: [what: string, run: (url: string) => Promise<unknown>][] = [
    ['a migration that rewrites a table', (url) => migrated(url, after)],
    [
      'a truncation by hand',
      (url) =>
        runSql(url, [
          `begin; insert into trellis_migrations values ('002-wider', '${stepsOf({ service: 'sample', migrations: after })[1]?.checksum}');
           truncate notes; insert into notes select generate_series(1, 100); select pg_sleep(1); commit`,
        ]),
    ],
  ];
  test.each(cases)('%s', async (_, run) => {
    const place = await inFolder();
    await using database = await testDatabase();
    await migrated(database.url, before);
    await runSql(database.url, ['insert into notes select generate_series(1, 100)']);
    const running = run(database.url);
    await eventually(async () => {
      const [held] = await runSql<{ count: number }>(database.url, [
        "select count(*)::int from pg_locks where relation = 'notes'::regclass and mode = 'AccessExclusiveLock' and granted",
      ]);
      expect(held?.count).toBe(1);
    });
    const [{ key }] = await Promise.all([place.backup(database.url, after), running]);
    await using restored = await testDatabase();
    await place.restore(restored.url, after, key);
    expect(await runSql(restored.url, ['select count(*)::int from notes'])).toEqual([{ count: 100 }]);
  });
});

test('numbers that were given after the backup are never given again', async () => {
  const place = await inFolder();
  await using database = await testDatabase();
  const { key } = await backedUp(place, database.url);
  const next = async (url: string) => {
    const [row] = await runSql<Record<string, string>>(url, [
      `select nextval('things_id_seq') as things, nextval('houses_id_seq') as houses, nextval('log_id_seq') as log,
        nextval('counted') as counted, nextval('round_and_round') as round`,
    ]);
    return row;
  };
  await using empty = await testDatabase();
  await place.restore(empty.url, migrations, key);
  // A tenth of what is left of a short one; the other way round where it falls.
  expect(await next(empty.url)).toEqual({
    things: '1000004',
    houses: '1000003',
    log: '3279',
    counted: '-5000000',
    round: '2',
  });

  await runSql(database.url, ["select setval('things_id_seq', 5000000), setval('counted', -90000000)"]);
  await place.restore(database.url, migrations, key);
  expect(await next(database.url)).toMatchObject({ things: '5000001', counted: '-90000005', houses: '1000003' });
});

test('a backup of an older version is brought up to date', async () => {
  const place = await inFolder();
  await using database = await testDatabase();
  const { key, contents } = await backedUp(place, database.url);
  const later = [...migrations, { name: '002-more', up: "alter table kinds add column more text default 'new'" }];
  await migrated(database.url, later);
  await runSql(database.url, ['truncate kinds']);
  await place.restore(database.url, later, key);
  const found = await contentsOf(database.url);
  expect(found['kinds']).toEqual(['("made by hand",new)']);
  expect(found['trellis_migrations']).toHaveLength((contents['trellis_migrations']?.length ?? 0) + 1);
  // The next start has nothing to do.
  await migrated(database.url, later);
});

describe('refused before anything is touched, or with nothing changed', () => {
  type Break = (script: Buffer) => Buffer;
  const text =
    (from: string | RegExp, to: string): Break =>
    (script) =>
      gzipSync(Buffer.from(script.toString('latin1').replace(from, to), 'latin1'));
  const cases: [what: string, brk: Break, message: RegExp][] = [
    ['cut off', (script) => gzipSync(script).subarray(0, -900), /damaged: it is cut off/],
    [
      'cut off at a line',
      (script) => gzipSync(script.subarray(0, script.lastIndexOf('\n-- trellis-end') + 1)),
      /damaged: it ends before its last line/,
    ],
    [
      'cut off within rows',
      (script) => gzipSync(script.subarray(0, script.indexOf('ünï'))),
      /damaged: it ends within its rows/,
    ],
    ['with a changed row', text('so-so', 'so-sO'), /damaged: its checksum/],
    [
      'with something behind it',
      (script) => gzipSync(Buffer.concat([script, Buffer.from('drop table x;\n')])),
      /damaged: something follows/,
    ],
    [
      'no backup',
      () => gzipSync(Buffer.from('select 1;\n')),
      /damaged: a line that does not begin with -- trellis-backup/,
    ],
    ['not even compressed', () => Buffer.from('select 1;\n'), /damaged: it is cut off, or is no gzip/],
    ['of another service', text('"service":"sample"', '"service":"orders"'), /is of orders; allowed: one of sample/],
    [
      'of a later version',
      text('"migrations":[', '"migrations":[{"name":"009-later","checksum":"0"},'),
      /009-later, which this version/,
    ],
    ['of changed migrations', text(/("name":"001-things","checksum":")\w/, '$1x'), /001-things with another text/],
    ['of a later format', text('"format":1', '"format":2'), /format 2; allowed: 1/],
  ];
  test.each(cases)('%s', async (_, brk, message) => {
    const place = await inFolder();
    await using database = await testDatabase();
    const { key, contents, structure } = await backedUp(place, database.url);
    await put(place, key, brk(await scriptOf(place, key)));
    await expect(place.restore(database.url, migrations, key)).rejects.toThrow(message);
    expect(await contentsOf(database.url)).toEqual(contents);
    expect(await structureOf(database.url)).toEqual(structure);
  });

  test('one that is not there: those that are are named', async () => {
    const place = await inFolder();
    await using database = await testDatabase();
    const { key } = await backedUp(place, database.url);
    await expect(place.restore(database.url, migrations, 'shop/sample/other.sql.gz')).rejects.toThrow(
      `there is no backup shop/sample/other.sql.gz; allowed: ${key}; fix: name one of these`,
    );
  });

  test.each([
    [
      'a backup',
      'sample-backup',
      /: sample-backup, since \d{4}-.*Z; allowed: .* delete the Job of the backup, sample-backup-\.\.\./,
    ],
    ['somebody', 'psql', /: by a long transaction; allowed/],
  ])('while %s is at the tables for longer than it waits', async (_, name, message) => {
    const place = await inFolder();
    await using database = await testDatabase();
    const { key, contents } = await backedUp(place, database.url);
    await using other = await backupConnection(database.url, name, place.log);
    await takeSnapshot(other.client, 'sample');
    const patience = { lock: 50, retries: 1 };
    await expect(place.restore(database.url, migrations, key, { patience })).rejects.toThrow(message);
    await other.client.query('rollback');
    expect(await contentsOf(database.url)).toEqual(contents);
  });

  test('a restore that fails half-way leaves the data as they were', async () => {
    const place = await inFolder();
    await using database = await testDatabase();
    const { key, contents, structure } = await backedUp(place, database.url);
    const later = [...migrations, { name: '002-wrong', up: 'alter table nowhere add column more text' }];
    await expect(place.restore(database.url, later, key)).rejects.toThrow('relation "nowhere" does not exist');
    expect(await contentsOf(database.url)).toEqual(contents);
    expect(await structureOf(database.url)).toEqual(structure);
  });
});

describe('no backup is made', () => {
  const cases: [what: string, sql: string, message: RegExp][] = [
    [
      'of a database that is ahead of the code',
      "insert into trellis_migrations values ('009-later', '0')",
      /the database has the migrations 009-later/,
    ],
    [
      'of one whose migrations are others',
      "update trellis_migrations set checksum = '0' where name like '001%'",
      /001-things with another text/,
    ],
    ['of one that lost its tables', 'drop table trellis_migrations', /no tables of sample: it was never migrated/],
    [
      'of a materialized view',
      'create materialized view m as select 1 as one',
      /the materialized view m; allowed: plain tables/,
    ],
    ['of a partitioned table', 'create table parts (id int) partition by range (id)', /the partitioned table parts/],
    ['of a table that inherits', 'create table child () inherits (kinds)', /the table child, which inherits/],
    ['of another schema', 'create schema other; create table other.t (id int)', /the table of another schema other\.t/],
    ['of large objects', 'select lo_create(0)', /large objects/],
  ];
  test.each(cases)('%s, and the old ones stay', async (_, statement, message) => {
    const place = await inFolder();
    await using database = await testDatabase();
    const { key } = await backedUp(place, database.url);
    await runSql(database.url, [statement]);
    await expect(place.backup(database.url, migrations, { keep: 1 })).rejects.toThrow(message);
    expect((await Array.fromAsync(place.store.list(''))).map((each) => each.key)).toEqual([key]);
  });
});

test('a database that is newer than its backups pushes out none of them, and its own say so', async () => {
  const place = await inFolder();
  const newSince = async (key: string) => {
    const found = await place.store.get(key);
    return found && (await readHeader(found.content)).newSince;
  };
  await using database = await testDatabase();
  const { key } = await backedUp(place, database.url);
  expect(await newSince(key)).toBeUndefined();
  await using other = await testDatabase();
  await filled(other.url);
  const [born] = await runSql<{ at: Date }>(other.url, ['select min(applied_at) as at from trellis_migrations']);
  const own = [];
  for (let day = 0; day < 3; day++) own.push((await place.backup(other.url, migrations, { keep: 1 })).key);
  expect((await Array.fromAsync(place.store.list(''))).map((each) => each.key)).toEqual([key, own[2]]);
  expect(await newSince(own[2] ?? '')).toBe(born?.at.toISOString());

  // Even of itself: whoever restores has seen what there is.
  await place.restore(other.url, migrations, own[2] ?? '');
  const { key: next } = await place.backup(other.url, migrations, { keep: 1 });
  expect(await newSince(next)).toBeUndefined();
  expect((await Array.fromAsync(place.store.list(''))).map((each) => each.key)).toEqual([next]);
});

test('a service that is in use sees the old data or the new, and needs no restart', async () => {
  const place = await inFolder();
  await using database = await testDatabase();
  const notes = [
    {
      name: '001-notes',
      up: `create sequence notes_seq; create function next_note() returns bigint language plpgsql as $$ begin
        perform pg_advisory_xact_lock('notes_seq'::regclass::oid::int, 0); return nextval('notes_seq'); end $$;
        create table notes (id bigint primary key default next_note(), text text not null)`,
    },
  ];
  await migrated(database.url, notes);
  await runSql(database.url, ["insert into notes (text) select 'old' from generate_series(1, 20000)"]);
  const { key } = await place.backup(database.url, notes);
  await runSql(database.url, ["insert into notes (text) select 'new' from generate_series(1, 10)"]);

  await using service = openDatabase(database.url, { migrations: [], statementTimeout: 10_000 });
  await service.migrated;
  const count = sql('count', 'select count(*)::int as count from notes');
  const add = sql('add', "insert into notes (text) values ('under load') returning id::int as id");
  const over = new AbortController();
  const failures: string[] = [];
  const ids: number[] = [];
  let asked = 0;
  const load = [1, 2, 3, 4].map(async () => {
    while (!over.signal.aborted) {
      asked++;
      try {
        const [found] = (await service.all(count)) as { count: number }[];
        expect(found?.count).toBeGreaterThanOrEqual(20_000);
        ids.push(...(await service.transaction((tx) => tx.all(add) as Promise<{ id: number }[]>)).map(({ id }) => id));
      } catch (error) {
        failures.push(String(error));
      }
    }
  });
  await eventually(() => expect(asked).toBeGreaterThan(20));
  for (let turn = 0; turn < 3; turn++) await place.restore(database.url, notes, key);
  const after = asked;
  await eventually(() => expect(asked).toBeGreaterThan(after + 20));
  over.abort();
  await Promise.all(load);
  expect(failures).toEqual([]);
  expect(new Set(ids).size, 'no id is given twice').toBe(ids.length);
  expect(place.lines.of('restored')).toHaveLength(3);
});
