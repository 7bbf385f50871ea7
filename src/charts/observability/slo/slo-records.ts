import type { Duration } from '../../../model/index.ts';
import { above, average, minus, ratio, recorded, times, type Vector } from '../promql/index.ts';
import type { RecordingRule } from '../recording-rule.ts';
import { type PromiseName, rounded, type SloPromise } from './promise.ts';

const by = ['namespace', 'service', 'slo'] as const;

/** Whose series. */
export interface SloOf {
  readonly namespace: string;
  readonly service: string;
  readonly slo: PromiseName;
}

/** The windows whose rates are taken of the requests themselves. */
const short = ['5m', '30m', '1h'] as const satisfies readonly Duration[];
/** Those that are averages of what was recorded: three days of the requests themselves, of each route, status and edge of each pod, would be tens of millions of samples. */
const long = ['2h', '6h', '1d', '3d', '30d'] as const satisfies readonly Duration[];

/** The windows over which errors are recorded, the last that of the budget. */
export type SloWindow = (typeof short)[number] | (typeof long)[number];

/** What is recorded of a promise, in the order in which one follows from another. */
export const sloRecords = {
  /** Requests that turned out badly, per second, over 5 minutes. */
  errors: { record: 'service:slo_errors:rate5m', by },
  /** Requests that count, per second, over 5 minutes. */
  requests: { record: 'service:slo_requests:rate5m', by },
  /** The part of the requests that turned out badly. None where there were no requests. */
  errorRatio: (window: SloWindow) => ({ record: `service:slo_errors:ratio_rate${window}`, by }),
  /** What is left of the budget of 30 days: 1 is all of it, and less than 0 more than was promised. */
  budget: { record: 'service:slo_budget:remaining30d', by },
} as const;

/** The recording rules of a promise. They build on one another, so they are of one group, in this order. */
export function recordsOf(of: SloOf, promise: SloPromise): RecordingRule[] {
  const rule = ({ record }: { readonly record: string }, expression: Vector<string>): RecordingRule => ({
    record,
    expr: expression.text,
    labels: { slo: of.slo },
  });
  const errors = recorded(sloRecords.errors, of);
  const requests = recorded(sloRecords.requests, of);
  return [
    rule(sloRecords.errors, promise.errors('5m')),
    rule(sloRecords.requests, promise.requests('5m')),
    ...short.map((window) =>
      rule(
        sloRecords.errorRatio(window),
        window === '5m'
          ? ratio(errors, above(requests, 0))
          : ratio(promise.errors(window), above(promise.requests(window), 0)),
      ),
    ),
    // Errors and requests apart, so that a busy hour counts for more than a quiet one.
    ...long.map((window) =>
      rule(sloRecords.errorRatio(window), ratio(average(errors, window), above(average(requests, window), 0))),
    ),
    rule(sloRecords.budget, minus(1, times(recorded(sloRecords.errorRatio('30d'), of), rounded(1 / promise.budget)))),
  ];
}
