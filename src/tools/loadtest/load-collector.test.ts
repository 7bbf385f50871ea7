import { expect, test } from 'vitest';
import { contractNamed } from '../../../test/declarations.ts';
import { notSent } from './drive.ts';
import { LoadCollector } from './load-collector.ts';
import { ask } from './traffic.ts';

const { routes } = contractNamed('shop');
const [shop, bank] = ['shop', 'bank'].map((service) => ask({ service, route: routes.list, weight: 1 }));
if (!shop || !bank) throw new Error('no routes');

test('counts by route, by phase and since the sample before', () => {
  const collector = new LoadCollector([shop, bank], 2, 1_000);
  const end = (route: typeof shop, phase: number, took: number, outcome: number | string) => {
    collector.sent(route, phase);
    collector.ended({ route, phase, plannedAt: 2_000, endedAt: 2_000 + took, outcome });
  };
  for (let took = 1; took <= 100; took++) end(shop, 0, took, 200);
  end(shop, 0, 7, 503);
  end(bank, 1, 10_000, 'timeout');
  collector.sent(bank, 1);

  const first = collector.sample(3_000);
  expect(first).toMatchObject({ at: 2, seconds: 2, asked: 103, answered: 101, failed: 2 });
  expect(first.services).toEqual({
    shop: { asked: 101, answered: 101, failed: 1 },
    bank: { asked: 2, answered: 0, failed: 1 },
  });
  // To three digits, as a histogram has them.
  expect(first.latency?.p50).toBeCloseTo(50, 0);
  expect(first.latency?.p95).toBeCloseTo(95, 0);
  expect(first.latency?.p99).toBeCloseTo(99, 0);
  expect(first.latency?.max).toBeCloseTo(100, 0);
  expect(collector.sample(3_500)).toEqual({
    ...{ at: 2.5, seconds: 0.5, asked: 0, answered: 0, failed: 0, latency: null },
    services: { shop: { asked: 0, answered: 0, failed: 0 }, bank: { asked: 0, answered: 0, failed: 0 } },
  });

  expect(collector.phase(0)).toMatchObject({ asked: 101, answered: 101, failed: 1, failures: { 503: 1 } });
  expect(collector.phase(1)).toEqual({
    asked: 2,
    answered: 0,
    failed: 1,
    failures: { timeout: 1 },
    latency: null,
    services: { bank: { asked: 2, answered: 0, failed: 1, failures: { timeout: 1 }, promised: null } },
  });
  expect(collector.routes()).toMatchObject([
    { service: 'shop', name: 'GET /items', asked: 101, failures: { 503: 1 } },
    { service: 'bank', name: 'GET /items', asked: 2, failures: { timeout: 1 } },
  ]);
});

test('what this machine did not send is no failure of the system', () => {
  const collector = new LoadCollector([shop], 1, 0);
  collector.sent(shop, 0);
  collector.ended({ route: shop, phase: 0, plannedAt: 0, endedAt: 0, outcome: notSent });
  expect(collector.phase(0)).toMatchObject({ asked: 1, answered: 0, failed: 0, failures: { [notSent]: 1 } });
});

test('times of microseconds and of hours are kept within what is counted', () => {
  const collector = new LoadCollector([shop], 1, 0);
  for (const endedAt of [0, 1e9]) collector.ended({ route: shop, phase: 0, plannedAt: 0, endedAt, outcome: 200 });
  expect(collector.phase(0).latency?.p50).toBeCloseTo(0.001, 3);
  expect((collector.phase(0).latency?.max ?? 0) / 600_000).toBeCloseTo(1, 2);
});

test('how long the promised part of the answers of each service took, of those other than 5xx', () => {
  const promised = (quantile: number) => ({ promised: { errors: 0.01, latency: { quantile, below: 1 } } });
  const collector = new LoadCollector([shop, bank], 1, 0, { shop: promised(0.9), bank: promised(0.5) });
  const end = (route: typeof shop, endedAt: number, outcome: number | string) => {
    collector.sent(route, 0);
    collector.ended({ route, phase: 0, plannedAt: 0, endedAt, outcome });
  };
  for (let took = 1; took <= 100; took++) end(shop, took, took % 2 === 0 ? 200 : 404);
  // Shed at once, they would make it look fast.
  for (let count = 0; count < 900; count++) end(shop, 1, 503);
  for (let took = 1; took <= 100; took++) end(bank, took * 10, 200);
  const { services } = collector.phase(0);
  expect(services['shop']?.promised).toBeCloseTo(90, 0);
  expect(Math.abs((services['bank']?.promised ?? 0) - 500)).toBeLessThan(1);
  expect(services['shop']).toMatchObject({ asked: 1_000, failed: 950, failures: { 404: 50, 503: 900 } });
});
