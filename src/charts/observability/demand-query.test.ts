import { expect, test } from 'vitest';
import { testAlerts } from '../../../test/promtool.ts';
import { counter, gauge, rateOf, requestRate, sumOf } from '../../model/index.ts';
import { demandQuery } from './demand-query.ts';

const of = '{namespace="shop",service="cart"}';
const nobody = `(0 * count(up${of} == 1))`;
const first = `last_over_time(up${of}[10s] offset 50s)`;
const known = (demand: string) =>
  `((${demand} or ${nobody}) and on() (max(${first}) == 1)) unless on() count((up${of} == 0) and (${first} == 1))`;
const rate = (name: string, over: string) => `sum(rate(${name}${of}[${over}]))`;
const rising = (name: string) => known(`((${rate(name, '30s')} > ${rate(name, '1m')}) or ${rate(name, '1m')})`);

test.each([
  ['requests', requestRate, rising('http_requests_total')],
  ['a counter', rateOf(counter({ name: 'sold_total', help: 'Sold.' })), rising('sold_total')],
  ['a gauge', sumOf(gauge({ name: 'waiting', help: 'Who waits.' })), known(`sum(waiting${of})`)],
])('the demand by %s', (_, measure, query) => {
  expect(demandQuery({ namespace: 'shop', service: 'cart', measure, window: '1m', scraped: 10 })).toBe(query);
});

/** Series of a pod, a value each 10 s. */
const up = (values: string, pod = 'a') => ({ series: `up{namespace="shop",service="cart",pod="${pod}"}`, values });
const asked = (values: string, pod = 'a', service = 'cart') => ({
  series: `http_requests_total{namespace="shop",service="${service}",pod="${pod}",route="/items"}`,
  values,
});

// At whole minutes, as promtool knows no samples since the last one.
test.for<[what: string, series: object[], seconds: number, demand: number | undefined]>([
  ['nobody has asked yet', [up('1x30')], 180, 0],
  ['all pods together', [up('1x30'), asked('0+100x30'), up('1x30', 'b'), asked('0+50x30', 'b')], 180, 15],
  ['another service does not count', [up('1x30'), asked('0+100x30'), asked('0+999x30', 'b', 'till')], 180, 10],
  // From 10/s to 40/s after 210 s: the last half of the window is full of it, the whole is not.
  ['a rise, by the last half of the window', [up('1x40'), asked('0+100x21 2500+400x20')], 240, 40],
  ['a fall, by the whole of it', [up('1x40'), asked('0+400x21 8500+100x20')], 240, 22],
  ['a Prometheus that has looked for less than a window', [up('_x20 1x20'), asked('_x20 5000+100x20')], 240, undefined],
  ['and the same after a window', [up('_x20 1x20'), asked('_x20 5000+100x20')], 300, 10],
  ['a Prometheus that reaches no pod', [up('1x10 0x40'), asked('0+100x10')], 300, undefined],
  [
    'one of two pods that is not reached any more, for a window',
    [up('1x40'), asked('0+100x40'), up('1x20 0x20', 'b'), asked('0+100x20', 'b')],
    240,
    undefined,
  ],
  [
    'and the other one alone after it',
    [up('1x40'), asked('0+100x40'), up('1x10 0x30', 'b'), asked('0+100x10', 'b')],
    240,
    10,
  ],
  [
    'a pod that ended is not missed',
    [up('1x40'), asked('0+100x40'), up('1x20 stale', 'b'), asked('0+0x20 stale', 'b')],
    240,
    10,
  ],
  ['a Prometheus that is away', [], 180, undefined],
])('%s', { timeout: 60_000 }, async ([, input_series, seconds, demand], context) => {
  const query = { namespace: 'shop', service: 'cart', measure: requestRate, window: '1m', scraped: 10 } as const;
  await testAlerts(context, {
    groups: [],
    tests: [
      {
        interval: '10s',
        input_series,
        promql_expr_test: [
          {
            expr: `round(${demandQuery(query)})`,
            eval_time: `${seconds}s`,
            exp_samples: demand === undefined ? [] : [{ labels: '{}', value: demand }],
          },
        ],
      },
    ],
  });
});

test('of a service that may have no pods, who waits for it counts besides', () => {
  const said = 'http_client_waiting_requests{namespace="shop",peer="cart"';
  const seen = (offset: string) =>
    `(count(count by (service) (last_over_time(${said},service=~"till|gateway"}[10s]${offset}))) == 2)`;
  const all = `(${seen('')} and on() ${seen(' offset 1m')})`;
  const lost = `((up${of} == 0) and (max_over_time(up${of}[1h]) == 1))`;
  const waits = `label_replace((sum(max_over_time(${said}}[2m])) > 0) unless on() ${lost}, "of", "waiting", "", "")`;
  const own = demandQuery({
    ...{ namespace: 'shop', service: 'cart', window: '1m', scraped: 10 },
    measure: requestRate,
  });
  expect(demandQuery({ ...sleepy, wokenBy: ['till', 'gateway'] })).toBe(
    `sum((${own}) or ${waits} or label_replace(vector(0) unless on() up${of}, "of", "nobody", "", "")) > ((-1 * ${all}) or vector(0))`,
  );
});

