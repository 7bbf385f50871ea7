import { type Measure, toSeconds } from '../../model/index.ts';
import { type HasLookedProps, hasLooked, hasLost, upOf } from './has-looked.ts';
import {
  above,
  and,
  constant,
  count,
  equal,
  labelled,
  or,
  rate,
  series,
  sum,
  times,
  unless,
  type Vector,
} from './promql/index.ts';
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
  if (wokenBy.length === 0) return own.text;
  // By a label of its own each is a part of the sum, even while the rates of pods that have just gone are still known, and are 0.
  const parts = or<never>(
    own,
    labelled(waitingDemand({ ...rest, wokenBy }), 'of', 'waiting'),
    labelled(unless(constant(0), upOf(props), { on: [] }), 'of', 'nobody'),
  );
  // None is taken for one only where all who could wake it are seen: else it would sleep, and nobody would hear of who waits.
  const least = or(times(-1, callersSeen({ ...rest, wokenBy })), constant(0));
  return above(sum(parts), least).text;
}

function ownDemand(props: DemandQueryProps): Vector {
  const nobody = times(0, count(equal(upOf(props), 1)));
  return unless(and(or(demand(props), nobody), hasLooked(props), { on: [] }), hasLost(props), { on: [] });
}

/** A rise as the last half of the window has it, and a fall as the whole. */
function demand({ namespace, service, measure, window }: DemandQueryProps): Vector {
  if (measure.of === 'sum') return sum(series(measure.metric, { namespace, service }));
  const counted = series(measure.metric, { namespace, service });
  const whole = sum(rate(counted, window));
  const half = sum(rate(counted, Math.ceil(toSeconds(window) / 2)));
  return or(above(half, whole), whole);
}
