import type { Service, Slo } from '../../../model/index.ts';
import type { Alert } from '../alerts/alert.ts';
import { above, and, atLeast, below, or, recorded, unless } from '../promql/index.ts';
import type { RecordingRule } from '../recording-rule.ts';
import { budgetBurns, burning, errorsIn } from './budget-burns.ts';
import { promisesOf, type SloPromise } from './promise.ts';
import { recordsOf, type SloOf, sloRecords } from './slo-records.ts';

/** What Prometheus is told of what a service promises. */
export interface SloRules {
  /** In one group with the alerts, before them and in this order: each follows from those before. */
  readonly records: readonly RecordingRule[];
  readonly alerts: readonly Alert[];
}

export interface SloRulesProps {
  readonly service: Service;
  /** Where it runs. */
  readonly namespace: string;
}

/** That a service keeps its promises, in rules: none where it has no `slo`. */
export function sloRules({ service, namespace }: SloRulesProps): SloRules {
  const { slo } = service;
  if (!slo) return { records: [], alerts: [] };
  const promises = promisesOf(service, namespace).map((promise) => ({
    promise,
    of: { namespace, service: service.name, slo: promise.name },
  }));
  return {
    records: promises.flatMap(({ promise, of }) => recordsOf(of, promise)),
    alerts: [
      ...promises.flatMap(({ promise, of }) => burnAlerts(service, slo, promise, of)),
      ...fewRequests(service, slo, namespace),
    ],
  };
}

const about = {
  availability: {
    name: 'AvailabilityBudgetBurning',
    concern: 'errors',
    bad: 'fail',
    promise: ({ availability }: Slo) => `that ${percent(availability)} of its requests are not answered with 5xx`,
  },
  latency: {
    name: 'LatencyBudgetBurning',
    concern: 'latency',
    bad: 'take too long',
    promise: ({ latency }: Slo) =>
      `that ${percent(latency?.quantile ?? 1)} of its answers take at most ${latency?.below}`,
  },
} as const;

function burnAlerts(
  { name: service, owner }: Service,
  slo: Slo,
  { name: of, budget }: SloPromise,
  series: SloOf,
): Alert[] {
  const { name, concern, bad, promise } = about[of];
  const limits = { budget, minimumErrors: slo.minimumErrors };
  const alert = (severity: keyof typeof budgetBurns, wait: Alert['for'], days: string): Alert => {
    const [fast, slow] = budgetBurns[severity];
    return {
      ...{ name, severity, concern, service, owner },
      seen: { panel: `${of}-burn`, above: [fast.times, slow.times] },
      when: or(burning(fast, series, limits), burning(slow, series, limits)),
      for: wait,
      summary: `${service} in ${series.namespace}: {{ $value | humanizePercentage }} of its requests ${bad}`,
      description: `It promises ${promise(slo)}. So many of them ${bad} now that the budget of 30 days lasts ${days} at most.`,
    };
  };
  return [alert('critical', '2m', '5 days'), alert('warning', '15m', '30 days')];
}

/** Fewer than three requests that failed say nothing about a service: anybody may meet a pod that ends. The rate of a counter that has just begun makes a little less of them. */
const accident = 2.5;

/** The part of the requests that is most of them. */
const most = 0.5;

/** Where so few ask that those who are refused are too few to burn a budget, and yet most are. */
function fewRequests({ name: service, owner }: Service, { minimumErrors }: Slo, namespace: string): Alert[] {
  if (minimumErrors <= accident) return [];
  const of = { namespace, service, slo: 'availability' } as const;
  const failed = errorsIn('6h', of);
  const mostFail = above(recorded(sloRecords.errorRatio('6h'), of), most);
  const isOver = below(recorded(sloRecords.errorRatio('1h'), of), most);
  // With so many that a budget burns, that is told.
  const few = and(atLeast(failed, accident), below(failed, minimumErrors));
  return [
    {
      ...{ name: 'FewRequestsMostFail', severity: 'warning', concern: 'errors', service, owner },
      seen: { panel: 'failures', above: [most] },
      when: unless(and(mostFail, few), isOver),
      for: '30m',
      summary: `${service} in ${namespace}: {{ $value | humanizePercentage }} of its few requests fail`,
      description: `Of the requests of 6 hours more than half were answered with 5xx: fewer than ${minimumErrors}, so that no budget is said to burn, but hardly anybody is served.`,
    },
  ];
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
