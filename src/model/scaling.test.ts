import { describe, expect, test } from 'vitest';
import { problemsOf } from '../../test/problems-of.ts';
import { defineContract } from './contract.ts';
import { check } from './declaration-error.ts';
import { rateOf, requestRate, sumOf } from './measure.ts';
import { counter, gauge } from './metric.ts';
import {
  cpu,
  custom,
  fallbackPods,
  fixed,
  idleAfter,
  podLimits,
  podsFor,
  pollingSeconds,
  requests,
  scaling,
  scrapeSeconds,
  steps,
} from './scaling.ts';
import { defineService } from './service.ts';

const sold = counter({ name: 'shop_sold_total', help: 'Sold.' });
const waiting = gauge({ name: 'shop_waiting', help: 'Who waits.' });
const table: [number, number][] = [
  [100, 2],
  [200, 4],
  [300, 6],
  [Infinity, 10],
];
const day = { from: '0 8 * * 1-5', to: '0 18 * * 1-5', timezone: 'Europe/Berlin', pods: 4 };
const calm = { scaleDown: { stabilization: '5m', policies: [{ percent: 50, per: '1m' }], select: 'Max' } };
const doubling = {
  stabilization: '0s',
  policies: [
    { percent: 100, per: '15s' },
    { pods: 4, per: '15s' },
  ],
  select: 'Max',
};
const atOnce = {
  stabilization: '0s',
  policies: [
    { percent: 900, per: '15s' },
    { pods: 10, per: '15s' },
  ],
  select: 'Max',
};

test.each([
  ['fixed', fixed(3), {}],
  ['cpu', cpu({ min: 1, max: 7, cpu: 50 }), { behavior: { scaleUp: doubling, ...calm } }],
  [
    'requests',
    requests({ min: 1, max: 7, perPod: 50 }),
    { window: '30s', schedules: [], behavior: { scaleUp: atOnce, ...calm } },
  ],
  [
    'steps',
    steps(),
    { metric: requestRate, table, window: '30s', schedules: [], behavior: { scaleUp: atOnce, ...calm } },
  ],
  [
    'custom',
    custom({ min: 1, max: 7, perPod: 5 }),
    { metric: requestRate, window: '30s', behavior: { scaleUp: atOnce, ...calm } },
  ],
])('%s, with its defaults', (_, given, defaults) => {
  expect(check(scaling, given, 'shop.scaling')).toEqual({ ...given, ...defaults });
});

test('all props stay as they are written', () => {
  const scaleUp = { stabilization: '10s', policies: [{ pods: 1, per: '30s' }], select: 'Min' } as const;
  const behavior = { scaleUp, scaleDown: { ...scaleUp, stabilization: '2m', select: 'Disabled' } } as const;
  const asked = { window: '1m', behavior } as const;
  const byKeda = { ...asked, idle: { after: '10m' }, fallback: 5, schedules: [day] } as const;
  for (const given of [
    cpu({ min: 1, max: 7, cpu: 50, memory: 80, behavior }),
    requests({ min: 1, max: 7, perPod: 50, cpu: 90, ...byKeda }),
    steps({ metric: requestRate, table, ...byKeda }),
    steps({ metric: rateOf(sold), table, ...asked, schedules: [day] }),
    custom({ min: 1, max: 7, perPod: 50, metric: sumOf(waiting), ...asked }),
  ]) {
    expect(check(scaling, given, 'shop.scaling')).toEqual(given);
  }
});

