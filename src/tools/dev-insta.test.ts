import { chmod, mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BrowserPerson } from '../../test/insta/browser-person.ts';
import { createCaller } from '../../test/insta/caller.ts';
import { seen, tour, type Visit } from '../../test/insta/tour.ts';
import { eventually } from '../apps/kit/testing/eventually.ts';
import insta from '../systems/insta.ts';
import { startDevStores } from './dev-stores.ts';
import { root } from './repository.ts';

/** Milliseconds for a start with seven processes, on a machine that has other work. */
const start = 120_000;

let folder = '';
let visit: Visit;
const running: { kill(): Promise<unknown> }[] = [];

/** With a name of which a URL reads some as its own. As root Postgres is another user, who must get in too. */
async function openFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'dev insta #1?100%-'));
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

function spawnDev(args: string[] = [], env: Record<string, string> = {}) {
  const dev = execa(process.execPath, ['src/tools/dev.ts', ...args], {
    cwd: root,
    // Relative, as it may be.
    env: { PORT: '0', LOG_LEVEL: 'warn', TRELLIS_DATA: relative(root, folder), ...env },
    reject: false,
    all: true,
  });
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
  const printed = (text: RegExp) =>
    eventually(() => expect(hasEnded || text.test(output)).toBe(true), { timeout: start, interval: 50 }).finally(() =>
      expect(output).toMatch(text),
    );
  running.push({ kill: () => end('SIGKILL').catch(() => {}) });
  return { ended: dev, end, printed, output: () => output };
}

/** Insta by `npm run dev`, once it is ready. */
async function startInsta() {
  const dev = spawnDev();
  await dev.printed(/^ready /m);
  const caller = createCaller({ url: /^ready (\S+)$/m.exec(dev.output())?.[1] ?? '' });
  return { ...dev, caller };
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

test('a first start that is ended at once leaves a folder to start from', { timeout: start }, async () => {
  const dev = spawnDev();
  await dev.printed(/^making a Postgres in /m);
  expect((await dev.end('SIGINT')).exitCode).toBe(0);
  expect((await readdir(join(folder, 'insta'))).filter((name) => name.startsWith('postgres'))).toEqual(['postgres']);
});

test('can be used at once, says where everything is, and leaves nothing behind', { timeout: 2 * start }, async () => {
  const { caller, ...dev } = await startInsta();
  visit = await tour(caller);
  const documents = insta.services.map(({ name }) => {
    const line = new RegExp(`^ {2}${name} +(http://127.0.0.1:\\d+/openapi.json)$`, 'm');
    return { name, url: line.exec(dev.output())?.[1] ?? '' };
  });
  for (const { name, url } of documents)
    expect(await (await fetch(url)).json()).toMatchObject({ info: { title: name } });
  expect(dev.output()).toContain(`data in ${folder}/insta (Postgres, `);
  const [, url = ''] = /^ready (\S+)$/m.exec(dev.output()) ?? [];
  expect((await fetch(`${url}/internal/deleted-accounts`)).status).toBe(404);
  await tour(caller, BrowserPerson);
  expect(await (await fetch(`${url}/people/ann`)).text()).toContain('<script type="module" src="/assets/main-');
  const now = new Date();
  await utimes(`${root}src/apps/web/page/main.tsx`, now, now);
  await dev.printed(/^built the page of web$/m);
  expect(await readdir(join(folder, 'insta/objects'))).toEqual(['media']);

  // Its port is in use besides: the data come first, as another port would not help.
  const { port } = new URL(url);
  const [another, cleared] = await Promise.all([[], ['--reset']].map((args) => spawnDev(args, { PORT: port }).ended));
  expect([another?.exitCode, another?.all]).toEqual([
    1,
    expect.stringMatching(/^Postgres: the data in .+ are in use by process \d+; .* TRELLIS_DATA .*$/m),
  ]);
  expect([cleared?.exitCode, cleared?.all]).toEqual([
    1,
    expect.stringMatching(/^--reset: the data in .+ are in use by process \d+; .* TRELLIS_DATA .*$/m),
  ]);
  await seen(visit, caller);
  await caller.close();

  const pid = await postgresPid();
  await dev.end('SIGKILL');
  await eventually(() => expect(isRunning(pid)).toBe(false), { timeout: start });
  for (const { url } of documents)
    await eventually(() => expect(fetch(url)).rejects.toThrow('fetch failed'), { timeout: start });
});

test('keeps its data and its sessions, and tells that its database is gone', { timeout: 2 * start }, async () => {
  const { caller, ...dev } = await startInsta();
  const after = { ...visit, ann: visit.ann.at(caller), ben: visit.ben.at(caller) };
  await after.ann.refresh();
  await seen(after, caller);
  await caller.close();

  process.kill(await postgresPid(), 'SIGKILL');
  await dev.printed(/^the data stores ended by themselves; /m);
  // That does not hold the end up.
  expect((await dev.end('SIGTERM')).exitCode).toBe(0);
});

test('--reset forgets it all', { timeout: start }, async () => {
  const lines: string[] = [];
  const stores = await startDevStores({
    system: insta,
    env: { PATH: process.env['PATH'], TRELLIS_DATA: folder },
    reset: true,
    print: (line) => lines.push(line),
    onExit: () => lines.push('ended by itself'),
  });
  try {
    for (const service of insta.services.filter(({ uses }) => uses.database)) {
      const client = new Client({ connectionString: stores.environmentOf(service)['DATABASE_URL'] });
      await client.connect();
      const tables = await client.query("select from information_schema.tables where table_schema = 'public'");
      await client.end();
      expect(tables.rowCount).toBe(0);
    }
    expect(await readdir(join(folder, 'insta'))).not.toContain('objects');
  } finally {
    const pid = await postgresPid();
    await stores.stop();
    expect(isRunning(pid)).toBe(false);
  }
  expect(lines).toEqual([`cleared ${folder}/insta`, `making a Postgres in ${folder}/insta`]);
});
