import type { Surroundings } from '../simulation.ts';
import type { Pod } from './pods.ts';
import { podsByEach } from './pods-by-each.ts';
import type { RunningSum } from './running-sum.ts';

/** @see podsByCpu */
export interface CpuProps {
  readonly now: number;
  /** Pods that there are. */
  readonly living: readonly Pod[];
  /** Seconds of a processor that each pod has used that was Ready all the time. */
  readonly used: RunningSum;
  /** Average use of the requested CPU that is aimed at, in per cent. */
  readonly cpu: number;
  readonly surroundings: Surroundings;
}

/** Seconds that a container must have run before metrics-server says how much it uses. */
const leastMeasured = 10;

/**
 * The pods that an HPA wants by the use of CPU, as metrics-server has measured it last. A pod that is not Ready yet uses what one uses at rest.
 * @see https://github.com/kubernetes-sigs/metrics-server/blob/v0.7.2/pkg/storage/pod.go
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.3/pkg/controller/podautoscaler/replica_calculator.go `groupPods`
 */
export function podsByCpu({ now, living, used, cpu, surroundings }: CpuProps): number | undefined {
  const { metricsInterval, cpuAtRest, cpuRequest, cpuInitialization = 300, hpaTolerance } = surroundings;
  const request = Math.round(cpuRequest * 1_000);
  const measuredAt = Math.floor(now / metricsInterval) * metricsInterval;
  let [count, total, unready, missing] = [0, 0, 0, 0];
  for (const { createdAt, readyAt } of living) {
    const from = Math.max(measuredAt - metricsInterval, createdAt);
    const seconds = measuredAt - from;
    if (from === createdAt && seconds < leastMeasured) {
      missing++;
      continue;
    }
    const isYoung = createdAt + cpuInitialization > now;
    if (readyAt > now || (isYoung && measuredAt < readyAt + seconds)) {
      unready++;
      continue;
    }
    const served = Math.min(Math.max(from, readyAt), measuredAt);
    const seen = used.between(served, measuredAt) + cpuAtRest * (served - from);
    // In thousandths, rounded up, as Kubernetes has them.
    total += Math.ceil((seen / seconds) * 1_000 - 1e-6);
    count++;
  }
  return podsByEach({
    pods: living.length,
    measured: { count, total },
    unready,
    missing,
    missingAs: Math.floor((request * Math.max(100, cpu)) / 100),
    ratio: (sum, pods) => Math.floor((sum * 100) / (request * pods)) / cpu,
    tolerance: hpaTolerance,
  });
}
