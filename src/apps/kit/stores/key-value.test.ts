import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { HttpError } from '../problem.ts';
import { eventually } from '../testing/eventually.ts';
import { openTestKeyValue, places } from '../testing/key-value-places.ts';

const ttl = '1h';
const times = <Result>(count: number, run: (at: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, at) => run(at)));

describe.each(places)('in %s', (_, makePlace) => {
  test('a text is kept, overwritten and deleted', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    expect(await keyValue.get('a')).toBeUndefined();
    expect(await keyValue.set('a', 'one', { ttl })).toBe(true);
    expect(await keyValue.set('a', 'two', { ttl })).toBe(true);
    expect(await keyValue.get('a')).toBe('two');
    expect(await keyValue.delete('a')).toBe(1);
    expect(await keyValue.delete('a')).toBe(0);
    expect(await keyValue.get('a')).toBeUndefined();
  });

  test('onlyIfAbsent leaves what is there, with its time', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    expect(await keyValue.set('a', 'one', { ttl: '200ms', onlyIfAbsent: true })).toBe(true);
    expect(await keyValue.set('a', 'two', { ttl, onlyIfAbsent: true })).toBe(false);
    expect(await keyValue.get('a')).toBe('one');
    await eventually(async () => expect(await keyValue.get('a')).toBeUndefined());
    expect(await keyValue.set('a', 'three', { ttl, onlyIfAbsent: true })).toBe(true);
    expect(await keyValue.get('a')).toBe('three');
    expect(await times(50, (at) => keyValue.set('lock', `${at}`, { ttl, onlyIfAbsent: true }))).toSatisfy(
      (set: boolean[]) => set.filter(Boolean).length === 1,
    );
  });

  test('replace puts another text only in the place of the expected one', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    expect(await keyValue.replace('a', 'one', 'two', { ttl })).toBe(false);
    expect(await keyValue.get('a')).toBeUndefined();
    await keyValue.set('a', 'one', { ttl: '200ms' });
    expect(await keyValue.replace('a', 'other', 'two', { ttl })).toBe(false);
    expect(await keyValue.replace('a', 'one', 'two', { ttl })).toBe(true);
    // The new text has a time of its own.
    await sleep(250);
    expect(await keyValue.get('a')).toBe('two');
    expect(await keyValue.replace('a', 'two', 'three', { ttl: '1ms' })).toBe(true);
    await sleep(10);
    expect(await keyValue.replace('a', 'three', 'four', { ttl })).toBe(false);
  });

  test('of 50 replacements at once exactly one wins', async (context) => {
    await using place = await makePlace(context);
    await using one = openTestKeyValue(place.url);
    await using other = openTestKeyValue(place.url);
    await one.set('a', 'before', { ttl });
    const won = await times(50, (at) => (at % 2 ? one : other).replace('a', 'before', `after ${at}`, { ttl }));
    const winners = won.flatMap((each, at) => (each ? [at] : []));
    expect(winners).toHaveLength(1);
    expect(await one.get('a')).toBe(`after ${winners[0]}`);
  });

  test('of 50 deletions at once exactly one is told that it was the one', async (context) => {
    await using place = await makePlace(context);
    await using one = openTestKeyValue(place.url);
    await using other = openTestKeyValue(place.url);
    await one.set('a', 'once', { ttl });
    const deleted = await times(50, (at) => (at % 2 ? one : other).delete('a'));
    expect(deleted.filter((count) => count === 1)).toHaveLength(1);
    expect(deleted.filter((count) => count === 0)).toHaveLength(49);
  });

  test('delete counts texts, counters and sets, none twice', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    await keyValue.set('text', '', { ttl });
    await keyValue.increment('counter', { ttl });
    await keyValue.addTo('set', 'member', { ttl });
    expect(await keyValue.delete()).toBe(0);
    expect(await keyValue.delete('text', 'counter', 'set', 'nothing', 'text')).toBe(3);
    expect(await keyValue.membersOf('set')).toEqual([]);
    // Nothing of the former set comes back with a new one.
    await keyValue.addTo('set', 'other', { ttl });
    expect(await keyValue.membersOf('set')).toEqual(['other']);
  });

  test('200 increments at once are all counted, and the time starts with the first', async (context) => {
    await using place = await makePlace(context);
    await using one = openTestKeyValue(place.url);
    await using other = openTestKeyValue(place.url);
    const first = await one.increment('a', { ttl: '1m' });
    expect(first.count).toBe(1);
    expect(first.resetsIn).toBeGreaterThan(50_000);
    expect(first.resetsIn).toBeLessThanOrEqual(60_000);
    await sleep(20);
    const counts = await times(200, (at) => (at % 2 ? one : other).increment('a', { ttl }));
    expect(counts.map(({ count }) => count).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 200 }, (_, at) => at + 2),
    );
    for (const { resetsIn } of counts) expect(resetsIn).toBeLessThan(first.resetsIn);
    expect(await one.get('a')).toBe('201');
  });

  test('a counter starts anew when its time is over', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    const { resetsIn } = await keyValue.increment('a', { ttl: '100ms' });
    expect(resetsIn).toBeLessThanOrEqual(100);
    await sleep(resetsIn + 20);
    expect(await keyValue.increment('a', { ttl })).toMatchObject({ count: 1, resetsIn: expect.closeTo(3_600_000, -4) });
  });

  test('a counter goes on from a text that is a whole number, with its time', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    await keyValue.set('a', '-1', { ttl: '1m' });
    expect((await keyValue.increment('a', { ttl })).count).toBe(0);
    const { count, resetsIn } = await keyValue.increment('a', { ttl });
    expect(count).toBe(1);
    expect(resetsIn).toBeLessThanOrEqual(60_000);
  });

  test('a set has each member once, until it is taken out', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    expect(await keyValue.membersOf('set')).toEqual([]);
    expect(await keyValue.removeFrom('set', 'a')).toBe(0);
    await times(50, (at) => keyValue.addTo('set', `member ${at % 5}`, { ttl }));
    expect((await keyValue.membersOf('set')).sort()).toEqual([0, 1, 2, 3, 4].map((at) => `member ${at}`));
    expect(await keyValue.removeFrom('set')).toBe(0);
    expect(await keyValue.removeFrom('set', 'member 0', 'member 1', 'member 1', 'no member')).toBe(2);
    expect((await keyValue.membersOf('set')).sort()).toEqual(['member 2', 'member 3', 'member 4']);
    expect(await keyValue.removeFrom('set', 'member 2', 'member 3', 'member 4')).toBe(3);
    // It is gone with its last member, so that the key may be a text.
    expect(await keyValue.delete('set')).toBe(0);
  });

  test('a set is kept as long as the member that is kept longest', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    await keyValue.addTo('longer', 'a', { ttl: '100ms' });
    await keyValue.addTo('longer', 'b', { ttl });
    await keyValue.addTo('longer', 'c', { ttl: '100ms' });
    await keyValue.addTo('shorter', 'a', { ttl: '100ms' });
    await sleep(150);
    expect((await keyValue.membersOf('longer')).sort()).toEqual(['a', 'b', 'c']);
    expect(await keyValue.membersOf('shorter')).toEqual([]);
    expect(await keyValue.removeFrom('shorter', 'a')).toBe(0);
    expect(await keyValue.delete('shorter')).toBe(0);
    await keyValue.addTo('shorter', 'b', { ttl });
    expect(await keyValue.membersOf('shorter')).toEqual(['b']);
  });

  test('odd keys and values come back as they were', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    const bytes = String.fromCharCode(...Array.from({ length: 256 }, (_, at) => at));
    const texts = [
      '',
      ' ',
      '*',
      '?[a]',
      'a:b',
      'a\0b',
      'a\0c',
      '\r\n$1\r\n',
      "'; DROP",
      'é',
      'e\u0301',
      '🙂',
      bytes,
      '\ufffd',
    ];
    for (const text of texts) await keyValue.set(text, `value of ${text}`, { ttl });
    for (const text of texts) expect(await keyValue.get(text)).toBe(`value of ${text}`);
    for (const text of texts) await keyValue.addTo('set', text, { ttl });
    expect((await keyValue.membersOf('set')).sort()).toEqual(texts.toSorted());
    expect(await keyValue.removeFrom('set', ...texts)).toBe(texts.length);
    expect(await keyValue.delete(...texts)).toBe(texts.length);
  });

  test('a big value comes back whole', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    const big = 'ä🙂\0x'.repeat(1_000_000);
    await keyValue.set('big', big, { ttl });
    expect((await keyValue.get('big')) === big).toBe(true);
    expect(await keyValue.replace('big', big, `${big}!`, { ttl })).toBe(true);
    expect((await keyValue.get('big'))?.length).toBe(big.length + 1);
  });

  test('prefixes do not see each other', async (context) => {
    await using place = await makePlace(context);
    await using one = openTestKeyValue(place.unlimitedUrl, { prefix: 'one' });
    await using other = openTestKeyValue(place.unlimitedUrl, { prefix: 'other' });
    await one.set('a', 'of one', { ttl });
    await one.addTo('set', 'of one', { ttl });
    await one.increment('count', { ttl });
    expect(await other.get('a')).toBeUndefined();
    expect(await other.membersOf('set')).toEqual([]);
    expect((await other.increment('count', { ttl })).count).toBe(1);
    expect(await other.delete('a', 'set')).toBe(0);
    expect(await one.get('a')).toBe('of one');
  });

  test('a key that holds another kind of value is a mistake of the caller, and nothing changes', async (context) => {
    await using place = await makePlace(context);
    const registry = new Registry();
    await using keyValue = openTestKeyValue(place.url, { registry });
    await keyValue.set('text', 'one', { ttl });
    await keyValue.addTo('set', 'member', { ttl });
    const mistakes = [
      () => keyValue.get('set'),
      () => keyValue.replace('set', 'one', 'two', { ttl }),
      () => keyValue.increment('set', { ttl }),
      () => keyValue.increment('text', { ttl }),
      () => keyValue.addTo('text', 'member', { ttl }),
      () => keyValue.removeFrom('text', 'member'),
      () => keyValue.membersOf('text'),
    ];
    for (const mistake of mistakes) {
      const error = await mistake().catch((each) => each);
      expect(error).not.toBeInstanceOf(HttpError);
      expect(String(error)).toContain('the key holds another kind of value; allowed: text for get and replace');
    }
    expect(await keyValue.get('text')).toBe('one');
    expect(await keyValue.membersOf('set')).toEqual(['member']);
    expect(await keyValue.set('set', 'text now', { ttl, onlyIfAbsent: true })).toBe(false);
    expect(await keyValue.set('set', 'text now', { ttl })).toBe(true);
    expect(await keyValue.get('set')).toBe('text now');
    // It says nothing about the store.
    expect(await registry.metrics()).not.toMatch(/_count\{.*outcome="error".*\} [1-9]/);
  });

  test('what has no UTF-8 and what would end at once are refused', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    await keyValue.set('a', '\ufffd', { ttl });
    await keyValue.addTo('set', '\ufffd', { ttl });
    const half = '\ud83d';
    for (const mistake of [
      () => keyValue.get(half),
      () => keyValue.set('a', half, { ttl }),
      () => keyValue.replace('a', half, 'b', { ttl }),
      () => keyValue.replace('a', '\ufffd', half, { ttl }),
      () => keyValue.addTo('set', half, { ttl }),
      () => keyValue.removeFrom('set', half),
    ]) {
      await expect(mistake()).rejects.toThrow(
        'has half a surrogate pair; allowed: well-formed text; fix: encode bytes',
      );
    }
    await expect(keyValue.set('a', 'b', { ttl: '0.4ms' })).rejects.toThrow(
      'the ttl for a key-value store is 0.4ms; allowed: 1ms and more; fix: use delete to end it now',
    );
    expect(await keyValue.get('a')).toBe('\ufffd');
  });

  test('commands are measured, from 0 on', async (context) => {
    await using place = await makePlace(context);
    const registry = new Registry();
    await using keyValue = openTestKeyValue(place.url, { registry, service: 'shop' });
    const countOf = async (command: string, outcome: string) => {
      const name = 'key_value_command_duration_seconds_count';
      const labels = `{service="shop",command="${command}",outcome="${outcome}"}`;
      const line = (await registry.metrics()).split('\n').find((each) => each.startsWith(`${name}${labels} `));
      return line?.split(' ').at(-1);
    };
    const commands = ['get', 'set', 'replace', 'delete', 'increment', 'addTo', 'removeFrom', 'membersOf'];
    for (const command of commands) {
      expect([await countOf(command, 'ok'), await countOf(command, 'error')]).toEqual(['0', '0']);
    }
    // A second store of the same service counts along.
    await using second = openTestKeyValue(place.url, { registry, service: 'shop' });
    for (const each of [keyValue, second]) {
      await each.set('a', '1', { ttl });
      await each.get('a');
      await each.replace('a', '1', '2', { ttl });
      await each.increment('a', { ttl });
      await each.addTo('set', 'a', { ttl });
      await each.membersOf('set');
      await each.removeFrom('set', 'a');
      await each.delete('a');
    }
    for (const command of commands) {
      expect([command, await countOf(command, 'ok'), await countOf(command, 'error')]).toEqual([command, '2', '0']);
    }
    await keyValue.close();
    await expect(keyValue.get('a')).rejects.toMatchObject({ statusCode: 503, code: 'store-unavailable' });
    expect([await countOf('get', 'ok'), await countOf('get', 'error')]).toEqual(['2', '1']);
  });

  test('what is open is ready, and what is closed is not', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    await eventually(() => keyValue.check(AbortSignal.timeout(5_000)));
    const last = keyValue.increment('a', { ttl });
    await keyValue.close();
    // It was under way.
    expect((await last).count).toBe(1);
    await keyValue.close();
    await expect(keyValue.check(AbortSignal.timeout(5_000))).rejects.toThrow();
    await expect(keyValue.increment('a', { ttl })).rejects.toMatchObject({ code: 'store-unavailable' });
  });
});

test.each(['', 'a:b', 'a*', 'a b'])('the prefix %j is refused', (prefix) => {
  expect(() => openTestKeyValue('redis://127.0.0.1:1', { prefix })).toThrow(
    `the prefix of a key-value store is ${JSON.stringify(prefix)}; allowed: letters, digits, - and _; fix: use the name`,
  );
});

test.each([
  ['http://user:topsecret@host', 'http:...'],
  ['topsecret', '(hidden)'],
  ['file:state.sqlite', 'file:...'],
  ['redis:topsecret', 'redis:...'],
])('the URL %s is refused without its secrets', (url, shown) => {
  expect(() => openTestKeyValue(url)).toThrow(
    `the URL of a key-value store is ${shown}; allowed: redis://, rediss:// or file:/path; fix: write one of these`,
  );
});
