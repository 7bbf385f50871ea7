import { podLimits } from '../../../model/index.ts';
import { activation } from './activation.ts';
import { isTime } from './is-time.ts';
import { type RecommendedPodsProps, recommendedPods } from './recommended-pods.ts';
import { ScalingLimits } from './scaling-limits.ts';
import type { Sight } from './sight.ts';

/**
 * What sets the pods of a Deployment: an HPA, and where it may be idle KEDA itself.
 * @returns how many pods there are to be; asked each second
 */
export function autoscaler(props: RecommendedPodsProps): (sight: Sight) => number {
  const { scaling, surroundings, startsAt } = props;
  const recommended = recommendedPods(props);
  const limits = new ScalingLimits({ ...podLimits(scaling), behavior: scaling.behavior });
  const activated = scaling.kind === 'steps' || scaling.kind === 'requests' ? activation(scaling, startsAt) : undefined;
  return (sight) => {
    const { now, pods } = sight;
    const there = pods.living.length;
    const kept = activated?.(sight) ?? there;
    // Without a pod an HPA does nothing.
    if (kept !== there || there === 0 || !isTime(now, surroundings.hpaSync)) return kept;
    const wanted = recommended(sight);
    return wanted === undefined ? there : limits.next(wanted, there, now);
  };
}
