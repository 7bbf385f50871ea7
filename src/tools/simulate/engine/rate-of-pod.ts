import type { Pod } from './pods.ts';
import type { RunningSum } from './running-sum.ts';
import { lastScrape } from './scrapes.ts';

/** @see rateOfPod */
export interface RateProps {
  /** Seconds since the start of the trace. */
  readonly now: number;
  /** Seconds. */
  readonly window: number;
  /** Seconds between two scrapes. */
  readonly scrapeInterval: number;
  /** Requests that each pod has had that was Ready all the time. */
  readonly perPod: RunningSum;
}

/**
 * What `rate(counter[window])` of Prometheus says of one pod: from its first to its last scrape in the window, extended to the window's ends where they are near. A pod that nobody has
 * asked yet has no series, so what it was asked until its first scrape counts in no rate.
 *
 * @returns undefined where there are less than two scrapes
 * @see https://github.com/prometheus/prometheus/blob/v3.5.0/promql/functions.go `extrapolatedRate`
 */
export function rateOfPod(pod: Pod, { now, window, scrapeInterval, perPod }: RateProps): number | undefined {
  const { readyAt, goneAt } = pod;
  const begin = now - window;
  const last = lastScrape(pod, Math.min(now, goneAt), scrapeInterval);
  // A range of Prometheus begins after its first moment.
  let first = lastScrape(pod, Math.max(begin, readyAt), scrapeInterval) + scrapeInterval;
  while (first < last && perPod.between(readyAt, first) === 0) first += scrapeInterval;
  if (first >= last) return undefined;
  const sampled = last - first;
  const increase = perPod.between(first, last);
  const reach = (distance: number) => (distance < scrapeInterval * 1.1 ? distance : scrapeInterval / 2);
  // Before it was 0 there was no counter.
  const sinceZero = increase > 0 ? (sampled * perPod.between(readyAt, first)) / increase : Infinity;
  const extended = sampled + Math.min(reach(first - begin), sinceZero) + reach(now - last);
  return (increase * extended) / sampled / window;
}
