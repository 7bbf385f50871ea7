import { describe, expect, test } from 'vitest';
import { contractNamed } from '../../../../test/declarations.ts';
import { testAlerts } from '../../../../test/promtool.ts';
import { eachMinutes, type TrafficPhase, trafficSeries } from '../../../../test/traffic-shape.ts';
import { defineService, fixed, type Service } from '../../../model/index.ts';
import { budgetBurns, burning } from './budget-burns.ts';
import { sloRules } from './slo-rules.ts';
import sloth from './testing/sloth.json' with { type: 'json' };

const namespace = 'shop';
const cart = (slo: Parameters<typeof defineService>[0]['slo']) =>
  defineService({ contract: contractNamed('cart'), owner: 'team', description: 'Sells.', scaling: fixed(1), slo });
const labels = { namespace, service: 'cart', pod: 'cart-0', method: 'GET', route: '/items' };
const promised = cart({ availability: 0.999, latency: { quantile: 0.95, below: '300ms' } });

/** As they are rendered, as far as it matters here. */
function groupsOf(service: Service) {
  const { records, alerts } = sloRules({ service, namespace });
  const rules = alerts.map(({ name, severity, when, for: wait }) => ({
    alert: name,
    expr: when.text,
    for: wait,
    labels: { severity },
  }));
  return [{ name: 'shop.cart', rules: [...records, ...rules] }];
}

/** What must be there so many minutes after the start: `1`, one series; `0`, none. */
interface Look {
  readonly at: number;
  readonly expr: string;
  readonly is: 0 | 1;
}

const caseOf = (phases: readonly TrafficPhase[], looks: readonly Look[], options: object = {}) => ({
  interval: '1m',
  input_series: trafficSeries(phases, { labels, ...options }),
  promql_expr_test: looks.map(({ at, expr, is }) => ({
    expr: `count(${expr})`,
    eval_time: `${at}m`,
    exp_samples: is === 1 ? [{ labels: '{}', value: 1 }] : [],
  })),
});

const alertLook = (alertname: string, severity: string, at: number, is: 0 | 1): Look => ({
  at,
  expr: `ALERTS{alertname="${alertname}",severity="${severity}",alertstate="firing"}`,
  is,
});
const burn = (severity: 'critical' | 'warning', at: number, is: 0 | 1, name = 'AvailabilityBudgetBurning') =>
  alertLook(name, severity, at, is);

const limits = { budget: 0.001, minimumErrors: 10 };
const branches = Object.values(budgetBurns)
  .flat()
  .map((each) => ({
    times: each.times,
    expr: burning(each, { namespace, service: 'cart', slo: 'availability' }, limits).text,
  }));
/** At one time: which of the four branches are true. */
const onlyBranch = (times: number | undefined, at: number): Look[] =>
  branches.map((branch) => ({ at, expr: branch.expr, is: branch.times === times ? 1 : 0 }));

/** Three days without an error, by the requests of a minute. */
const before = (good: number): TrafficPhase => ({ minutes: 4_320, good });

interface BranchCase {
  readonly times: number;
  readonly severity: 'critical' | 'warning';
  readonly phases: readonly TrafficPhase[];
  /** When none of them is true yet, and when this one is, in minutes. In between is what 5 minutes blur. */
  readonly quiet: number;
  readonly burns: number;
}

const branchCases: readonly BranchCase[] = [
  // 10 of 100 a minute fail: 1.44 % of the 6,000 of an hour are passed in the 9th minute; 0.6 % of the 36,000 of six hours in the 22nd.
  {
    ...{ times: 14.4, severity: 'critical', quiet: 4_320 + 5, burns: 4_320 + 10 },
    phases: [before(100), { minutes: 60, good: 90, failed: 10 }],
  },
  // 7 of 1,000: 0.6 % of six hours after 309 minutes; 0.3 % of a day and 0.1 % of three days after 618.
  {
    ...{ times: 6, severity: 'critical', quiet: 4_320 + 305, burns: 4_320 + 315 },
    phases: [before(1_000), { minutes: 400, good: 993, failed: 7 }],
  },
  // 4 of 1,000, after three times as many requests: k minutes of it are 4 k of the 1,000 k + 3,000 (1,440 - k) of a day, so 0.3 % after 1,296; 0.1 % of three days after 2,160.
  {
    ...{ times: 3, severity: 'warning', quiet: 4_320 + 1_290, burns: 4_320 + 1_305 },
    phases: [before(3_000), { minutes: 1_500, good: 996, failed: 4 }],
  },
  // 2 of 1,000 are twice the budget: more than the budget of all there is once they have lasted as long as what was good before.
  {
    ...{ times: 1, severity: 'warning', quiet: 795, burns: 810 },
    phases: [
      { minutes: 400, good: 1_000 },
      { minutes: 500, good: 998, failed: 2 },
    ],
  },
];

