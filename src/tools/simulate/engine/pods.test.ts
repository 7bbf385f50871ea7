import { expect, test } from 'vitest';
import { Pods } from './pods.ts';

const props = { podStart: 8, scrapeInterval: 5, remembered: 30 };

test('pods are Ready when they have started', () => {
  const pods = new Pods(props);
  pods.scaleTo(2, 0);
  expect([pods.ready(7), pods.ready(8)]).toEqual([0, 2]);
  pods.scaleTo(3, 10.5);
  expect([pods.ready(18), pods.ready(19)]).toEqual([2, 3]);
});

test('the youngest go first and at once', () => {
  const pods = new Pods(props);
  pods.scaleTo(2, 0);
  pods.scaleTo(4, 5);
  expect(pods.ready(10)).toBe(2);
  pods.scaleTo(3, 10);
  expect(pods.living.map(({ createdAt }) => createdAt)).toEqual([0, 0, 5]);
  expect(pods.ready(13)).toBe(3);
  pods.scaleTo(1, 20);
  expect(pods.ready(20)).toBe(1);
  expect(pods.gone.map(({ createdAt, goneAt }) => [createdAt, goneAt])).toEqual([
    [5, 10],
    [5, 20],
    [0, 20],
  ]);
});

test('pods that went are forgotten after a while', () => {
  const pods = new Pods(props);
  pods.scaleTo(3, 0);
  pods.scaleTo(2, 10);
  pods.scaleTo(1, 41);
  expect(pods.gone.map(({ goneAt }) => goneAt)).toEqual([41]);
});

test('scrapes are spread over the interval', () => {
  const pods = new Pods(props);
  pods.scaleTo(100, 0);
  const counts = [0, 1, 2, 3, 4].map((second) => pods.living.filter(({ scrapedAt }) => scrapedAt === second).length);
  for (const count of counts) expect(count).toBeCloseTo(20, -0.5);
  expect(counts.reduce((sum, count) => sum + count)).toBe(100);
});
