import type { Measure } from '../../../model/index.ts';
import type { Pod, Pods } from './pods.ts';
import { type RateProps, rateOfPod } from './rate-of-pod.ts';
import { firstScrape, lastScrape } from './scrapes.ts';

/**
 * What the query of KEDA's trigger says: a rise counts as the last half of the window has it, and a fall as the whole. Where a gauge is measured, the trace is that of the gauge.
 * @see demandQuery of src/charts/observability
 */
export function measuredDemand(pods: Pods, of: Measure['of'], props: RateProps): number {
  if (of === 'sum') return pods.living.reduce((sum, pod) => sum + (measureOfPod(pod, of, props) ?? 0), 0);
  return Math.max(rateOfAll(pods, { ...props, window: Math.ceil(props.window / 2) }), rateOfAll(pods, props));
}

/** `sum(rate(...))`, with the pods that went while the window lasted. */
function rateOfAll({ living, gone }: Pods, props: RateProps): number {
  let sum = 0;
  for (const pod of living) sum += rateOfPod(pod, props) ?? 0;
  for (const pod of gone) sum += rateOfPod(pod, props) ?? 0;
  return sum;
}

/** A rate over the window, or a gauge as the last scrape had it; 0 of a pod that was scraped and never asked. @returns undefined before its first scrape */
export function measureOfPod(pod: Pod, of: Measure['of'], props: RateProps): number | undefined {
  const { now, scrapeInterval, perPod } = props;
  if (firstScrape(pod, scrapeInterval) > now) return undefined;
  if (of === 'rate') return rateOfPod(pod, props) ?? 0;
  const scraped = lastScrape(pod, now, scrapeInterval);
  return perPod.between(Math.max(scraped - 1, pod.readyAt), scraped);
}
