import { type Measure, toSeconds } from '../../model/index.ts';
import { type HasLookedProps, hasLooked, hasLost } from './has-looked.ts';
import { callersSeen, waitingDemand } from './waiting-demand.ts';

/** @see demandQuery */
export interface DemandQueryProps extends HasLookedProps {
  readonly measure: Measure;
  /** Who says how many requests wait for it, where it may have no pods. @default - it always has some */
  readonly wokenBy?: readonly string[];
}

/**
 * The demand on a service, of all its pods together, in PromQL. A service that nobody has asked yet has no series; as long as Prometheus reaches a pod of it,
 * that is a demand of 0. A rise counts as the last half of the window has it, and a fall as the whole. The answer is empty where nobody can tell: without such a
 * pod, where Prometheus has not looked for a whole window, and for a window after it lost a pod that it had reached, whose share is missing: a pod that is too busy to
 * be scraped is no lull. Of a service that may have no pods, who waits for it counts besides.
 */
export function demandQuery(props: DemandQueryProps): string {
  const { wokenBy = [], ...rest } = props;
  const own = ownDemand(props);
  if (wokenBy.length === 0) return own;
  // None is taken for one only where all who could wake it are seen: else it would sleep, and nobody would hear of who waits.
  const sure = `((${own}) > 0 or (${own}) and on() (${callersSeen({ ...rest, wokenBy })}))`;
  // By a label of its own each is a part of the sum, even while the rates of pods that have just gone are still known, and are 0.
  return `sum(${sure} or ${waitingDemand({ ...rest, wokenBy })})`;
}

function ownDemand(props: DemandQueryProps): string {
  const { namespace, service, measure, window } = props;
  const labels = `{namespace="${namespace}",service="${service}"}`;
  const series = `${measure.metric.name}${labels}`;
  const nobody = `0 * count(up${labels} == 1)`;
  const isKnown = `and on() ${hasLooked(props)} unless on() ${hasLost(props)}`;
  if (measure.of === 'sum') return `(sum(${series}) or ${nobody}) ${isKnown}`;
  const whole = `sum(rate(${series}[${toSeconds(window)}s]))`;
  const half = `sum(rate(${series}[${Math.ceil(toSeconds(window) / 2)}s]))`;
  return `(${half} > ${whole} or ${whole} or ${nobody}) ${isKnown}`;
}