const sleepy = { namespace: 'shop', service: 'cart', measure: requestRate, window: '1m', scraped: 10 } as const;

/** How many wait, each 5 s: 1 stands for one pod of a caller. */
const waiting = (values: string, service = 'till', pod = 'a') => ({
  series: `http_client_waiting_requests{namespace="shop",service="${service}",peer="cart",pod="${service}-${pod}"}`,
  values,
});
const nobodyAtGateway = waiting('0x80', 'gateway');

// Each 5 s, as callers are scraped.
test.for<[what: string, series: object[], seconds: number, demand: number | undefined]>([
  ['nobody waits for what has no pods', [waiting('0x80'), nobodyAtGateway], 240, 0],
  // From 235 s on: the very first look that sees it counts.
  ['one waits', [waiting('0x46 1x30'), nobodyAtGateway], 240, 1],
  ['all pods of all callers together', [waiting('0x46 2x30'), waiting('0x46 3x30', 'till', 'b'), waiting('0x46 5x30', 'gateway')], 240, 10], // biome-ignore format: one line each
  ['whoever waits for another', [waiting('0x80'), nobodyAtGateway, { ...waiting('7x80'), series: waiting('').series.replace('peer="cart"', 'peer="shelf"') }], 240, 0], // biome-ignore format: one line each
  ['a kind of caller that is not seen', [waiting('0x80')], 240, undefined],
  ['a caller that is not seen any more', [waiting('0x30 stale'), nobodyAtGateway], 240, undefined],
  ['one waits, whoever else is not seen', [waiting('0x46 1x30')], 240, 1],
  // A first pod, of which nobody knows a rate yet.
  ['it starts', [waiting('0x40 4x3 0x40'), nobodyAtGateway, up('_x44 0x40')], 240, 4],
  ['it has started a moment ago', [waiting('0x36 4x3 0x40'), nobodyAtGateway, up('_x38 0x2 1x40'), asked('_x41 0+5x40')], 240, 4], // biome-ignore format: one line each
  ['it is known', [waiting('0x4 4x3 0x80'), nobodyAtGateway, up('_x6 1x80'), asked('_x6 0+50x80')], 240, 10],
  ['it is known and some still wait', [waiting('0x46 3x30'), nobodyAtGateway, up('1x80'), asked('0+50x80')], 240, 13],
  ['nobody asks its pods', [waiting('0x80'), nobodyAtGateway, up('1x80')], 240, 0],
  ['nobody asks its pods, and a kind of caller is not seen', [waiting('0x80'), up('1x80')], 240, undefined],
  ['its pods are asked, and a kind of caller is not seen', [waiting('0x80'), up('1x80'), asked('0+50x80')], 240, 10],
  ['its pod is lost', [waiting('0x80'), nobodyAtGateway, up('1x40 0x40'), asked('0+50x40')], 240, undefined],
  [
    'its pod is lost and one waits',
    [waiting('0x42 1x30'), nobodyAtGateway, up('1x40 0x40'), asked('0+50x40')],
    240,
    undefined,
  ],
  [
    'its pod is lost for long and one waits',
    [waiting('0x42 1x90'), nobodyAtGateway, up('1x40 0x90'), asked('0+50x40')],
    600,
    undefined,
  ],
  [
    'it is asleep again and one waits',
    [waiting('0x82 1x30'), nobodyAtGateway, up('1x40 0x2 stale'), asked('0+50x40 stale')],
    420,
    1,
  ],
  // Its pods are gone since 220 s, and their rates are still known.
  ['it has just gone to sleep', [waiting('0x80'), nobodyAtGateway, up('1x43 stale'), asked('7x43 stale')], 240, 0],
  ['one waits for what has just gone to sleep', [waiting('0x46 1x30'), nobodyAtGateway, up('1x43 stale'), asked('7x43 stale')], 240, 1], // biome-ignore format: one line each
  // Back since 230 s, and not at its pods yet.
  ['a Prometheus that came back and has not found its pods', [waiting('0x20 _x25 0x30'), nobodyAtGateway], 240, undefined], // biome-ignore format: one line each
  ['a Prometheus that is away', [], 240, undefined],
])('of what may have no pods: %s', { timeout: 60_000 }, async ([, input_series, seconds, demand], context) => {
  await testAlerts(context, {
    groups: [],
    tests: [
      {
        interval: '5s',
        input_series,
        promql_expr_test: [
          {
            expr: `round(${demandQuery({ ...sleepy, wokenBy: ['till', 'gateway'] })})`,
            eval_time: `${seconds}s`,
            exp_samples: demand === undefined ? [] : [{ labels: '{}', value: demand }],
          },
        ],
      },
    ],
  });
});
