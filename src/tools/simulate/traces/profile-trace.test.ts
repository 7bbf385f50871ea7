import { expect, test } from 'vitest';
import { profileNames, profileTrace } from './profile-trace.ts';

test.each(profileNames)('%s rises to its peak and begins at 0', (name) => {
  const { points } = profileTrace(name, { peak: 350 });
  const rates = points.map(({ perSecond }) => perSecond);
  expect(points[0]?.at).toBe(0);
  expect(Math.max(...rates)).toBeCloseTo(350, 1);
  expect(Math.min(...rates)).toBeGreaterThan(0);
  expect(profileTrace(name, { peak: 350 })).toEqual(profileTrace(name, { peak: 350 }));
});

test('a ramp goes up and down evenly', () => {
  const { points } = profileTrace('ramp', { peak: 100 });
  const at = (minute: number) => Math.round(points[minute * 60]?.perSecond ?? Number.NaN);
  expect([0, 5, 15, 25, 35, 45, 55, 75].map(at)).toEqual([10, 10, 55, 100, 100, 55, 10, 10]);
});

test('a spike is there from one second to the next', () => {
  const { points } = profileTrace('spike', { peak: 100 });
  expect([599, 600, 899, 900].map((second) => points[second]?.perSecond)).toEqual([20, 100, 100, 20]);
});

test('a day is quiet at night, and has a peak at noon and a higher one in the evening', () => {
  const { points } = profileTrace('day', { peak: 100 });
  const at = (hour: number) => points.find((point) => point.at === hour * 3_600)?.perSecond ?? Number.NaN;
  expect(points.at(-1)?.at).toBe(86_400);
  expect(at(4)).toBeLessThan(10);
  expect(at(0)).toBeCloseTo(at(24), 6);
  for (const [peak, beside] of [
    [12.5, [9, 16]],
    [20.5, [16, 23]],
  ] as const)
    for (const hour of beside) expect(at(peak)).toBeGreaterThan(at(hour));
  expect(at(20.5)).toBeGreaterThan(at(12.5));
});

test('a day of a service that may be idle has hours without a request, and another profile is what it is', () => {
  const { points } = profileTrace('day', { peak: 100, isIdle: true });
  const none = points.filter(({ perSecond }) => perSecond === 0).map(({ at }) => at);
  expect([none[0], none.at(-1), none.length]).toEqual([2 * 3_600, 5 * 3_600 - 10, (3 * 3_600) / 10]);
  expect(profileTrace('ramp', { peak: 100, isIdle: true })).toEqual(profileTrace('ramp', { peak: 100 }));
});
