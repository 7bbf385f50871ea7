import { describe, expect, test } from 'vitest';
import { clientWaiting, counter, gauge, histogram, httpRequestDuration, httpRequests } from '../../../model/index.ts';
import {
  above,
  absent,
  ago,
  and,
  asked,
  askedBy,
  average,
  buckets,
  changes,
  clamped,
  clampedBelow,
  constant,
  count,
  edge,
  equal,
  highest,
  increase,
  isAbove,
  labelled,
  latest,
  max,
  minus,
  now,
  observations,
  or,
  plus,
  predicted,
  quantileOf,
  rate,
  rateInterval,
  ratio,
  recorded,
  relabelled,
  roundedUp,
  series,
  spanText,
  sum,
  sumOver,
  times,
  totalOf,
  unless,
} from './index.ts';

const sold = counter({ name: 'sold_total', help: 'What was sold.', labels: { kind: ['tea', 'cake'], shop: 'open' } });
const queued = gauge({ name: 'queued', help: 'Who waits.' });
const perCart = series(httpRequests, { namespace: 'shop', service: 'cart' });

test.each([
  [series(queued), 'queued'],
  [series(sold, { kind: 'tea', shop: { like: 'a.*' } }), 'sold_total{kind="tea",shop=~"a.*"}'],
  [
    series(sold, { kind: { in: ['tea', 'cake'] }, shop: { unlike: 'b"c' } }),
    'sold_total{kind=~"tea|cake",shop!~"b\\"c"}',
  ],
  [series(sold, { shop: { notIn: ['a.b', 'c'] } }), 'sold_total{shop!~"a\\\\.b|c"}'],
  [series(sold, { shop: { notIn: [''] } }), 'sold_total{shop!=""}'],
  [buckets(httpRequestDuration, { le: edge(0.25) }), 'http_request_duration_seconds_bucket{le="0.25"}'],
  [buckets(httpRequestDuration, { le: edge(10) }), 'http_request_duration_seconds_bucket{le=~"10|10\\\\.0"}'],
  [observations(httpRequestDuration), 'http_request_duration_seconds_count'],
  [totalOf(httpRequestDuration), 'http_request_duration_seconds_sum'],
  [recorded({ record: 'service:x:ratio', by: ['service'] }, { service: 'cart' }), 'service:x:ratio{service="cart"}'],
])('selects %#: %s', (vector, text) => expect(vector.text).toBe(text));

test.each([
  [rate(perCart, '30s'), 'rate(http_requests_total{namespace="shop",service="cart"}[30s])'],
  [increase(series(sold), 90), 'increase(sold_total[90s])'],
  [highest(series(queued), '60m', { offset: 25 }), 'max_over_time(queued[1h] offset 25s)'],
  [latest(series(queued), '5s'), 'last_over_time(queued[5s])'],
  [average(series(queued), '1d'), 'avg_over_time(queued[1d])'],
  [changes(series(queued), '10m'), 'changes(queued[10m])'],
  [predicted(series(queued), '6h', '4d'), 'predict_linear(queued[6h], 345600)'],
  [ago(series(queued), '1h'), 'queued offset 1h'],
  [sumOver(above(series(queued), 1), '10m', '1m'), 'sum_over_time((queued > 1)[10m:1m])'],
  [rate(series(sold), rateInterval), 'rate(sold_total[$__rate_interval])'],
  [sumOver(series(queued), '3d', '1m'), 'sum_over_time(queued[3d:1m])'],
])('looks over a time %#: %s', (vector, text) => expect(vector.text).toBe(text));

const perShop = sum(rate(series(sold), '5m'), ['shop']);
const waiting = sum(series(queued), ['service']);

