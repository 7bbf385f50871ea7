import { isWithin } from './is-within.ts';
import { thousandths } from './thousandths.ts';

/** @see podsByAverage */
export interface AverageProps {
  /** Pods that there are. */
  readonly pods: number;
  /** The measure of all of them. */
  readonly total: number;
  /** How much of it one is to have. */
  readonly perPod: number;
  readonly tolerance: number;
}

/**
 * The pods that an HPA wants by an external metric of type `AverageValue`, as KEDA's are. Like it, in thousandths.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/podautoscaler/replica_calculator.go `GetExternalPerPodMetricReplicas`
 */
export function podsByAverage({ pods, total, perPod, tolerance }: AverageProps): number {
  const [counted, target] = [thousandths(total), thousandths(perPod)];
  return isWithin(counted / (target * pods), tolerance) ? pods : Math.ceil(counted / target);
}
