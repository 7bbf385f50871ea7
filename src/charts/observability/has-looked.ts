import { type Duration, toSeconds } from '../../model/index.ts';

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
 * In PromQL, a condition behind `and on()`: that Prometheus reached a pod of a service when the window of a rate began. Where it did not, as after its own restart, the rate is
 * but a part of what it should be, which would take pods away in the busiest moment. A hole in between does no harm: what is counted goes on.
 */
export function hasLooked({ namespace, service, window, scraped }: HasLookedProps): string {
  return `max(${upAtFirst({ namespace, service, window, scraped })}) == 1`;
}

/** In PromQL, a condition behind `unless on()`: that Prometheus reached a pod when the window began, and does not now. A pod that ended is none: it is no target any more. */
export function hasLost(props: HasLookedProps): string {
  return `count(up{namespace="${props.namespace}",service="${props.service}"} == 0 and ${upAtFirst(props)} == 1)`;
}

function upAtFirst({ namespace, service, window, scraped }: HasLookedProps): string {
  return `last_over_time(up{namespace="${namespace}",service="${service}"}[${scraped}s] offset ${toSeconds(window) - scraped}s)`;
}