test.each([
  [perShop, 'sum by (shop) (rate(sold_total[5m]))'],
  [count(perCart), 'count(http_requests_total{namespace="shop",service="cart"})'],
  [
    quantileOf(0.95, sum(rate(buckets(httpRequestDuration), '5m'), ['le', 'service'])),
    'histogram_quantile(0.95, sum by (le, service) (rate(http_request_duration_seconds_bucket[5m])))',
  ],
  [times(0, waiting), '0 * sum by (service) (queued)'],
  [minus(now, max(series(queued))), 'time() - max(queued)'],
  [plus(times(2, waiting), 1), '(2 * sum by (service) (queued)) + 1'],
  [ratio(perShop, 2), 'sum by (shop) (rate(sold_total[5m])) / 2'],
  [isAbove(waiting, 3), 'sum by (service) (queued) > bool 3'],
  [clampedBelow(perShop, 0.5), 'clamp_min(sum by (shop) (rate(sold_total[5m])), 0.5)'],
  [clamped(roundedUp(waiting), 1, 9), 'clamp(ceil(sum by (service) (queued)), 1, 9)'],
  [
    ratio(series(clientWaiting), waiting, { on: ['service'], manyToOne: true }),
    'http_client_waiting_requests / on(service) group_left() sum by (service) (queued)',
  ],
  [
    and(above(waiting, 3), equal(waiting, waiting), { on: [] }),
    '(sum by (service) (queued) > 3) and on() (sum by (service) (queued) == sum by (service) (queued))',
  ],
  [unless(waiting, perShop), 'sum by (service) (queued) unless sum by (shop) (rate(sold_total[5m]))'],
  [
    or(above(perShop, 1), perShop),
    '(sum by (shop) (rate(sold_total[5m])) > 1) or sum by (shop) (rate(sold_total[5m]))',
  ],
  [
    labelled(sum(perCart), 'of', 'a'),
    'label_replace(sum(http_requests_total{namespace="shop",service="cart"}), "of", "a", "", "")',
  ],
  [
    relabelled(perShop, 'town', 'shop', '(.*)-.*'),
    'label_replace(sum by (shop) (rate(sold_total[5m])), "town", "$1", "shop", "(.*)-.*")',
  ],
  [
    sum(rate(asked(sold, { kind: 'tea', service: 'cart' }), '1m'), [askedBy]),
    'sum by (<<.GroupBy>>) (rate(sold_total{kind="tea",service="cart",<<.LabelMatchers>>}[1m]))',
  ],
  [absent(perCart), 'absent(http_requests_total{namespace="shop",service="cart"})'],
  [or(sum(perCart), constant(0)), 'sum(http_requests_total{namespace="shop",service="cart"}) or vector(0)'],
])('calculates %#: %s', (vector, text) => expect(vector.text).toBe(text));

test.each([
  ['1m', '1m'],
  ['90s', '90s'],
  ['24h', '1d'],
  [7.5, '7500ms'],
  [0.05, '50ms'],
] as const)('writes %s as %s', (span, text) => expect(spanText(span)).toBe(text));

describe('what no series has does not compile', () => {
  test('a label', () => {
    // @ts-expect-error: no label is called so
    series(sold, { colour: 'red' });
    // @ts-expect-error: the label has no such value
    series(sold, { kind: 'coffee' });
    // @ts-expect-error: nor one of such values
    series(sold, { kind: { in: ['tea', 'coffee'] } });
    // @ts-expect-error: what was summed has it no more
    sum(perShop, ['kind']);
    // @ts-expect-error: only a histogram's buckets have edges
    quantileOf(0.5, rate(series(sold), '5m'));
    // @ts-expect-error: both sides must have it
    and(perShop, waiting, { on: ['shop'] });
    expect(perShop.text).not.toContain('kind');
  });

  test('a rate of what falls', () => {
    // @ts-expect-error: a gauge has none
    expect(rate(series(queued), '5m').text).toBe('rate(queued[5m])');
    // @ts-expect-error: a histogram is no series of its own
    expect(series(histogram({ name: 'h', help: 'H.', buckets: [1] })).text).toBe('h');
  });
});
