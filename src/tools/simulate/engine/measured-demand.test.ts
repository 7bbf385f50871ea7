import { expect, test } from 'vitest';
import { measuredDemand, measureOfPod } from './measured-demand.ts';
import { Pods } from './pods.ts';
import { RunningSum } from './running-sum.ts';

/** Two pods that share what comes: 20 per second until 0, then other. */
function sight(after: number) {
  const perPod = new RunningSum(-100, 100);
  for (let second = -100; second < 100; second++) perPod.add((second < 0 ? 20 : after) / 2);
  const pods = new Pods({ podStart: 0, scrapeInterval: 5, remembered: 30 });
  pods.scaleTo(2, -100);
  return { pods, props: { window: 30, scrapeInterval: 5, perPod } };
}

test.each([
  // The scrapes of the two are 3 s apart.
  ['a rise counts as the last half of the window has it', 80, 15, 80],
  ['a rise of which half of that half is over counts by half', 80, 8, 52],
  ['a fall counts as the whole has it', 0, 15, 10],
  ['a fall is over with the window', 0, 40, 0],
])('%s', (_, after, now, is) => {
  const { pods, props } = sight(after);
  expect(Math.abs(measuredDemand(pods, 'rate', { ...props, now }) - is)).toBeLessThanOrEqual(6);
});

test('pods that went count while they are in the window', () => {
  const { pods, props } = sight(20);
  pods.scaleTo(1, 20);
  expect(measuredDemand(pods, 'rate', { ...props, now: 20 })).toBeCloseTo(20, 5);
  expect(measuredDemand(pods, 'rate', { ...props, now: 35 })).toBeGreaterThan(10);
  expect(measuredDemand(pods, 'rate', { ...props, now: 60 })).toBeCloseTo(10, 5);
});

test('a gauge is what its last scrapes said', () => {
  const { pods, props } = sight(60);
  expect([0, 3, 6].map((now) => measuredDemand(pods, 'sum', { ...props, now }))).toEqual([20, 40, 60]);
});

test('of a pod that was scraped and not asked there is 0, and before its first scrape nothing', () => {
  const { props } = sight(20);
  const young = { createdAt: 0, readyAt: 11, scrapedAt: 2, goneAt: Infinity };
  expect([11, 12, 17].map((now) => measureOfPod(young, 'rate', { ...props, now }))).toEqual([
    undefined,
    0,
    expect.closeTo((50 * 6) / 5 / 30, 9),
  ]);
});
