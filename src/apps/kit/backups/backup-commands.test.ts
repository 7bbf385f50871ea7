import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { migrated, openBackupPlace } from '../testing/backup-place.ts';
import { startChild } from '../testing/child.ts';
import { folderPlace } from '../testing/object-store-places.ts';
import { runSql, testDatabase } from '../testing/test-postgres.ts';

vi.setConfig({ testTimeout: 120_000 });

const migrations = [{ name: '001-notes', up: 'create table notes (id int, text text)' }];

async function world() {
  const database = await testDatabase();
  onTestFinished(() => database[Symbol.asyncDispose]());
  const place = await folderPlace();
  onTestFinished(() => place[Symbol.asyncDispose]());
  await migrated(database.url, migrations, 'notes');
  const env = { DATABASE_URL: database.url, BACKUPS_URL: place.url, BACKUPS_FOLDER: 'shop/notes', BACKUPS_KEEP: '2' };
  /** Runs the process to its end. @returns also the most memory that it had, in MiB; 0 where nobody can tell */
  const run = async (args: readonly string[], more: Record<string, string> = {}) => {
    await using child = startChild('kit/testing/database-main.ts', { ...env, ...more }, args);
    let most = 0;
    const timer = setInterval(async () => {
      const status = await readFile(`/proc/${child.process.pid}/status`, 'utf8').catch(() => '');
      most = Math.max(most, Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0) / 1_024);
    }, 10);
    const code = await child.exited;
    clearInterval(timer);
    return { code, most, lines: child.stdout, errors: child.stderr.text };
  };
  return { database, place, run };
}

test('the process of the service backs up, lists and restores, and needs no other variable', async () => {
  const { database, run } = await world();
  await runSql(database.url, ["insert into notes values (1, 'kept')"]);
  const made = await run(['backup']);
  expect([made.code, made.errors]).toEqual([0, '']);
  expect(made.lines.of('backed up')).toMatchObject([{ 'service.name': 'notes', rows: 3 }]);
  const listed = (await run(['backups'])).lines.of('a backup');
  expect(listed).toMatchObject([{ key: expect.stringMatching(/^shop\/notes\/[\dT.-]+Z\.sql\.gz$/) }]);
  await runSql(database.url, ['truncate notes']);
  const restored = await run(['restore', String(listed[0]?.['key'])]);
  expect([restored.code, restored.errors]).toEqual([0, '']);
  expect(await runSql(database.url, ['select * from notes'])).toEqual([{ id: 1, text: 'kept' }]);
});

test('the list says which backups are of a database that was new then, and which cannot be read', async () => {
  const { database, place, run } = await world();
  await run(['backup']);
  // As if it was made today.
  await runSql(database.url, ['update trellis_migrations set applied_at = now()']);
  await run(['backup']);
  await using objects = await openBackupPlace(place);
  const key = 'shop/notes/2020-01-01T00-00-00.000Z.sql.gz';
  await objects.store.put(key, Readable.from([Buffer.from('damaged')]), { type: 'application/gzip' });
  const { code, lines } = await run(['backups']);
  expect(code).toBe(0);
  const [born] = await runSql<{ at: Date }>(database.url, ['select min(applied_at) as at from trellis_migrations']);
  expect(lines.of('a backup').map(({ newSince }) => newSince)).toEqual([undefined, undefined, born?.at.toISOString()]);
  expect(lines.of('a backup that cannot be read')).toMatchObject([{ key, reason: expect.stringMatching(/damaged/) }]);
});

test('what a person has to mend is told in one line, without a stack or a secret', async () => {
  const { database, run } = await world();
  const strangers = new URL(database.url);
  strangers.password = 'secret-word';
  strangers.pathname = '/nowhere';
  const cases: [args: string[], env: Record<string, string>, code: number, message: string | RegExp][] = [
    [
      ['dump'],
      {},
      1,
      'the arguments are dump; allowed: none, to serve, or backup | backups | restore KEY; fix: give one of these',
    ],
    [['restore'], {}, 1, /^the arguments are restore; allowed/],
    [['restore', 'shop/notes/x.sql.gz'], {}, 1, /^there is no backup shop\/notes\/x.sql.gz; allowed: none, as nothing/],
    [['backup'], { BACKUPS_URL: '' }, 78, /^BACKUPS_URL: got nothing/],
    [['backup'], { DATABASE_URL: `${strangers}` }, 1, /^the database failed: /],
  ];
  for (const [args, env, code, message] of cases) {
    const found = await run(args, env);
    const [last] = found.lines.all().slice(-1);
    expect([found.code, found.errors]).toEqual([code, '']);
    expect(last).toMatchObject({
      severity_text: 'FATAL',
      body: message instanceof RegExp ? expect.stringMatching(message) : message,
    });
    expect(JSON.stringify(found.lines.all())).not.toContain('secret-word');
    expect(last).not.toHaveProperty(['exception.stacktrace']);
  }
});

test('300 MB pass through the memory that the Job has', async ({ skip }) => {
  if (!existsSync('/proc/self/status')) skip('only Linux tells how much memory a process had');
  const { database, run } = await world();
  await runSql(database.url, ["insert into notes select id, repeat('x', 100000) from generate_series(1, 3000) id"]);
  const made = await run(['backup']);
  expect(made.code).toBe(0);
  const restored = await run(['restore', String(made.lines.of('backed up')[0]?.['key'])]);
  expect(restored.code).toBe(0);
  expect(await runSql(database.url, ['select count(*)::int from notes'])).toEqual([{ count: 3_000 }]);
  console.info(
    `300 MB: at most ${Math.round(made.most)} MiB for the backup, ${Math.round(restored.most)} MiB for the restore`,
  );
  for (const { most } of [made, restored]) {
    expect(most).toBeGreaterThan(20);
    expect(most).toBeLessThan(320);
  }
});
