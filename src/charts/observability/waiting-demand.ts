import { clientWaiting, type Duration, toSeconds } from '../../model/index.ts';
import { upOf } from './has-looked.ts';
import { above, and, count, equal, highest, latest, series, sum, unless } from './promql/index.ts';

/** @see waitingDemand */
export interface WaitingDemandProps {
  readonly namespace: string;
  /** Which may have no pods. */
  readonly service: string;
  /** Who says how many requests wait for it, by what their metrics call them: each always has pods. */
  readonly wokenBy: readonly string[];
  /** Over how long its own rate is taken. */
  readonly window: Duration;
}

/** How often those are scraped who say how many wait, in seconds: so long nobody knows that a service must wake. */
export const waitingScraped = 5;

/**
 * How many requests wait for a service, or waited in the last two windows: until a service that has just started is known for a window, that is the demand on it. Where pods
 * were reached and are not now, as when they are too busy, the few who wait are not all of the demand: then nobody can tell.
 */
export function waitingDemand({ namespace, service, window }: WaitingDemandProps) {
  const up = upOf({ namespace, service });
  const lost = and(equal(up, 0), equal(highest(up, '1h'), 1));
  const waiting = highest(series(clientWaiting, { namespace, peer: service }), 2 * toSeconds(window));
  return unless(above(sum(waiting), 0), lost, { on: [] });
}

/**
 * That each kind of caller says how many wait, now and a window ago: how many kinds there are. Where one is not seen, a service that sleeps would not hear of it; and a
 * Prometheus that has just come back may not have found the pods of the service yet.
 */
export function callersSeen({ namespace, service, wokenBy, window }: WaitingDemandProps) {
  const callers = series(clientWaiting, { namespace, peer: service, service: { in: wokenBy } });
  const seen = (offset?: number) =>
    equal(count(count(latest(callers, 2 * waitingScraped, { offset }), ['service'])), wokenBy.length);
  return and(seen(), seen(toSeconds(window)), { on: [] });
}
