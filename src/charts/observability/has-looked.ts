import { type Duration, toSeconds } from '../../model/index.ts';
import { prometheus } from './catalogue/index.ts';
import { and, count, equal, latest, max, series } from './promql/index.ts';

/** @see hasLooked */
export interface HasLookedProps {
  readonly namespace: string;
  /** The service's name, which is its label. */
  readonly service: string;
  /** Over how long a rate is taken. */
  readonly window: Duration;
  /** How often its pods are scraped, in seconds. */
  readonly scraped: number;
}

/**
 * A condition behind `and`, on no label: that Prometheus reached a pod of a service when the window of a rate began. Where it did not, as after its own restart, the rate is
 * but a part of what it should be, which would take pods away in the busiest moment. A hole in between does no harm: what is counted goes on.
 */
export function hasLooked(props: HasLookedProps) {
  return equal(max(upAtFirst(props)), 1);
}

/** A condition behind `unless`, on no label: that Prometheus reached a pod when the window began, and does not now. A pod that ended is none: it is no target any more. */
export function hasLost(props: HasLookedProps) {
  return count(and(equal(upOf(props), 0), equal(upAtFirst(props), 1)));
}

/** Whether Prometheus reaches each pod of a service. */
export function upOf({ namespace, service }: Pick<HasLookedProps, 'namespace' | 'service'>) {
  return series(prometheus.up, { namespace, service });
}

function upAtFirst(props: HasLookedProps) {
  const { window, scraped } = props;
  return latest(upOf(props), scraped, { offset: toSeconds(window) - scraped });
}
