import { isWithin } from './is-within.ts';

/** What is known of the pods. */
export interface EachProps {
  /** Pods that there are. */
  readonly pods: number;
  /** What was measured of those that count, in whole units such as thousandths of a processor. */
  readonly measured: { readonly count: number; readonly total: number };
  /** Those that are not Ready, or not for long enough. */
  readonly unready: number;
  /** Those of which there is no measurement. */
  readonly missing: number;
  /** What a missing one counts as where pods would go, in the same unit. */
  readonly missingAs: number;
  /** How much of what is aimed at so many pods have together. */
  readonly ratio: (total: number, count: number) => number;
  readonly tolerance: number;
}

/**
 * The pods that an HPA wants by what each of them has. Where pods would be added, those of which nothing is known count as idle; where they would go, as busy, and those that are not Ready
 * not at all; and if that turns it round, all stays as it is.
 *
 * @returns undefined where nothing is known of any of them
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/podautoscaler/replica_calculator.go `GetResourceReplicas` and `calcPlainMetricReplicas`
 */
export function podsByEach(props: EachProps): number | undefined {
  const { pods, measured, unready, missing, missingAs, ratio, tolerance } = props;
  if (measured.count === 0) return undefined;
  const first = ratio(measured.total, measured.count);
  const isUpWithUnready = unready > 0 && first > 1;
  if (!isUpWithUnready && missing === 0) return isWithin(first, tolerance) ? pods : Math.ceil(first * measured.count);
  const guessed = first === 1 ? 0 : missing;
  const total = measured.total + (first < 1 ? guessed * missingAs : 0);
  const count = measured.count + guessed + (isUpWithUnready ? unready : 0);
  const second = ratio(total, count);
  if (isWithin(second, tolerance) || (first < 1 && second > 1) || (first > 1 && second < 1)) return pods;
  const wanted = Math.ceil(second * count);
  return second < 1 ? Math.min(wanted, pods) : Math.max(wanted, pods);
}