describe('is refused', () => {
  const rows = (...given: unknown[]) => ({ kind: 'steps', table: given });
  test.each<[what: string, given: unknown, problems: string[]]>([
    [
      'an empty table',
      rows(),
      [
        'shop.scaling.table: got []; allowed: a list of at least one row; fix: write rows such as [100, 2], the last one for Infinity',
      ],
    ],
    [
      'one row',
      rows([Infinity, 2]),
      ['shop.scaling.table: got [[null,2]]; allowed: at least two rows; fix: write fixed(...) for a number that stays'],
    ],
    [
      'a row that is none',
      rows([100], [Infinity, 4]),
      ['shop.scaling.table[0]: got [100]; allowed: a row [up to, pods] such as [100, 2]; fix: write both numbers'],
    ],
    [
      'a demand of nothing',
      rows([0, 2], [Infinity, 4]),
      [
        'shop.scaling.table[0][0]: got 0; allowed: a number above 0; fix: write how much there is per second, or Infinity in the last row',
      ],
    ],
    [
      'an end that is open',
      rows([100, 2], [200, 4]),
      [
        'shop.scaling.table[1][0]: got 200; allowed: Infinity in the last row; fix: write Infinity: else nobody knows what is past it',
      ],
    ],
    [
      'an end in the middle',
      rows([Infinity, 2], [Infinity, 4]),
      [
        'shop.scaling.table[0][0]: got Infinity; allowed: Infinity in the last row only; fix: write where the next row begins',
      ],
    ],
    [
      'a demand that falls',
      rows([200, 2], [100, 4], [Infinity, 6]),
      [
        'shop.scaling.table[1][0]: got 100; allowed: more than the row before it, which is up to 200; fix: write the rows in order',
      ],
    ],
    [
      'pods that fall',
      rows([100, 4], [Infinity, 2]),
      [
        'shop.scaling.table[1][1]: got 2; allowed: more pods than the row before it, which has 4; fix: raise it, or delete the row',
      ],
    ],
    [
      'pods that an autoscaler takes for the same',
      rows([100, 9], [Infinity, 10]),
      [
        'shop.scaling.table[1][1]: got 10; allowed: at least 11 after 9: a difference of a tenth or less an HPA does not act on; fix: raise it, or delete the row',
      ],
    ],
    [
      'a row that chance alone crosses',
      rows([100, 2], [105, 4], [Infinity, 6]),
      [
        'shop.scaling.table[1][0]: got 105; allowed: at least 111: what is counted over half of 30s differs by up to 10.9/s by chance alone, and pods would come and go with it; fix: make the row wider, or window longer',
      ],
    ],
    [
      'a lull that is not forgotten yet',
      steps({ table, window: '2m', behavior: { scaleDown: { stabilization: '1m' } } }),
      [
        'shop.scaling.behavior.scaleDown.stabilization: got "1m"; allowed: at least window, which is 2m: pods would come and go with what is measured once more; fix: raise it, or shorten window',
      ],
    ],
    [
      'idle before what was asked is forgotten',
      steps({ table, window: '2m', behavior: { scaleDown: { stabilization: '2m' } }, idle: { after: '119s' } }),
      [
        'shop.scaling.idle.after: got "119s"; allowed: at least window, which is 2m: a single empty window is no quiet time; fix: raise it, or shorten window',
      ],
    ],
    ...['19s', '25h', '60.5s'].map((after): [string, unknown, string[]] => [
      `idle after ${after}`,
      steps({ table, idle: { after: after as '19s' } }),
      [
        after === '60.5s'
          ? 'shop.scaling.idle.after: got "60.5s"; allowed: whole seconds from 20s to 24h; fix: write them without a fraction'
          : `shop.scaling.idle.after: got "${after}"; allowed: a duration from 20s to 24h; fix: choose one in that range`,
      ],
    ]),
    [
      'idle for lack of something else than requests',
      steps({ metric: rateOf(sold), table, idle: { after: '10m' } }),
      [
        'shop.scaling.idle: got {"after":"10m"}; allowed: no idle beside shop_sold_total; fix: delete it, or scale by requests: a service that is asked would else go to sleep for lack of something else',
      ],
    ],
    [
      'idle by what KEDA does not do',
      { ...cpu({ min: 1, max: 3, cpu: 50 }), idle: { after: '10m' } },
      [
        'shop.scaling.idle: got {"after":"10m"}; allowed: the keys kind, min, max, cpu, memory, behavior; fix: delete idle',
      ],
    ],
    [
      'a fallback past the table',
      steps({ table, fallback: 11 }),
      [
        'shop.scaling.fallback: got 11; allowed: 2 to 10, which are min and max; fix: choose a number of pods in between',
      ],
    ],
    ...['+02:00', 'europe/berlin', 7].map((timezone): [string, unknown, string[]] => [
      `the clock ${timezone}`,
      requests({ min: 1, max: 9, perPod: 5, schedules: [{ ...day, timezone: timezone as string }] }),
      [
        `shop.scaling.schedules[0].timezone: got ${JSON.stringify(timezone)}; allowed: a time zone such as Europe/Berlin or UTC; fix: name one of the IANA database`,
      ],
    ]),
    [
      'Sunday as 7',
      requests({ min: 1, max: 9, perPod: 5, schedules: [{ ...day, from: '0 8 * * 7' }] }),
      [
        `shop.scaling.schedules[0].from: got "0 8 * * 7"; allowed: five fields: the minute as one number, then hour, day of the month, month and day of the week, each as numbers, ranges, lists, steps or *, such as '17 3 * * *'; fix: correct the day of the week, which is of 0 to 6`,
      ],
    ],
    ...[Infinity, -1].map((perPod): [string, unknown, string[]] => [
      `${perPod} for each pod`,
      custom({ min: 1, max: 9, perPod }),
      [
        `shop.scaling.perPod: got ${perPod}; allowed: a number from 0.001 to 1e9; fix: write how much of it one pod is to have`,
      ],
    ]),
    [
      'a clock that nobody has',
      requests({ min: 1, max: 9, perPod: 5, schedules: [{ ...day, timezone: 'Mars/North' }] }),
      [
        'shop.scaling.schedules[0].timezone: got "Mars/North"; allowed: a time zone such as Europe/Berlin or UTC; fix: name one of the IANA database',
      ],
    ],
    [
      'a schedule that contradicts the limits, and ends as it begins',
      requests({ min: 1, max: 3, perPod: 5, schedules: [{ ...day, to: day.from }] }),
      [
        'shop.scaling.schedules[0].pods: got 4; allowed: 1 to 3, which are min and max; fix: choose a number of pods in between',
        'shop.scaling.schedules[0].to: got "0 8 * * 1-5"; allowed: another time than from; fix: write when it ends',
      ],
    ],
    [
      'a CPU guard beside a table',
      { ...steps({ table }), cpu: 80 },
      [
        'shop.scaling.cpu: got 80; allowed: the keys kind, metric, table, window, idle, fallback, schedules, behavior; fix: delete cpu',
      ],
    ],
    [
      'fractions of seconds',
      cpu({ min: 1, max: 2, cpu: 5, behavior: { scaleUp: { stabilization: '1.5s' } } }),
      [
        'shop.scaling.behavior.scaleUp.stabilization: got "1.5s"; allowed: whole seconds from 0s to 1h; fix: write them without a fraction',
      ],
    ],
    [
      'more pods at least than at most',
      requests({ min: 5, max: 2, perPod: 10, fallback: 5 }),
      ['shop.scaling.max: got 2; allowed: at least min, which is 5; fix: raise max or lower min'],
    ],
  ])('%s', (_, given, problems) => {
    expect(problemsOf(() => check(scaling, given, 'shop.scaling'))).toEqual(problems);
  });

  test.each([
    [
      "another service's counter",
      rateOf(counter({ name: 'other_total', help: 'x' })),
      'other_total',
      'a counter',
      'shop_sold_total',
    ],
    ["another service's gauge", sumOf(gauge({ name: 'other', help: 'x' })), 'other', 'a gauge', 'shop_waiting'],
    [
      'a counter by its sum',
      { of: 'sum', metric: sold as never } as const,
      'shop_sold_total',
      'a gauge',
      'shop_waiting',
    ],
  ])('%s', (_, metric, got, kind, own) => {
    const declare = () =>
      defineService({
        contract: defineContract({ name: 'shop', port: 3000, routes: {} }),
        owner: 'team',
        description: 'Sells.',
        metrics: { sold, waiting },
        scaling: steps({ metric, table }),
      });
    expect(problemsOf(declare)).toEqual([
      `shop.scaling.metric: got "${got}"; allowed: requestRate, or ${kind} of the service's own metrics: ${own}; fix: add it to metrics, or choose one of these`,
    ]);
  });
});

