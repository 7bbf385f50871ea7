import type { ScalingOf } from '../../../model/index.ts';
import { measureOfPod } from './measured-demand.ts';
import type { Pod } from './pods.ts';
import { podsByEach } from './pods-by-each.ts';
import type { RateProps } from './rate-of-pod.ts';
import { thousandths } from './thousandths.ts';

/** @see podsByShare */
export interface ShareProps extends RateProps {
  /** Pods that there are. */
  readonly living: readonly Pod[];
  readonly scaling: Pick<ScalingOf<'custom'>, 'metric' | 'perPod'>;
  readonly tolerance: number;
}

/** The pods that an HPA wants by a metric of each pod, as prometheus-adapter answers it. @see adapterRule of src/charts/observability */
export function podsByShare({ living, scaling, tolerance, ...props }: ShareProps): number | undefined {
  const target = thousandths(scaling.perPod);
  let [count, total] = [0, 0];
  for (const pod of living) {
    const measured = measureOfPod(pod, scaling.metric.of, props);
    if (measured === undefined) continue;
    total += thousandths(measured);
    count++;
  }
  return podsByEach({
    pods: living.length,
    measured: { count, total },
    unready: 0,
    missing: living.length - count,
    missingAs: target,
    ratio: (sum, pods) => Math.floor(sum / pods) / target,
    tolerance,
  });
}
