import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from '../log.ts';
import { LogLines } from '../testing/log-lines.ts';
import { onceReached } from './once-reached.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Reaches for something that is away until then, in milliseconds. */
async function reached(until: number, error: Error = Object.assign(new Error('refused'), { syscall: 'connect' })) {
  const lines = new LogLines();
  const startedAt = Date.now();
  let attempts = 0;
  const outcome = onceReached({
    what: 'the database',
    log: createLog({ service: 'sample', version: 'dev', level: 'debug', to: lines }),
    reach: async () => {
      attempts++;
      if (Date.now() - startedAt < until) throw error;
      return 'there';
    },
    isAway: (each) => 'syscall' in each,
  }).catch((failure: Error) => failure.message);
  await vi.runAllTimersAsync();
  return { outcome: await outcome, attempts, lines: lines.of('the database not reached yet').length };
}

test('what is there is reached at once', async () => {
  expect(await reached(0)).toEqual({ outcome: 'there', attempts: 1, lines: 0 });
});

test('a pod that is not let through in its first seconds waits, and says so', async () => {
  const { outcome, attempts, lines } = await reached(20_000);
  expect(outcome).toBe('there');
  expect(lines).toBe(attempts - 1);
  expect(lines).toBeGreaterThan(5);
});

test('what stays away is said to be so', async () => {
  expect(await reached(120_000)).toMatchObject({ outcome: 'refused', attempts: expect.any(Number) });
});

test('what it refuses is not asked for again', async () => {
  expect(await reached(20_000, new Error('no such database'))).toEqual({
    outcome: 'no such database',
    attempts: 1,
    lines: 0,
  });
});
