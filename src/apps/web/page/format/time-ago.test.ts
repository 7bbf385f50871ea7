import { expect, test } from 'vitest';
import { timeAgo } from './time-ago.ts';

const now = Date.UTC(2026, 5, 15, 12);
const minute = 60_000;
const day = 24 * 60 * minute;
const ago = (milliseconds: number) => timeAgo(new Date(now - milliseconds), now);
/** As this machine speaks: the form of the words is that of Intl. */
const words = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

test.each([
  [0, 0, 'second'],
  [59_999, 0, 'second'],
  // Clocks differ.
  [-5 * minute, 0, 'second'],
  [minute, -1, 'minute'],
  [59 * minute + 59_000, -59, 'minute'],
  [60 * minute, -1, 'hour'],
  [day - 1, -23, 'hour'],
  [day, -1, 'day'],
  [7 * day - 1, -6, 'day'],
] as const)('%d ms ago are %d %s', (passed, amount, unit) => {
  expect(ago(passed)).toBe(words.format(amount, unit));
});

test('what is older than a week has a date, with its year only where that is another', () => {
  expect(ago(7 * day)).not.toContain('2026');
  expect(ago(400 * day)).toContain('2025');
});
