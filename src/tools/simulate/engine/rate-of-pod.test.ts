import { expect, test } from 'vitest';
import { rateOfPod } from './rate-of-pod.ts';
import { RunningSum } from './running-sum.ts';

const perPod = new RunningSum(-100, 100);
for (let second = -100; second < 100; second++) perPod.add(10);

const old = { createdAt: -60, readyAt: -50, scrapedAt: 0, goneAt: Infinity };

// As promtool 3.5 says of such a series that is scraped each 5 s: `promtool test rules`.
test.each([
  ['of a pod that was always there', old, 30, 50, 10],
  ['between two scrapes', old, 15, 52, 10],
  ['of one that came in the window', { ...old, readyAt: 19.3 }, 30, 37, 5.9],
  ['of one that came before it', { ...old, readyAt: 19.3 }, 30, 50, 10],
  ['of one that went', { ...old, goneAt: 41 }, 30, 52, 41 / 6],
  ['of one that went long ago', { ...old, goneAt: 41 }, 30, 63, 19 / 6],
  ['of one that came and was scraped four times', { ...old, readyAt: 34.7 }, 30, 50, 5.1],
  ['of it, over half as long', { ...old, readyAt: 34.7 }, 15, 48, 133 / 15],
  ['of one that was scraped twice', { ...old, readyAt: 34.7 }, 30, 40, 5.3 / 3],
  ['of one that was scraped once', { ...old, readyAt: 34.7 }, 30, 39, undefined],
  ['of one that is not Ready', { ...old, readyAt: 60 }, 30, 50, undefined],
  ['of one that went before the window', { ...old, goneAt: 41 }, 30, 75, undefined],
])('the rate %s', (_, pod, window, now, is) => {
  const rate = rateOfPod(pod, { now, window, scrapeInterval: 5, perPod });
  if (is === undefined) expect(rate).toBeUndefined();
  else expect(rate).toBeCloseTo(is, 9);
});

test('a pod has no series until it was asked: what it was asked until the first scrape counts in no rate', () => {
  const late = new RunningSum(-100, 100);
  for (let second = -100; second < 100; second++) late.add(second < 37 ? 0 : 10);
  const rate = (now: number) => rateOfPod(old, { now, window: 30, scrapeInterval: 5, perPod: late });
  expect([rate(36), rate(40), rate(44)]).toEqual([undefined, undefined, undefined]);
  // Two scrapes, 30 at 40 s and 80 at 45 s, extended by half of the interval at their begin.
  expect(rate(45)).toBeCloseTo((50 * 7.5) / 5 / 30, 9);
});
