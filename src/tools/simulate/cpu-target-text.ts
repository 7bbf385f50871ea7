import type { ScalingOf } from '../../model/index.ts';
import { perPodAtTarget } from './assumptions.ts';
import type { Surroundings } from './simulation.ts';

/** How much of a pod's capacity is in use where its CPU is what is aimed at: one that requests more than its capacity needs is far below it. */
export function cpuTargetText({ cpu }: ScalingOf<'cpu'>, surroundings: Surroundings): string {
  const { cpuRequest, cpuAtRest, capacityPerPod } = surroundings;
  const aimed = `${cpu} % of ${Number((cpuRequest * 1_000).toPrecision(3))}m`;
  if ((cpu * cpuRequest) / 100 <= cpuAtRest)
    return `${aimed} is no more than a pod uses without requests: it always has the most pods.`;
  const perPod = perPodAtTarget({ cpu }, surroundings);
  const part = Number(((100 * perPod) / capacityPerPod).toPrecision(2));
  return `${aimed} are ${perPod} requests/s of a pod, ${part} % of its capacity.`;
}
