import { nextRun, podsFor, type ScalingOf, scrapeSeconds, toSeconds } from '../../../model/index.ts';
import { measuredDemand } from './measured-demand.ts';
import type { Sight } from './sight.ts';

export type ByKeda = ScalingOf<'steps' | 'requests'>;

/** An answer of KEDA to an HPA. */
export interface KedaMetric {
  readonly total: number;
  /** How much of it one pod is to have. */
  readonly perPod: number;
}

/**
 * What KEDA answers to an HPA, which it asks Prometheus for at each of its looks.
 * @param startsAt when the trace starts, in seconds since the Epoch
 * @returns what answers for moments, each after the one before
 * @see scaledObject of src/charts/constructs
 */
export function kedaMetrics(scaling: ByKeda, startsAt: number): (sight: Sight) => readonly KedaMetric[] {
  const schedules = scaling.schedules.map(scheduledPods);
  return (sight) => {
    const demand = demandOn(scaling, sight);
    const scheduled = schedules.map((each) => each(startsAt + sight.now));
    return scaling.kind === 'requests'
      ? [{ total: demand, perPod: scaling.perPod }, ...scheduled.map((total) => ({ total, perPod: 1 }))]
      : // One formula for all of them.
        [{ total: Math.max(podsFor(scaling, demand) ?? 0, ...scheduled), perPod: 1 }];
  };
}

function demandOn(scaling: ByKeda, { now, pods, perPod, perSecond }: Sight): number {
  // Without a pod the demand is measured where it arises.
  if (pods.living.length === 0) return perSecond;
  const of = scaling.kind === 'steps' ? scaling.metric.of : 'rate';
  return measuredDemand(pods, of, {
    now,
    perPod,
    window: toSeconds(scaling.window),
    scrapeInterval: scrapeSeconds(scaling),
  });
}

/**
 * The pods that a schedule asks for: it lasts while its end comes before its next beginning. 0 when it does not last.
 * @returns what answers for moments in seconds since the Epoch, each after the one before
 * @see https://keda.sh/docs/latest/scalers/cron/
 */
function scheduledPods({ from, to, timezone, pods }: ByKeda['schedules'][number]): (moment: number) => number {
  let [begins, ends] = [-Infinity, -Infinity];
  return (moment) => {
    if (begins <= moment) begins = nextRun(from, moment, timezone);
    if (ends <= moment) ends = nextRun(to, moment, timezone);
    return begins < ends ? 0 : pods;
  };
}
