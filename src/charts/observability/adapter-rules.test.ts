import { describe, expect, test } from 'vitest';
import { contractNamed } from '../../../test/declarations.ts';
import { testAlerts } from '../../../test/promtool.ts';
import { counter, custom, defineService, gauge, rateOf, type ScalingOf, sumOf } from '../../model/index.ts';
import { adapterRule } from './adapter-rules.ts';

const sold = counter({ name: 'sold_total', help: 'Sold.' });
const waiting = gauge({ name: 'waiting', help: 'Who waits.' });

function ruleOf(given: Partial<Parameters<typeof custom>[0]> = {}) {
  const { scaling } = defineService({
    contract: contractNamed('cart'),
    owner: 'team',
    description: 'Sells.',
    metrics: { sold, waiting },
    scaling: custom({ min: 2, max: 9, perPod: 20, ...given }),
  });
  return adapterRule({ namespace: 'shop', service: 'cart', scaling: scaling as ScalingOf<'custom'> });
}

/** The query as the adapter asks it of these pods. */
function asked(query: string, pods: readonly string[]): string {
  return query
    .replaceAll('<<.LabelMatchers>>', `namespace="shop",pod=~"${pods.join('|')}"`)
    .replaceAll('<<.GroupBy>>', 'pod');
}

const pod = '{service="cart",<<.LabelMatchers>>}';
const idle = `(0 * sum by (<<.GroupBy>>) (up${pod} == 1))`;
const looked = (range: string) => `(max(last_over_time(up{namespace="shop",service="cart"}${range})) == 1)`;

test('minimal props', () => {
  expect(ruleOf()).toEqual({
    seriesQuery: 'up{namespace="shop",service="cart"}',
    resources: { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } },
    name: { as: 'shop.cart.http_requests_per_second' },
    metricsQuery: `(sum by (<<.GroupBy>>) (rate(http_requests_total${pod}[30s])) or ${idle}) and on() ${looked('[5s] offset 25s')}`,
  });
});

test('a counter of its own, over a window of its own', () => {
  const { name, metricsQuery } = ruleOf({ metric: rateOf(sold), window: '2m' });
  expect(name).toEqual({ as: 'shop.cart.sold_per_second' });
  expect(metricsQuery).toBe(
    `(sum by (<<.GroupBy>>) (rate(sold_total${pod}[2m])) or ${idle}) and on() ${looked('[15s] offset 105s')}`,
  );
});

test('a gauge', () => {
  const { name, metricsQuery } = ruleOf({ metric: sumOf(waiting) });
  expect(name).toEqual({ as: 'shop.cart.waiting' });
  expect(metricsQuery).toBe(`(sum by (<<.GroupBy>>) (waiting${pod}) or ${idle}) and on() ${looked('[5s] offset 25s')}`);
});

describe('the answer by pod', () => {
  const at = (metric: string, values: string, name: string, more = '') => ({
    series: `${metric}{namespace="shop",service="cart",pod="${name}"${more}}`,
    values,
  });
  const up = (values: string, name: string) => at('up', values, name);
  const requests = (values: string, name: string, more?: string) => at('http_requests_total', values, name, more);
  const others = [
    { series: 'up{namespace="shop",service="stock",pod="a"}', values: '1x60' },
    { series: 'http_requests_total{namespace="shop",service="stock",pod="a"}', values: '0+999x60' },
    { series: 'http_requests_total{namespace="mall",service="cart",pod="a"}', values: '0+999x60' },
  ];

  // A sample each 5 s; asked after two minutes, at the 24th.
  test.for<[what: string, series: object[], answer: Record<string, number>]>([
    [
      'is what each pod counts per second, over its routes',
      [
        up('1x60', 'a'),
        up('1x60', 'b'),
        requests('0+100x60', 'a', ',route="/"'),
        requests('0+25x60', 'a', ',route="/items"'),
        requests('0+50x60', 'b', ',route="/"'),
      ],
      { a: 25, b: 10 },
    ],
    [
      'is 0 of a pod that nobody has asked yet',
      [up('1x60', 'a'), up('1x60', 'b'), requests('0+50x60', 'b')],
      { a: 0, b: 10 },
    ],
    ['is 0 where nobody has asked any', [up('1x60', 'a'), up('1x60', 'b')], { a: 0, b: 0 }],
    ['is none of a pod that Prometheus does not reach', [up('1x60', 'a'), up('1x10 0x50', 'b')], { a: 0 }],
    ['is there of a pod that came a moment ago', [up('1x60', 'a'), up('_x23 1x40', 'b')], { a: 0, b: 0 }],
    ['is none where Prometheus reaches no pod', [up('1x10 0x50', 'a'), requests('0+50x10 _x50', 'a')], {}],
    [
      'is none where Prometheus has seen less than a window',
      [up('_x20 1x40', 'a'), requests('_x20 1000+50x40', 'a')],
      {},
    ],
    ['is there once it has seen a window', [up('_x19 1x40', 'a'), requests('_x19 1000+50x40', 'a')], { a: 10 }],
    [
      'is none after an outage, though what was before it is still known',
      [up('1x9 _x10 1x40', 'a'), requests('0+50x9 _x10 1000+50x40', 'a')],
      {},
    ],
    [
      'is there after an outage shorter than a window',
      [up('1x19 _x3 1x40', 'a'), requests('0+50x19 _x3 1150+50x40', 'a')],
      { a: 10 },
    ],
    ['is none where there is nothing', [], {}],
  ])('%s', { timeout: 60_000 }, async ([, series, answer], context) => {
    const expr = asked(ruleOf().metricsQuery, ['a', 'b']);
    const samples = Object.entries(answer).map(([name, value]) => ({ labels: `{pod="${name}"}`, value }));
    const queries = [{ expr, eval_time: '2m', exp_samples: samples }];
    const tests = [{ interval: '5s', input_series: [...series, ...others], promql_expr_test: queries }];
    await testAlerts(context, { groups: [], tests });
  });
});
