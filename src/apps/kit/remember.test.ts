import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { ClientError, type Finding, remember } from './index.ts';
import { eventually } from './testing/eventually.ts';

const counts = { hit: vi.fn(), miss: vi.fn() };
const options = { counts, ttl: '500ms', failureTtl: '500ms', max: 2 } as const;
const broken = () => new ClientError({ outcome: 'network', peer: 'p', operation: 'o', what: 'broke' });

test('asks once for all who ask at the same time, and again when the answer is no longer fresh', async () => {
  const source = vi.fn(async (key: string) => ({ value: `${key}${source.mock.calls.length}` }));
  const find = remember(source, options);
  expect(await Promise.all([find('a'), find('a'), find('b')])).toEqual([
    { value: 'a1' },
    { value: 'a1' },
    { value: 'b2' },
  ]);
  expect(await find('a')).toEqual({ value: 'a1' });
  await sleep(600);
  expect(await find('a')).toEqual({ value: 'a3' });
});

test('counts who had to wait for a question of their own, and who did not', async () => {
  const hit = vi.fn();
  const miss = vi.fn();
  const counted = () => [miss.mock.calls.length, hit.mock.calls.length];
  const source = vi.fn(async (key: string) => {
    if (key === 'bad') throw broken();
    return { value: key };
  });
  const find = remember(source, { ...options, ttl: '1h', failureTtl: '1h', counts: { hit, miss } });
  await Promise.all([find('a'), find('a')]);
  expect(counted()).toEqual([1, 1]);
  await find('a');
  expect(counted()).toEqual([1, 2]);
  await find('bad');
  // Nobody is asked for a while.
  await find('b');
  expect(counted()).toEqual([2, 3]);
});

test('forgets what was asked for least recently', async () => {
  const source = vi.fn(async (key: string) => ({ value: key }));
  const find = remember(source, { ...options, ttl: '1h' });
  for (const key of ['a', 'b', 'c', 'a']) await find(key);
  expect(source).toHaveBeenCalledTimes(4);
  await find('c');
  expect(source).toHaveBeenCalledTimes(4);
});

test('remembers a failure, and asks again after its time', async () => {
  const source = vi.fn<() => Promise<Finding<string, 'empty'>>>().mockRejectedValueOnce(broken());
  source.mockResolvedValueOnce({ reason: 'empty' }).mockResolvedValue({ value: 'found' });
  const find = remember(source, options);
  expect(await find('a')).toEqual({ reason: 'unreachable' });
  expect(await find('a')).toEqual({ reason: 'unreachable' });
  expect(source).toHaveBeenCalledTimes(1);
  await eventually(async () => expect(await find('a')).toEqual({ reason: 'empty' }));
  await eventually(async () => expect(await find('a')).toEqual({ value: 'found' }));
});

test('answers every one of more keys at once than it remembers, and asks once for each', async () => {
  const source = vi.fn(async (key: string) => {
    await sleep(5);
    return { value: key };
  });
  const find = remember(source, options);
  const keys = Array.from({ length: 10 }, (_, at) => `key ${at}`);
  const found = await Promise.all([...keys, ...keys].map(find));
  expect(found.map(({ value }) => value)).toEqual([...keys, ...keys]);
  expect(source).toHaveBeenCalledTimes(10);
});

