import { expect, test } from 'vitest';
import type { Phase } from './phase.ts';
import { plannedStarts } from './planned-starts.ts';

const phase = (from: number, to: number, seconds: number): Phase => ({ name: 'a', kind: 'ramp', from, to, seconds });

test('a constant rate is even', () => {
  expect([...plannedStarts(phase(4, 4, 2))]).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75]);
});

test.each([
  [0, 10, 10],
  [10, 0, 10],
  [1, 400, 60],
  [100, 100.001, 5],
])(
  'from %d/s to %d/s in %d s: as many in each second as the rate there says, within it, in order',
  (from, to, seconds) => {
    const starts = [...plannedStarts(phase(from, to, seconds))];
    expect(starts).toHaveLength(Math.floor(((from + to) / 2) * seconds));
    expect(starts).toEqual(starts.toSorted((one, other) => one - other));
    expect(starts.every((start) => start >= 0 && start <= seconds)).toBe(true);
    for (let second = 0; second < seconds; second++) {
      const rate = from + ((to - from) * (second + 0.5)) / seconds;
      const there = starts.filter((start) => start >= second && start < second + 1).length;
      expect(Math.abs(there - rate)).toBeLessThan(2);
    }
  },
);

test('none where nothing is asked', () => {
  expect([...plannedStarts(phase(0, 0, 60))]).toEqual([]);
});
