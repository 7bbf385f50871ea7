import { toSeconds } from '../../../model/index.ts';
import { above, and, atLeast, recorded, sumOver, times, type Vector } from '../promql/index.ts';
import { rounded } from './promise.ts';
import { type SloOf, type SloWindow, sloRecords } from './slo-records.ts';

/** How fast a budget may burn before somebody is told. */
export interface BudgetBurn {
  /** How many times faster than so that it would last 30 days. */
  readonly times: number;
  /** Over which it must burn so fast: long enough that it matters. */
  readonly long: SloWindow;
  /** Over which it must besides: a twelfth, so that it ends soon after what was wrong. */
  readonly short: SloWindow;
}

/**
 * At which somebody is told, by how soon they must look.
 * @see https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
 */
export const budgetBurns = {
  // 2 % of the budget in an hour, or 5 % in six.
  critical: [
    { times: 14.4, long: '1h', short: '5m' },
    { times: 6, long: '6h', short: '30m' },
  ],
  // 10 % in a day, or in three.
  warning: [
    { times: 3, long: '1d', short: '2h' },
    { times: 1, long: '3d', short: '6h' },
  ],
} as const satisfies Record<string, readonly [BudgetBurn, BudgetBurn]>;

type Labels = 'namespace' | 'service' | 'slo';

/** The part of the requests of the longer window that turned out badly, where a budget burns so fast and so many did that it is no accident of a few. */
export function burning(
  burn: BudgetBurn,
  of: SloOf,
  { budget, minimumErrors }: { readonly budget: number; readonly minimumErrors: number },
): Vector<Labels> {
  const over = (window: SloWindow) => above(recorded(sloRecords.errorRatio(window), of), rounded(burn.times * budget));
  return and(and(over(burn.long), over(burn.short)), atLeast(errorsIn(burn.long, of), minimumErrors));
}

/** How many requests turned out badly in a time: of what was recorded each minute, so that a series which has just begun counts only for as long as it is there. */
export function errorsIn(window: SloWindow, of: SloOf): Vector<Labels> {
  return times(sumOver(recorded(sloRecords.errors, of), window, '1m'), toSeconds('1m'));
}
