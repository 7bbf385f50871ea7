import { expect, test } from 'vitest';
import { requestsBySecond } from './requests-by-second.ts';

test.each<[points: [at: number, perSecond: number][], counts: number[]]>([
  [[], []],
  [[[0, 9]], []],
  [
    [
      [0, 5],
      [2, 8],
      [3, 0],
    ],
    [5, 5, 8],
  ],
  // From one point to the next, also within a second; what an end in the middle of a second leaves is no second.
  [
    [
      [0, 4],
      [0.5, 10],
      [0.75, 20],
      [2.5, 3],
      [3.9, 0],
    ],
    [2 + 2.5 + 5, 20, 10 + 1.5],
  ],
])('%j come as %j', (points, counts) => {
  const trace = { name: 'made up', points: points.map(([at, perSecond]) => ({ at, perSecond })) };
  expect([...requestsBySecond(trace)]).toEqual(counts);
});
