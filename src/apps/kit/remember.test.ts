import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { ClientError, type Finding, remember } from './index.ts';

const options = { ttl: '40ms', failureTtl: '40ms', max: 2 } as const;
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
  await sleep(50);
  expect(await find('a')).toEqual({ value: 'a3' });
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
  await vi.waitFor(async () => expect(await find('a')).toEqual({ reason: 'empty' }));
  await vi.waitFor(async () => expect(await find('a')).toEqual({ value: 'found' }));
});

test('does not give an old answer again when the source fails', async () => {
  const source = vi.fn<() => Promise<Finding<string, never>>>().mockResolvedValueOnce({ value: 'old' });
  source.mockRejectedValue(broken());
  const find = remember(source, options);
  expect(await find('a')).toEqual({ value: 'old' });
  await sleep(50);
  expect(await find('a')).toEqual({ reason: 'unreachable' });
});

test('lets a bug through', async () => {
  const find = remember(() => Promise.reject(new TypeError('a bug')), options);
  await expect(find('a')).rejects.toThrow('a bug');
});
