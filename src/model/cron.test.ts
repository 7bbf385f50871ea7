import { expect, test } from 'vitest';
import { longestPause, nextRun, shifted } from './cron.ts';

const hour = 3_600;

test.each([
  ['17 3 * * *', 24 * hour],
  ['0 * * * *', hour],
  ['0 */6 * * *', 6 * hour],
  ['0 8-18/5,22 * * *', 10 * hour],
  ['0 3 * * 1-5', 72 * hour],
  ['0 3 * * 0', 7 * 24 * hour],
  ['0 3 1 * *', 31 * 24 * hour],
  // Either is enough.
  ['0 3 1 * 1', 7 * 24 * hour],
  ['0 3 29 2 *', (4 * 365 + 1) * 24 * hour],
])('the longest pause of %s', (schedule, seconds) => {
  expect(longestPause(schedule)).toBe(seconds);
});

test.each([
  ['0 8 * * *', '2024-01-01T00:00:00Z', 'UTC', '2024-01-01T08:00:00Z'],
  // A run that is now is not the next.
  ['0 8 * * *', '2024-01-01T08:00:00Z', 'UTC', '2024-01-02T08:00:00Z'],
  ['0 8 * * *', '2024-01-01T07:59:59Z', 'UTC', '2024-01-01T08:00:00Z'],
  ['30 8,18 * * 1-5', '2024-01-05T18:30:00Z', 'UTC', '2024-01-08T08:30:00Z'],
  ['0 8 * * *', '2024-01-01T00:00:00Z', 'Europe/Berlin', '2024-01-01T07:00:00Z'],
  ['0 0 * * *', '2024-01-01T00:00:00Z', 'America/New_York', '2024-01-01T05:00:00Z'],
  ['0 8 * * *', '2024-07-01T00:00:00Z', 'Asia/Kolkata', '2024-07-01T02:30:00Z'],
  // In the night in which Berlin has no 2 o'clock.
  ['30 2 * * *', '2024-03-31T00:00:00Z', 'Europe/Berlin', '2024-03-31T01:30:00Z'],
  ['0 3 29 2 *', '2024-03-01T00:00:00Z', 'UTC', '2028-02-29T03:00:00Z'],
])('%s after %s in %s is %s', (schedule, after, timezone, next) => {
  expect(nextRun(schedule, Date.parse(after) / 1_000, timezone)).toBe(Date.parse(next) / 1_000);
});

test('another minute of the same hour', () => {
  expect([0, 7, 42, 43, 60].map((minutes) => shifted('17 */6 * * *', minutes))).toEqual(
    ['17', '24', '59', '0', '17'].map((minute) => `${minute} */6 * * *`),
  );
});