describe('a source that fails', () => {
  const failing = (failed: ConstructorParameters<typeof ClientError>[0]) =>
    remember(
      vi.fn<(key: string) => Promise<Finding<string, 'empty'>>>(async (key) => {
        if (key === 'known') return { value: 'picture' };
        if (key === 'bad') throw new ClientError(failed);
        return { value: `asked for ${key}` };
      }),
      { counts, ttl: '1h', failureTtl: '1h', max: 10 },
    );
  const failed = { peer: 'p', operation: 'o', what: 'broke' };

  test.each<[reason: string, props: Pick<ClientError, 'outcome'> & { status?: number }]>([
    ['unreachable', { outcome: 'network' }],
    ['timeout', { outcome: 'timeout' }],
    ...[401, 403, 429, 500, 503].map((status): [string, { outcome: 'status'; status: number }] => [
      'status',
      { outcome: 'status', status },
    ]),
  ])('for all keys alike (%s, %o) is not asked for others, and what is known is still given', async (reason, props) => {
    const find = failing({ ...failed, ...props });
    await find('known');
    expect(await find('bad')).toEqual({ reason });
    expect(await find('new')).toEqual({ reason });
    expect(await find('known')).toEqual({ value: 'picture' });
  });

  test.each<[props: Pick<ClientError, 'outcome'> & { status?: number }]>([
    [{ outcome: 'invalid' }],
    ...[400, 404, 422].map((status): [{ outcome: 'status'; status: number }] => [{ outcome: 'status', status }]),
  ])('for one key (%o) is asked for others', async (props) => {
    const find = failing({ ...failed, ...props });
    expect((await find('bad')).reason).toBeDefined();
    expect(await find('new')).toEqual({ value: 'asked for new' });
  });

  test('is asked again after the time of its failure', async () => {
    const source = vi.fn(async (key: string) => ({ value: key })).mockRejectedValueOnce(broken());
    const find = remember(source, options);
    expect(await find('a')).toEqual({ reason: 'unreachable' });
    await eventually(async () => expect(await find('b')).toEqual({ value: 'b' }));
  });
});

test('does not give an old answer again when the source fails', async () => {
  const source = vi.fn<() => Promise<Finding<string, never>>>().mockResolvedValueOnce({ value: 'old' });
  source.mockRejectedValue(broken());
  const find = remember(source, options);
  expect(await find('a')).toEqual({ value: 'old' });
  await sleep(600);
  expect(await find('a')).toEqual({ reason: 'unreachable' });
});

describe('with lastKnownFor', () => {
  const old = { counts, ttl: '100ms', failureTtl: '500ms', lastKnownFor: '2s', max: 10 } as const;

  test('gives an old answer while the source fails, asks it no more than after each failure, and ends with its time', async () => {
    let isAway = false;
    const source = vi.fn(async (key: string) => {
      if (isAway) throw broken();
      return { value: `${key}${source.mock.calls.length}` };
    });
    const find = remember(source, old);
    expect(await find('a')).toEqual({ value: 'a1' });
    isAway = true;
    await sleep(150);
    const answers = await Promise.all(Array.from({ length: 5 }, () => find('a')));
    expect(answers).toEqual(answers.map(() => ({ value: 'a1' })));
    expect(await find('a')).toEqual({ value: 'a1' });
    expect(source).toHaveBeenCalledTimes(2);
    expect(await find('never asked')).toEqual({ reason: 'unreachable' });
    await sleep(2_000);
    expect(await find('a')).toEqual({ reason: 'unreachable' });
    isAway = false;
    await eventually(async () => expect(await find('a')).toEqual({ value: expect.stringMatching(/^a\d$/) }));
  });

  test('an outage that another key met leaves old answers to those who have one', async () => {
    const source = vi.fn(async (key: string) => {
      if (key === 'b') throw broken();
      return { value: key };
    });
    const find = remember(source, { ...old, failureTtl: '1h' });
    await find('a');
    await sleep(150);
    expect(await find('b')).toEqual({ reason: 'unreachable' });
    expect(await find('a')).toEqual({ value: 'a' });
    expect(source).toHaveBeenCalledTimes(2);
  });
});

test('with weigh, forgets by what answers weigh', async () => {
  const source = vi.fn(async (key: string) => ({ value: key.length }));
  const find = remember(source, { ...options, ttl: '1h', max: 10, weigh: (length) => length });
  for (const key of ['aaaaa', 'bbbbb', 'aaaaa', 'bbbbb']) await find(key);
  expect(source).toHaveBeenCalledTimes(2);
  await find('c');
  await find('bbbbb');
  expect(source).toHaveBeenCalledTimes(3);
  await find('aaaaa');
  expect(source).toHaveBeenCalledTimes(4);
});

test('lets a bug through', async () => {
  const find = remember(() => Promise.reject(new TypeError('a bug')), options);
  await expect(find('a')).rejects.toThrow('a bug');
});
