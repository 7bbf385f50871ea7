import { idleAfter, podLimits, pollingSeconds, toSeconds } from '../../../model/index.ts';
import { isTime } from './is-time.ts';
import { type ByKeda, kedaMetrics } from './keda.ts';
import type { Sight } from './sight.ts';

/**
 * What KEDA does itself for a service that may be idle: its pods come at the next look after a demand, and all go at a look when there was none for long enough. In between its HPA decides.
 * @param startsAt when the trace starts, in seconds since the Epoch
 * @returns how many pods there are to be; asked each second. Undefined where the service is never idle
 * @see https://github.com/kedacore/keda/blob/v2.21.0/pkg/scaling/executor/scale_scaledobjects.go
 */
export function activation(scaling: ByKeda, startsAt: number): ((sight: Sight) => number) | undefined {
  const after = idleAfter(scaling);
  if (after === undefined) return undefined;
  const [cooldown, interval] = [toSeconds(after), pollingSeconds(scaling)];
  const metrics = kedaMetrics(scaling, startsAt);
  let activeAt = -Infinity;
  return (sight) => {
    const { now, pods } = sight;
    const there = pods.living.length;
    if (!isTime(now, interval)) return there;
    if (metrics(sight).some(({ total }) => total > 0)) {
      activeAt = now;
      return there === 0 ? podLimits(scaling).min : there;
    }
    return now - activeAt > cooldown ? 0 : there;
  };
}
