import { expect, test } from 'vitest';
import { isTime } from './is-time.ts';

test.each([
  [15, [-15, 0, 15, 30]],
  [7.5, [-15, -7, 0, 8, 15, 23, 30]],
])('each %d s', (interval, times) => {
  const seconds = Array.from({ length: 51 }, (_, index) => index - 16);
  expect(seconds.filter((now) => now <= 31 && isTime(now, interval))).toEqual(times);
});
