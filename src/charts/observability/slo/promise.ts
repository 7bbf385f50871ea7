import {
  type Duration,
  httpRequestDuration,
  httpRequests,
  routesOfSlo,
  type Service,
  toSeconds,
} from '../../../model/index.ts';
import { buckets, edge, minus, observations, or, rate, series, sum, times, type Vector } from '../promql/index.ts';

/** What of a service is promised. */
export type PromiseName = 'availability' | 'latency';

type Counted = Vector<'namespace' | 'service'>;

/** One promise of a service: which of its requests count, and which of them turned out badly. */
export interface SloPromise {
  readonly name: PromiseName;
  /** The part of the requests that may turn out badly. */
  readonly budget: number;
  /** How many requests count, per second, over a time. */
  readonly requests: (over: Duration) => Counted;
  /** How many of them turned out badly. 0 where none did. */
  readonly errors: (over: Duration) => Counted;
}

const by = ['namespace', 'service'] as const;

/** What a service promises, none where it has no `slo`. @param namespace where it runs */
export function promisesOf({ name: service, contract, slo }: Service, namespace: string): readonly SloPromise[] {
  if (!slo) return [];
  const of = { namespace, service, route: { in: routesOfSlo(contract) } };
  const asked = (over: Duration): Counted => sum(rate(series(httpRequests, of), over), by);
  const failed = (over: Duration): Counted =>
    sum(rate(series(httpRequests, { ...of, status: { like: '5..' } }), over), by);
  const availability: SloPromise = {
    name: 'availability',
    budget: budgetOf(slo.availability),
    requests: asked,
    errors: (over) => or(failed(over), times(0, asked(over))),
  };
  const { latency } = slo;
  if (!latency) return [availability];
  // Who left before there was an answer counts too: a service that hangs is slow.
  const good = { ...of, status: { unlike: '5..' } };
  const le = edge(toSeconds(latency.below));
  const answered = (over: Duration): Counted => sum(rate(observations(httpRequestDuration, good), over), by);
  const inTime = (over: Duration): Counted => sum(rate(buckets(httpRequestDuration, { ...good, le }), over), by);
  return [
    availability,
    {
      name: 'latency',
      budget: budgetOf(latency.quantile),
      requests: answered,
      errors: (over) => minus(answered(over), inTime(over)),
    },
  ];
}

function budgetOf(share: number): number {
  return rounded(1 - share);
}

/** Without what binary fractions add: 1 - 0.999 is 0.001. */
export function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
