import { expect, test } from 'vitest';
import { RunningSum } from './running-sum.ts';

const sum = new RunningSum(-2, 10);
for (const value of [1, 2, 4, 8]) sum.add(value);

test.each([
  [-2, 2, 15],
  [0, 1, 4],
  [-0.5, 0.5, 1 + 2],
  [1, 1, 0],
  // Nothing was before, and nothing has been added yet after.
  [-100, -1, 1],
  [1.5, 9, 4],
])('from %d to %d there were %d', (from, to, is) => {
  expect(sum.between(from, to)).toBe(is);
});
