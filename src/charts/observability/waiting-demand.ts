import { clientWaiting, type Duration, toSeconds } from '../../model/index.ts';

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
 * The demand on a service that its own pods do not tell, in PromQL: how many requests wait for it, or 0 where it has no pods and nobody waits.
 *
 * Who waited in the last two windows still counts: until a service that has just started is known for a window, that is the demand on it. Nobody waits only where each
 * kind of caller says so now and said so a window ago: a Prometheus that has just come back may not have found the pods of the service yet. And where pods were reached and
 * are not now, as when they are too busy, the few who wait are not all of the demand: then nobody can tell.
 */
export function waitingDemand({ namespace, service, wokenBy, window }: WaitingDemandProps): string {
  const labels = `namespace="${namespace}",peer="${service}"`;
  const seconds = toSeconds(window);
  const up = `up{namespace="${namespace}",service="${service}"}`;
  const lost = `(${up} == 0 and max_over_time(${up}[1h]) == 1)`;
  const waiting = `sum(max_over_time(${clientWaiting.name}{${labels}}[${2 * seconds}s])) > 0 unless on() ${lost}`;
  const nobody = `0 * (${callersSeen({ namespace, service, wokenBy, window })}) unless on() ${up}`;
  const named = (series: string, of: string) => `label_replace(${series}, "of", "${of}", "", "")`;
  return `${named(waiting, 'waiting')} or ${named(nobody, 'nobody')}`;
}

/** In PromQL: that each kind of caller says how many wait, now and a window ago. Where one is not seen, a service that sleeps would not hear of it. */
export function callersSeen({ namespace, service, wokenBy, window }: WaitingDemandProps): string {
  const callers = `{namespace="${namespace}",peer="${service}",service=~"${wokenBy.join('|')}"}[${2 * waitingScraped}s]`;
  const seen = (offset = '') =>
    `count(count by (service) (last_over_time(${clientWaiting.name}${callers}${offset}))) == ${wokenBy.length}`;
  return `${seen()} and on() ${seen(` offset ${toSeconds(window)}s`)}`;
}
