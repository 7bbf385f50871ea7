import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { contractNamed } from '../../test/declarations.ts';
import { defineService, defineSystem, fixed, objectStore, redis, secret } from '../model/index.ts';
import { checkDevStores, startDevStores } from './dev-stores.ts';

/** Keeps all that needs no Postgres. */
const shop = defineService({
  contract: contractNamed('shop'),
  owner: 'team',
  description: 'Keeps things.',
  scaling: fixed(1),
  uses: { keyValue: redis(), objects: objectStore() },
  env: Object.fromEntries(
    ['FIRST', 'SECOND', 'THIRD'].map((key) => [key, secret({ secret: 'shop', key, generated: true })]),
  ),
});
const mall = defineSystem({ name: 'mall', services: [shop] });

/** A folder whose name has what a URL reads as its own. */
async function openFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'dev stores #1?100%-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

async function startMall(
  data: string,
  { reset = false, env = {} }: { reset?: boolean; env?: Record<string, string> } = {},
) {
  const lines: string[] = [];
  const stores = await startDevStores({
    system: mall,
    env: { PATH: '', TRELLIS_DATA: data, ...env },
    reset,
    print: (line) => lines.push(line),
    onExit: () => lines.push('ended'),
  });
  await stores.stop();
  return { lines, summary: stores.summary, variables: stores.environmentOf(shop) };
}

test('a folder can have any name, also a relative one', async () => {
  const data = await openFolder();
  const { variables, summary } = await startMall(relative('', data));
  expect(fileURLToPath(variables['REDIS_URL'] ?? '')).toBe(`${data}/mall/shop.sqlite`);
  expect(fileURLToPath(variables['OBJECTS_URL'] ?? '')).toBe(`${data}/mall/objects/shop`);
  expect(summary).toBe(
    `data in ${data}/mall (a file in place of Redis, as none is on PATH, files), which --reset clears`,
  );
});

test('the Redis of REDIS_URL is used, and --reset says that it leaves it alone', async () => {
  const data = await openFolder();
  const { variables, summary, lines } = await startMall(data, { env: { REDIS_URL: 'redis://10.0.0.1' }, reset: true });
  expect(variables['REDIS_URL']).toBe('redis://10.0.0.1');
  expect(lines).toEqual([`cleared ${data}/mall; what is in the Redis of REDIS_URL stays`]);
  expect(summary.split('\n')).toEqual([
    `data in ${data}/mall (files), which --reset clears`,
    'data in the Redis of REDIS_URL, which --reset does not clear',
  ]);
});

test.each([
  ['redis://10.0.0.1', undefined],
  ['rediss://me:hush@redis:6380/1', undefined],
  ['file:/tmp/keys.sqlite', undefined],
  ['', undefined],
  ['redis://redis/hush', 'redis:...'],
  ['redis://me:hu%sh@redis', 'redis:...'],
  ['redis:hush', 'redis:...'],
  ['https://me:hush@redis', 'https:...'],
  ['hush@redis:6379', 'a text without a scheme'],
])('of the REDIS_URL %j it is told before the start that it is wrong: %s', async (url, got) => {
  const data = await openFolder();
  const check = (system = mall) =>
    checkDevStores({ system, env: { TRELLIS_DATA: data, REDIS_URL: url }, reset: false }).then(
      () => undefined,
      (error: Error) => `${error.name}: ${error.message}`,
    );
  const message = await check();
  if (got === undefined) expect(message).toBeUndefined();
  else expect(message).toMatch(`CommandError: REDIS_URL: got ${got}; allowed: `);
  expect(message ?? '').not.toMatch(/hu(%s)?sh/);
  // Whoever needs no Redis is not asked for one.
  expect(await check(defineSystem({ name: 'mall', services: [{ ...shop, uses: {} }] }))).toBeUndefined();
});