test('each branch alone tells somebody, once it is true and not before', { timeout: 300_000 }, async (context) => {
  const tests = branchCases.map(({ times, severity, phases, quiet, burns }) => {
    const wait = severity === 'critical' ? 5 : 15;
    return caseOf(phases, [
      ...onlyBranch(undefined, quiet),
      ...onlyBranch(times, burns),
      burn(severity, quiet + wait, 0),
      burn(severity, burns + wait, 1),
    ]);
  });
  await testAlerts(context, { groups: groupsOf(cart({ availability: 0.999 })), tests, every: '5m' });
});

const few = (at: number, is: 0 | 1) => alertLook('FewRequestsMostFail', 'warning', at, is);
const nobody = (at: number): Look => ({ at, expr: 'ALERTS{alertstate="firing"}', is: 0 });

/** One in five requests of a night fails. */
const night = [
  ...eachMinutes(10, 2, { good: 1 }),
  ...eachMinutes(10, 1, { failed: 1 }),
  ...eachMinutes(10, 2, { good: 1 }),
];
/** All day long somebody tries each half hour, in vain; then it is mended. */
const vain = [...eachMinutes(30, 6, { failed: 1 }), ...eachMinutes(10, 6, { good: 1 })];

test('of few requests that fail nobody is told at once, and of most of them soon', {
  timeout: 300_000,
}, async (context) => {
  const service = { availability: 0.999 };
  await testAlerts(context, {
    groups: groupsOf(cart(service)),
    tests: [
      caseOf(night, [29, 31, 33, 36, 50].map(nobody)),
      // The third fails after 90 minutes, and half an hour later that is told.
      caseOf(vain, [
        few(115, 0),
        few(125, 1),
        few(180, 1),
        burn('critical', 180, 0),
        burn('warning', 180, 0),
        few(235, 0),
      ]),
      // As many as are no accident, and then the budget is what burns.
      caseOf(eachMinutes(5, 30, { failed: 1 }), [burn('critical', 45, 0), burn('critical', 60, 1), few(120, 0)]),
    ],
  });
  // What holds the first back is the number: with another it is told.
  await testAlerts(context, {
    groups: groupsOf(cart({ ...service, minimumErrors: 1 })),
    tests: [
      caseOf(eachMinutes(10, 6, { good: 1 }).concat(eachMinutes(10, 3, { failed: 1 })), [burn('critical', 84, 1)]),
    ],
  });
});

test('where as few as three count, no request is too few', () => {
  const names = (minimumErrors: number) =>
    sloRules({ service: cart({ availability: 0.999, minimumErrors }), namespace }).alerts.map(({ name }) => name);
  expect(names(2)).toEqual(['AvailabilityBudgetBurning', 'AvailabilityBudgetBurning']);
  expect(names(3)).toContain('FewRequestsMostFail');
});

describe('late answers', () => {
  const late = (severity: 'critical' | 'warning', at: number, is: 0 | 1) =>
    burn(severity, at, is, 'LatencyBudgetBurning');

  test('are told of by their own budget', { timeout: 300_000 }, async (context) => {
    await testAlerts(context, {
      groups: groupsOf(promised),
      tests: [
        // 80 of 100 a minute: 72 % of the 6,000 of an hour are 54 minutes.
        caseOf(
          [
            { minutes: 400, good: 100 },
            { minutes: 80, good: 20, late: 80 },
          ],
          [late('critical', 452, 0), late('critical', 458, 1), burn('critical', 458, 0)],
        ),
        caseOf([{ minutes: 100, good: 94, late: 6 }], [late('critical', 90, 0), late('warning', 90, 1)]),
        caseOf([{ minutes: 100, good: 96, late: 4 }], [30, 60, 90].map(nobody)),
        // What fails is no answer, so it is not late either.
        caseOf(
          [{ minutes: 60, failed: 100 }],
          [late('critical', 50, 0), late('warning', 50, 0), burn('critical', 50, 1)],
        ),
      ],
    });
  });

  test.for(['1', '1.0'])('past an edge that is written %s', { timeout: 300_000 }, async (edge, context) => {
    const service = cart({ availability: 0.999, latency: { quantile: 0.95, below: '1s' } });
    await testAlerts(context, {
      groups: groupsOf(service),
      tests: [caseOf([{ minutes: 60, late: 100 }], [late('critical', 50, 1)], { edge })],
    });
  });
});

