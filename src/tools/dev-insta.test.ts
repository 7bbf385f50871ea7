import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Caller, createCaller } from '../../test/insta/caller.ts';
import { seen, tour, type Visit } from '../../test/insta/tour.ts';
import insta from '../systems/insta.ts';
import { startDevStores } from './dev-stores.ts';
import { root } from './repository.ts';

/** A start with six processes, on a machine that has other work. */
const start = 60_000;

let folder = '';
const running: { kill(): Promise<unknown> }[] = [];

/** As root Postgres is another user, who must get in too. */
async function openFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'dev-insta-'));
  await chmod(made, 0o755);
  return made;
}

beforeAll(async () => {
  folder = await openFolder();
});
afterAll(async () => {
  await Promise.all(running.map((each) => each.kill()));
  await rm(folder, { recursive: true, force: true });
});

function spawnDev(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return execa(process.execPath, ['src/tools/dev.ts', ...args], {
    cwd: root,
    env: { PORT: '0', LOG_LEVEL: 'warn', TRELLIS_DATA: folder, ...env },
    reject: false,
    all: true,
  });
}

/** Insta by `npm run dev`, once it is ready. */
async function startInsta(args: readonly string[] = [], env?: Readonly<Record<string, string>>) {
  const dev = spawnDev(args, env);
  let output = '';
  dev.all.on('data', (data) => {
    output += data;
  });
  let hasEnded = false;
  void dev.then(() => {
    hasEnded = true;
  });
  const end = async (signal: NodeJS.Signals) => {
    // Not its own kill, which would not wait for the drain.
    if (!hasEnded) process.kill(Number(dev.pid), signal);
    return dev;
  };
  running.push({ kill: () => end('SIGKILL').catch(() => {}) });
  await vi.waitFor(
    () => {
      if (!hasEnded) expect(output).toMatch(/^ready /m);
    },
    { timeout: start, interval: 100 },
  );
  expect(output).toMatch(/^ready /m);
  const url = /^ready (\S+)$/m.exec(output)?.[1] ?? '';
  return { url, end, output: () => output };
}

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const postgresPid = async () =>
  Number.parseInt(await readFile(join(folder, 'insta/postgres/postmaster.pid'), 'utf8'), 10);

describe('insta on this machine, from an empty folder', () => {
  let visit: Visit;
  let caller: Caller;

  test('can be used at once, and says where everything is', { timeout: 2 * start }, async () => {
    const dev = await startInsta();
    caller = createCaller({ url: dev.url });
    visit = await tour(caller);
    for (const { name } of insta.services) {
      const [, document = ''] =
        new RegExp(`^ {2}${name} +(http://127.0.0.1:\\d+/openapi.json)$`, 'm').exec(dev.output()) ?? [];
      expect(await (await fetch(document)).json()).toMatchObject({ info: { title: name } });
    }
    expect(dev.output()).toContain(`data in ${folder}/insta (Postgres, `);
    expect((await fetch(`${dev.url}/internal/deleted-accounts`)).status).toBe(404);
    expect((await stat(join(folder, 'insta/secrets.json'))).mode & 0o777).toBe(0o600);

    const another = await spawnDev([]);
    expect([another.exitCode, another.all]).toEqual([
      1,
      expect.stringMatching(/^Postgres: the data in \S+ are in use by process \d+; .*$/m),
    ]);
    const cleared = await spawnDev(['--reset']);
    expect([cleared.exitCode, cleared.all]).toEqual([
      1,
      expect.stringMatching(/^--reset: the data in \S+ are in use by process \d+; .*$/m),
    ]);
    await seen(visit, caller);
    await caller.close();
    const pid = await postgresPid();
    expect((await dev.end('SIGTERM')).exitCode).toBe(0);
    expect(isRunning(pid)).toBe(false);
  });

  test('keeps its data and its sessions over a restart', { timeout: 2 * start }, async () => {
    const dev = await startInsta();
    caller = createCaller({ url: dev.url });
    visit = { ...visit, ann: visit.ann.at(caller), ben: visit.ben.at(caller) };
    await visit.ann.refresh();
    await seen(visit, caller);
    await caller.close();
    // However it ends, nothing of it stays behind.
    const pid = await postgresPid();
    const addresses = [...dev.output().matchAll(/http:\/\/127\.0\.0\.1:\d+(?=\/openapi\.json)/g)].map(([url]) => url);
    expect(addresses).toHaveLength(insta.services.length);
    await dev.end('SIGKILL');
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: start, interval: 100 });
    for (const address of addresses)
      await vi.waitFor(() => expect(fetch(address)).rejects.toThrow('fetch failed'), { timeout: start });
  });

  test('--reset forgets it all', { timeout: 2 * start }, async () => {
    const dev = await startInsta(['--reset']);
    expect(dev.output()).toMatch(/^cleared /m);
    caller = createCaller({ url: dev.url });
    await expect(visit.ben.at(caller).logIn()).rejects.toThrow('401');
    await caller.close();

    // A database that is gone is told, and does not hold the end up.
    process.kill(await postgresPid(), 'SIGKILL');
    await vi.waitFor(() => expect(dev.output()).toMatch(/^the data stores ended by themselves; /m), { timeout: start });
    expect((await dev.end('SIGTERM')).exitCode).toBe(0);
  });
});

test.each<[what: string, env: Record<string, string>, url: (folder: string) => string, said: string]>([
  [
    'a file where no Redis is on PATH',
    { PATH: '' },
    (data) => `file:${data}/insta/auth.sqlite`,
    'a file in place of Redis, as none is on PATH',
  ],
  ['the Redis of REDIS_URL', { REDIS_URL: 'redis://10.0.0.1' }, () => 'redis://10.0.0.1', 'Redis of REDIS_URL'],
])('sessions go to %s', { timeout: start }, async (_what, env, url, said) => {
  const data = await openFolder();
  const stores = await startDevStores({
    system: insta,
    env: { ...env, TRELLIS_DATA: data },
    reset: false,
    print: () => {},
    onExit: () => {},
  });
  try {
    const [auth] = insta.services.filter(({ uses }) => uses.keyValue);
    expect(auth && stores.environmentOf(auth)['REDIS_URL']).toBe(url(data));
    expect(stores.summary).toContain(said);
  } finally {
    await stores.stop();
    await rm(data, { recursive: true });
  }
});