test('secrets are the same for ever, and those that are set are not made', async () => {
  const data = await openFolder();
  const { variables: first } = await startMall(data);
  const made = ['FIRST', 'SECOND', 'THIRD'].map((name) => first[name]);
  expect(new Set(made.filter(Boolean)).size).toBe(3);
  const { variables: second } = await startMall(data, { env: { SECOND: 'mine' } });
  expect([second['FIRST'], second['SECOND'], second['THIRD']]).toEqual([first['FIRST'], undefined, first['THIRD']]);
  expect((await stat(join(data, 'mall/secrets.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(join(data, 'mall'))).toEqual(['secrets.json']);
});

test.each([
  ['is no JSON', '{"shop-FIRST": "hidden'],
  ['has other things', '{"shop-FIRST": {"value": "hidden"}}'],
])('secrets whose file %s are told with a fix, and not shown', async (_what, text) => {
  const data = await openFolder();
  await mkdir(join(data, 'mall'));
  await writeFile(join(data, 'mall/secrets.json'), text);
  const message = `${data}/mall/secrets.json: got something else; allowed: JSON with a text for each name, as npm run dev writes it; fix: restore it, or clear the data of the system with --reset`;
  await expect(startMall(data)).rejects.toThrow(expect.objectContaining({ name: 'CommandError', message }));
  expect(await readFile(join(data, 'mall/secrets.json'), 'utf8')).toBe(text);
  await startMall(data, { reset: true });
});

test.each([
  ['the secrets', 'mall/secrets.json/x', /secrets\.json: got EISDIR when it was read; .*; fix: /],
  ['the folder', '', /^TRELLIS_DATA: got \S.*mall: ENOTDIR; allowed: a folder that can be written; fix: name another$/],
])('%s that cannot be read is told with a fix', async (_what, folder, message) => {
  const data = await openFolder();
  if (folder) await mkdir(join(data, folder), { recursive: true });
  else await writeFile(join(data, 'mall'), '');
  await expect(startMall(data)).rejects.toThrow(
    expect.objectContaining({ name: 'CommandError', message: expect.stringMatching(message) }),
  );
});

test('--reset clears what npm run dev made, and nothing else', async () => {
  const data = await openFolder();
  await startMall(data);
  const before = await readFile(join(data, 'mall/secrets.json'), 'utf8');
  for (const folder of ['postgres', 'postgres.new-Ab12', 'redis', 'objects/shop', 'src'])
    await mkdir(join(data, 'mall', folder), { recursive: true });
  for (const file of [
    'postgres/PG_VERSION',
    'shop.sqlite',
    'shop.sqlite-wal',
    'shop.sqlite-shm',
    'src/index.ts',
    'notes.md',
  ])
    await writeFile(join(data, 'mall', file), 'x');
  const { lines } = await startMall(data, { reset: true });
  expect(lines).toEqual([`cleared ${data}/mall; notes.md, src stays, as npm run dev did not make it`]);
  expect((await readdir(join(data, 'mall'))).sort()).toEqual(['notes.md', 'secrets.json', 'src']);
  expect(await readFile(join(data, 'mall/src/index.ts'), 'utf8')).toBe('x');
  expect(await readFile(join(data, 'mall/secrets.json'), 'utf8')).not.toBe(before);
});

test.each([true, false])("a folder of somebody else's is left alone, with --reset: %s", async (reset) => {
  const data = await openFolder();
  await mkdir(join(data, 'mall/.git'), { recursive: true });
  await mkdir(join(data, 'mall/objects'));
  await expect(startMall(data, { reset })).rejects.toThrow(
    expect.objectContaining({
      name: 'CommandError',
      message: `TRELLIS_DATA: got a folder where ${data}/mall has .git and no secrets.json, so it is not of npm run dev; allowed: a folder that is new or that it made; fix: set TRELLIS_DATA to another folder`,
    }),
  );
  expect((await readdir(join(data, 'mall'))).sort()).toEqual(['.git', 'objects']);
});

test("a number that a crashed Postgres left and that is another program's by now holds --reset up no longer", async () => {
  const data = await openFolder();
  await startMall(data);
  await mkdir(join(data, 'mall/postgres'));
  await writeFile(join(data, 'mall/postgres/postmaster.pid'), `${process.pid}\n${data}/mall/postgres\n`);
  const { lines } = await startMall(data, { reset: true });
  expect(lines).toEqual([`cleared ${data}/mall`]);
});
