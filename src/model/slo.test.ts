import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineContract, get, put } from './contract.ts';
import { httpRequestDuration } from './http-metrics.ts';
import { fixed } from './scaling.ts';
import { defineService } from './service.ts';
import { requestDurationWith, routesOfSlo } from './slo.ts';

const response = z.string();
const contract = defineContract({ name: 'shop', port: 3000, routes: {} });
const declare = (slo: unknown) =>
  defineService({ contract, owner: 'team', description: 'Sells.', scaling: fixed(1), slo: slo as never }).slo;

test('what is left out', () => {
  expect(declare(undefined)).toBeUndefined();
  expect(declare({ availability: 0.99 })).toEqual({ availability: 0.99, minimumErrors: 10 });
});

const share = 'a part of all requests from 0.95 to 0.9999; fix: write what users need, such as 0.999';

test.each<[slo: unknown, message: string]>([
  [{ availability: 99.9 }, `shop.slo.availability: got 99.9; allowed: ${share}`],
  [{ availability: 0.94 }, `shop.slo.availability: got 0.94; allowed: ${share}`],
  [{ availability: 1 }, `shop.slo.availability: got 1; allowed: ${share}`],
  [{}, 'shop.slo.availability: got nothing; allowed: a part of all requests from 0.95 to 0.9999; fix: add it'],
  [
    { availability: 0.99, latency: { quantile: 95, below: '1s' } },
    `shop.slo.latency.quantile: got 95; allowed: ${share}`,
  ],
  [
    { availability: 0.99, latency: { quantile: 0.95, below: '11s' } },
    'shop.slo.latency.below: got "11s"; allowed: a duration from 1ms to 10s; fix: choose one in that range',
  ],
  [{ availability: 0.99, minimumErrors: 0 }, 'shop.slo.minimumErrors: got 0; allowed: a whole number from 1 to 10000'],
  [
    { availability: 0.99, latncy: {} },
    'shop.slo.latncy: got {}; allowed: the keys availability, latency, minimumErrors',
  ],
])('%j is refused', (slo, message) => expect(() => declare(slo)).toThrow(message));

test('nobody promises an answer later than the service gives any', () => {
  const slo = { availability: 0.99, latency: { quantile: 0.95, below: '6s' } } as const;
  const lifecycle = { request: '5s' } as const;
  expect(() =>
    defineService({ contract, owner: 'team', description: 'Sells.', scaling: fixed(1), slo, lifecycle }),
  ).toThrow(
    'shop.slo.latency.below: got "6s"; allowed: at most lifecycle.request, which is 5s; fix: lower it, or raise request: an answer that takes longer is 503',
  );
});

test.each([
  [undefined, []],
  [{ availability: 0.99, minimumErrors: 1 }, []],
  [{ availability: 0.99, minimumErrors: 1, latency: { quantile: 0.95, below: '300ms' as const } }, [0.3]],
  // What is an edge already is none twice.
  [{ availability: 0.99, minimumErrors: 1, latency: { quantile: 0.95, below: '1s' as const } }, []],
])('with %j the edges are more by %j', (slo, more) => {
  const { buckets } = httpRequestDuration;
  expect(requestDurationWith(slo).buckets).toEqual([...buckets, ...more].sort((one, other) => one - other));
});

test('the requests that count are those from outside, or all where nobody comes from there', () => {
  const routes = {
    one: get('/things/:id', { summary: 'One.', exposed: true, params: z.object({ id: z.string() }), response }),
    change: put('/things/:id', { summary: 'Change.', exposed: true, params: z.object({ id: z.string() }), response }),
    inner: get('/inner', { summary: 'Inner.', response }),
  };
  expect(routesOfSlo(defineContract({ name: 'things', port: 3000, routes }))).toEqual(['/things/:id']);
  const { inner } = routes;
  expect(routesOfSlo(defineContract({ name: 'things', port: 3000, routes: { inner } }))).toEqual(['/inner']);
});