test('the end that is proposed for a row is accepted', () => {
  for (const end of [100, 1_000, 12_345]) {
    const given = (next: number) => steps({ table: [[end, 2], [next, 4], [Infinity, 9]] }); // biome-ignore format: a table
    const [problem = ''] = problemsOf(() => check(scaling, given(end + 1), 'x'));
    const least = Number(/at least (\d+)/.exec(problem)?.[1]);
    expect(problemsOf(() => check(scaling, given(least), 'x'))).toEqual([]);
    expect(problemsOf(() => check(scaling, given(least - 1), 'x'))).not.toEqual([]);
  }
});

describe('tells', () => {
  const of = (given: Parameters<typeof scaling.parse>[0]) => scaling.parse(given);
  const table1 = of(steps({ table }));
  const perPod = of(requests({ min: 2, max: 7, perPod: 50 }));
  const idle = { after: '10m' } as const;

  test.each([
    [of(fixed(3)), 3, 3],
    [of(cpu({ min: 1, max: 7, cpu: 50 })), 1, 7],
    [table1, 2, 10],
    [perPod, 2, 7],
  ])('the least and the most pods of %j', (declared, min, max) => {
    expect(podLimits(declared)).toEqual({ min, max });
  });

  test.each([
    [table1, 0, 2],
    [table1, 100, 2],
    [table1, 100.1, 4],
    [table1, 300, 6],
    [table1, 301, 10],
    [table1, 1e9, 10],
    [perPod, 0, 2],
    [perPod, 150, 3],
    [perPod, 151, 4],
    [perPod, 1e9, 7],
    [of(fixed(3)), 1e9, 3],
    [of(cpu({ min: 1, max: 7, cpu: 50 })), 100, undefined],
    [of(steps({ table, idle })), 0, 0],
    [of(steps({ table, idle })), 0.01, 2],
    [of(requests({ min: 2, max: 7, perPod: 50, idle })), 0, 0],
    [of(requests({ min: 2, max: 7, perPod: 50, idle })), 1, 2],
  ])('of %j at %d per second the pods', (declared, demand, pods) => {
    expect(podsFor(declared, demand)).toBe(pods);
  });

  test.each([
    ['half of the most', steps({ table }), 5],
    ['rounded up', requests({ min: 1, max: 7, perPod: 5 }), 4],
    ['but no less than a schedule', requests({ min: 1, max: 9, perPod: 5, fallback: 2, schedules: [day] }), 4],
    ['but no less than the least', requests({ min: 6, max: 7, perPod: 5 }), 6],
    ['or what is declared', requests({ min: 1, max: 7, perPod: 5, fallback: 2 }), 2],
  ])('the pods without an answer: %s', (_, given, pods) => {
    expect(fallbackPods(of(given) as Parameters<typeof fallbackPods>[0])).toBe(pods);
  });

  test.each([
    [fixed(3), 15],
    [steps({ table, window: '20s' }), 5],
    [steps({ table }), 5],
    [steps({ table, window: '1m' }), 10],
    [steps({ table, window: '5m' }), 15],
  ])('how often %j is scraped', (given, seconds) => {
    expect(scrapeSeconds(of(given))).toBe(seconds);
  });

  test.each([
    [steps({ table }), 15],
    [steps({ table, idle }), 5],
  ])('how often KEDA looks at %j', (given, seconds) => {
    expect(pollingSeconds(of(given))).toBe(seconds);
  });

  test.each([
    [fixed(3), undefined],
    [steps({ table }), undefined],
    [steps({ table, idle }), '10m'],
  ])('after how long %j is idle', (given, after) => {
    expect(idleAfter(of(given))).toBe(after);
  });
});
