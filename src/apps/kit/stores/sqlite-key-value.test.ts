import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { startChild } from '../testing/child.ts';
import { eventually } from '../testing/eventually.ts';
import { makeFilePlace, openTestKeyValue } from '../testing/key-value-places.ts';
import { LogLines } from '../testing/log-lines.ts';

const ttl = '1h';

test('all that was answered outlives a process that is killed', async () => {
  await using place = await makeFilePlace();
  await using child = startChild('kit/testing/key-value-main.ts', { STORE_URL: place.url });
  await eventually(() => expect(child.stdout.of('written').length).toBeGreaterThan(100));
  child.process.kill('SIGKILL');
  await child.exited;
  // The last line may be cut.
  const last = Number(/"at":(\d+),"count".*\n[^\n]*$/.exec(child.stdout.text)?.[1]);
  expect(last).toBeGreaterThan(99);
  await using keyValue = openTestKeyValue(place.url);
  for (let at = 0; at <= last; at++) expect(await keyValue.get(`key ${at}`)).toBe(`value ${at}`);
  const count = Number(await keyValue.get('count'));
  // One more may have been written before anybody was told.
  expect(count - last - 1).toBeOneOf([0, 1]);
  expect(await keyValue.increment('count', { ttl })).toMatchObject({ count: count + 1 });
  expect(child.stderr.text).toBe('');
});

test('what two processes count at once is all counted', async () => {
  await using place = await makeFilePlace();
  await using keyValue = openTestKeyValue(place.url);
  await using child = startChild('kit/testing/key-value-main.ts', { STORE_URL: place.url });
  let own = 0;
  await eventually(
    async () => {
      await keyValue.increment('count', { ttl });
      own++;
      expect(child.stdout.of('written').length).toBeGreaterThan(50);
    },
    { interval: 1 },
  );
  child.process.kill('SIGKILL');
  await child.exited;
  const theirs = child.stdout.text.match(/"count".*\n/g)?.length ?? 0;
  const count = Number(await keyValue.get('count'));
  expect(count - own - theirs).toBeOneOf([0, 1]);
});

test('times go on while it is closed', async () => {
  await using place = await makeFilePlace();
  const first = openTestKeyValue(place.url);
  await first.set('short', '1', { ttl: '50ms' });
  await first.set('long', '1', { ttl });
  await first.addTo('set', 'member', { ttl });
  await first.increment('count', { ttl: '1m' });
  await first.close();
  await sleep(100);
  await using second = openTestKeyValue(place.url);
  expect(await second.get('short')).toBeUndefined();
  expect(await second.get('long')).toBe('1');
  expect(await second.membersOf('set')).toEqual(['member']);
  expect((await second.increment('count', { ttl })).resetsIn).toBeLessThan(60_000);
});

test('what is over is removed from the file, at the start and every minute', async () => {
  await using place = await makeFilePlace();
  const rows = (table: string) => {
    const database = new DatabaseSync(fileURLToPath(place.url), { readOnly: true });
    const [row] = database.prepare(`SELECT count(*) AS count FROM ${table}`).all();
    database.close();
    return row?.['count'];
  };
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  try {
    const first = openTestKeyValue(place.url);
    await first.set('a', '1', { ttl: '30s' });
    await first.addTo('set', 'a', { ttl: '30s' });
    await first.set('kept', '1', { ttl: '5m' });
    vi.advanceTimersByTime(40_000);
    expect([rows('entries'), rows('members')]).toEqual([3, 1]);
    vi.advanceTimersByTime(30_000);
    expect([rows('entries'), rows('members')]).toEqual([1, 0]);
    await first.set('b', '1', { ttl: '30s' });
    await first.close();
    vi.advanceTimersByTime(120_000);
    expect(rows('entries')).toBe(2);
    await using second = openTestKeyValue(place.url);
    expect(rows('entries')).toBe(1);
    expect(await second.get('kept')).toBe('1');
  } finally {
    vi.useRealTimers();
  }
});

test('a file that another process holds costs a command its time, and a sweep nothing', async () => {
  await using place = await makeFilePlace();
  const lines = new LogLines();
  await using keyValue = openTestKeyValue(place.url, { lines, connectTimeout: '200ms' });
  await keyValue.set('a', '1', { ttl });
  const other = new DatabaseSync(fileURLToPath(place.url));
  other.exec('BEGIN EXCLUSIVE');
  const start = performance.now();
  await expect(keyValue.set('a', '2', { ttl })).rejects.toMatchObject({
    statusCode: 503,
    code: 'store-unavailable',
    retryAfter: 2,
    message: 'The key-value store is away; try again later',
  });
  expect(lines.of('key-value store unavailable')).toMatchObject([{ reason: 'database is locked' }]);
  const took = performance.now() - start;
  expect(took).toBeGreaterThan(150);
  // Else it would take 10 s.
  expect(took).toBeLessThan(8_000);
  // A read waits for nobody; and a second store opens, though it cannot sweep.
  expect(await keyValue.get('a')).toBe('1');
  await using second = openTestKeyValue(place.url, { connectTimeout: '100ms' });
  expect(await second.get('a')).toBe('1');
  other.exec('ROLLBACK');
  other.close();
  expect(await keyValue.set('a', '2', { ttl })).toBe(true);
});

test('a file that is something else is refused by its name', async () => {
  await using place = await makeFilePlace();
  await openTestKeyValue(place.url).close();
  const path = `${fileURLToPath(place.url)}.txt`;
  writeFileSync(path, 'something else, and quite long as well\n'.repeat(100));
  expect(() => openTestKeyValue(`${place.url}.txt`)).toThrow(
    `the key-value store ${path} does not open: file is not a database; allowed: a file of its own in a folder that this process may write; fix: choose another`,
  );
  expect(() => openTestKeyValue(`${place.url}/below.sqlite`)).toThrow(/does not open: (ENOTDIR|EEXIST)/);
});