test('without an error there is a ratio, of 0, also where nothing announced the errors', {
  timeout: 300_000,
}, async (context) => {
  const ratio = 'service:slo_errors:ratio_rate1h{namespace="shop",service="cart",slo="availability"}';
  await testAlerts(context, {
    groups: groupsOf(promised),
    tests: [
      caseOf([{ minutes: 30, good: 10 }], [{ at: 20, expr: `${ratio} == 0`, is: 1 }], { announced: false }),
      // And where nobody asks there is none.
      caseOf([{ minutes: 30 }], [{ at: 20, expr: ratio, is: 0 }]),
    ],
  });
});

test('a service that promises nothing has no rules', () => {
  expect(sloRules({ service: cart(undefined), namespace })).toEqual({ records: [], alerts: [] });
});

/** As Sloth's own are told apart. */
const sloths = (severity: 'page' | 'ticket', at: number, is: 0 | 1): Look => ({
  at,
  expr: `ALERTS{sloth_severity="${severity}",alertstate="firing"}`,
  is,
});
const ours = (severity: 'critical' | 'warning', at: number, is: 0 | 1): Look => ({
  at,
  expr: `ALERTS{alertname="AvailabilityBudgetBurning",sloth_severity="",severity="${severity}",alertstate="firing"}`,
  is,
});

/** Beside what Sloth makes of the same objective. @see ../../../../docs/adr/012-slo-and-alerts.md */
const compared: Readonly<Record<string, readonly [phases: readonly TrafficPhase[], looks: readonly Look[]]>> = {
  'nothing fails': [
    [{ minutes: 100, good: 100 }],
    [ours('critical', 90, 0), sloths('page', 90, 0), ours('warning', 90, 0), sloths('ticket', 90, 0)],
  ],
  'everything fails: theirs at once, ours 2 minutes later': [
    [
      { minutes: 400, good: 100 },
      { minutes: 10, failed: 100 },
    ],
    [
      ours('critical', 400, 0),
      sloths('page', 400, 0),
      ours('critical', 402, 0),
      sloths('page', 402, 1),
      ours('critical', 404, 1),
    ],
  ],
  'a little fails for long': [
    [{ minutes: 100, good: 998, failed: 2 }],
    [ours('critical', 90, 0), sloths('page', 90, 0), ours('warning', 90, 1), sloths('ticket', 90, 1)],
  ],
  'one of five requests fails: theirs alone': [
    night,
    [ours('critical', 32, 0), ours('warning', 32, 0), few(32, 0), sloths('page', 32, 1)],
  ],
  'the first request of a service fails: theirs alone': [
    [{ minutes: 10 }, { minutes: 1, failed: 1 }, { minutes: 30, good: 1 }],
    [ours('critical', 13, 0), ours('warning', 28, 0), sloths('page', 13, 1)],
  ],
  'few requests, and all fail: theirs wakes somebody at the first, ours warns': [
    vain,
    [
      ours('critical', 32, 0),
      few(32, 0),
      ours('critical', 152, 0),
      few(152, 1),
      sloths('page', 32, 1),
      sloths('page', 152, 1),
    ],
  ],
  // 1,000 of 110,000 failed: 0.9 %. The average of the minutes' ratios is 0.09 %.
  'a busy hour fails a little: ours counts requests, theirs minutes': [
    [
      { minutes: 1_000, good: 10 },
      { minutes: 100, good: 990, failed: 10 },
    ],
    [
      { at: 1_100, expr: 'service:slo_errors:ratio_rate30d{slo="availability"} > 0.008', is: 1 },
      { at: 1_100, expr: 'slo:sli_error:ratio_rate30d < 0.001', is: 1 },
      { at: 1_100, expr: 'service:slo_budget:remaining30d{slo="availability"} < -7', is: 1 },
      { at: 1_100, expr: 'slo:period_error_budget_remaining:ratio > 0', is: 1 },
    ],
  ],
};

test('where these rules and those of Sloth say the same, and where not', { timeout: 300_000 }, async (context) => {
  await testAlerts(context, {
    groups: [...groupsOf(cart({ availability: 0.999 })), ...sloth.groups],
    tests: Object.entries(compared).map(([name, [phases, looks]]) => ({ name, ...caseOf(phases, looks) })),
  });
});
