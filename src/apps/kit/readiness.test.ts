import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from './log.ts';
import { Readiness } from './readiness.ts';
import { LogLines } from './testing/log-lines.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function build() {
  const lines = new LogLines();
  const readiness = new Readiness(createLog({ service: 'test', version: '1', level: 'info', to: lines }));
  return { readiness, reasons: () => lines.all().map(({ check, reason }) => `${check}: ${reason}`) };
}

test('a failed check is logged when its reason changes, and then each 10 s', async () => {
  const { readiness, reasons } = build();
  let reason = 'no route';
  readiness.add('store', () => {
    throw new Error(reason);
  });
  readiness.add('other', () => {
    throw new Error('also away');
  });
  const passing = async (milliseconds: number) => {
    for (let time = 0; time < milliseconds; time += 500) {
      expect((await readiness.state()).ready).toBe(false);
      vi.advanceTimersByTime(500);
    }
  };
  await passing(10_000);
  expect(reasons()).toEqual(['store: no route', 'other: also away']);
  reason = 'no password';
  await passing(10_000);
  expect(reasons().slice(2)).toEqual(['store: no password', 'other: also away']);
  await readiness.state();
  expect(reasons().slice(4)).toEqual(['store: no password', 'other: also away']);
});

test('a check that fails again after it passed is news, and one without an answer is logged as seldom', async () => {
  const { readiness, reasons } = build();
  let isAway = true;
  readiness.add('store', () => (isAway ? new Promise(() => {}) : undefined), { timeout: '5ms' });
  await readiness.state();
  await readiness.state();
  expect(reasons()).toEqual(['store: no answer within 5 ms']);
  isAway = false;
  expect((await readiness.state()).ready).toBe(true);
  isAway = true;
  await readiness.state();
  expect(reasons()).toHaveLength(2);
});
