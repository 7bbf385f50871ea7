import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../apps/kit/testing/eventually.ts';
import type { StoreServersAnswer, StoreServersRequest } from './dev-store-servers.ts';
import { freePorts } from './free-ports.ts';
import { isOnPath } from './is-on-path.ts';
import { root } from './repository.ts';
import { runningPostgres } from './running-postgres.ts';

/** Milliseconds for a Postgres to be made, on a machine that has other work. */
const slow = 60_000;

let folder = '';
let temporary = '';
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dev-store-servers-'));
  temporary = await mkdtemp(join(tmpdir(), 'dev-store-servers-temporary-'));
  // As root Postgres is another user, who must get in too.
  await chmod(folder, 0o755);
});
afterAll(async () => {
  // Without their parent the servers end too, in order.
  await Promise.all(children.filter(({ connected }) => connected).map(endOf));
  for (const each of [folder, temporary]) await rm(each, { recursive: true, force: true, maxRetries: 10 });
});

async function startServers(request: Partial<StoreServersRequest> = {}, env: Record<string, string> = {}) {
  const [port = 0] = await freePorts(1);
  const child = fork(join(root, 'src/tools/dev-store-servers.ts'), {
    env: { ...process.env, TMPDIR: temporary, ...env },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  children.push(child);
  child.send({ folder, postgres: { port, password: 'secret' }, ...request } satisfies StoreServersRequest);
  const answer = once(child, 'message') as Promise<[StoreServersAnswer]>;
  // Not every test waits for it.
  answer.catch(() => {});
  return { child, answer: answer.then(([message]) => message) };
}

/** Ends it as the end of its parent does. */
async function endOf(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.disconnect();
  await ended;
}

const halves = async () => (await readdir(folder)).filter((name) => name.startsWith('postgres.new-'));
const data = () => join(folder, 'postgres');

test('a first start that is killed leaves no half of a database', { timeout: 2 * slow }, async () => {
  const { child } = await startServers();
  await eventually(async () => expect(await halves()).toHaveLength(1), { timeout: slow, interval: 5 });
  child.kill('SIGKILL');
  expect(await readdir(folder)).not.toContain('postgres');

  // One that is told to end while it makes the database leaves it whole, and nothing else.
  const next = await startServers();
  await eventually(async () => expect(await halves()).toHaveLength(1), { timeout: slow, interval: 5 });
  await endOf(next.child);
  expect((await readdir(folder)).filter((name) => !name.startsWith('postgres.new-'))).toEqual(['postgres']);
  expect(await readdir(data())).not.toContain('postmaster.pid');
  expect(await readdir(temporary)).toEqual([]);
});

test('a Postgres that crashed is no hindrance, even if another program has its number by now', {
  timeout: slow,
}, async () => {
  // Of the user that Postgres runs as: it takes no other for one of its own.
  const asPostgres = process.getuid?.() === 0 ? { uid: Number(execFileSync('id', ['-u', 'postgres'])) } : {};
  const stranger = spawn('sleep', ['300'], asPostgres);
  try {
    await writeFile(join(data(), 'postmaster.pid'), `${stranger.pid}\n${data()}\n1\n5432\n\n127.0.0.1\n`);
    expect(await runningPostgres(data())).toBeUndefined();
    const { child, answer } = await startServers();
    expect(await answer).toEqual({ ready: true });
    const pid = await runningPostgres(data());
    expect(pid).toBe(Number.parseInt(await readFile(join(data(), 'postmaster.pid'), 'utf8'), 10));
    // Of another Postgres it says nothing.
    await writeFile(join(temporary, 'postmaster.pid'), `${pid}\n`);
    expect(await runningPostgres(temporary)).toBeUndefined();

    // A second one opens nothing of the first's, also none of its keys.
    const [port = 0] = await freePorts(1);
    const second = await startServers({ redis: { port, password: 'secret' } });
    expect(await second.answer).toEqual({
      error: `Postgres: the data in ${folder} are in use by process ${pid}; allowed: data that no other npm run dev uses; fix: end the other one, or that process (kill -INT ${pid}), or run beside it with a TRELLIS_DATA and a PORT of your own`,
    });
    await endOf(second.child);
    expect(await readdir(folder)).not.toContain('redis');
    expect(await runningPostgres(data())).toBe(pid);
    await endOf(child);
    expect(await runningPostgres(data())).toBeUndefined();
  } finally {
    stranger.kill();
  }
});

/** A folder with data that no Postgres can read. */
async function brokenFolder(): Promise<string> {
  const broken = await mkdtemp(join(tmpdir(), 'dev-store-servers-broken-'));
  onTestFinished(() => rm(broken, { recursive: true }));
  await chmod(broken, 0o755);
  await mkdir(join(broken, 'postgres'));
  await writeFile(join(broken, 'postgres/PG_VERSION'), 'none');
  return broken;
}

test('a Postgres that ends as it starts is told with its last words', { timeout: slow }, async () => {
  const { child, answer } = await startServers({ folder: await brokenFolder() });
  expect(await answer).toEqual({
    error: expect.stringMatching(
      /^Postgres does not start; fix: read its last words, or clear the data with --reset:\n./,
    ),
  });
  await endOf(child);
});

test('a Postgres that cannot be run is told with the reason, and without --reset', { timeout: slow }, async ({
  skip,
}) => {
  if (process.getuid?.() !== 0) skip('only root runs Postgres as another user; fix: run this test as root');
  // It does not find out which user that is.
  const { child, answer } = await startServers({ folder: await brokenFolder() }, { PATH: '' });
  expect(await answer).toEqual({
    error: expect.stringMatching(/^Postgres does not start: Postgres cannot run as a root user(?!.*--reset)/s),
  });
  await endOf(child);
});

test('where a Redis does not become ready, nothing stays behind', { timeout: slow }, async ({ skip }) => {
  // In CI it must be there.
  if (!isOnPath('redis-server') && !process.env['CI'])
    skip('no redis-server on PATH; fix: install Redis, such as by apt-get install redis-server');
  const { child, answer } = await startServers({ redis: { port: 70_000, password: 'secret' } });
  expect(await answer).toEqual({ error: expect.stringMatching(/^redis-server ended with 1; its last words:\n/) });
  await endOf(child);
  expect(await runningPostgres(data())).toBeUndefined();
});
