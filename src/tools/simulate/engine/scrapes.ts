import type { Pod } from './pods.ts';

/** The last scrape of a pod until a moment, itself included, as if it had always been there. @param interval seconds between two */
export function lastScrape({ scrapedAt }: Pod, until: number, interval: number): number {
  return scrapedAt + Math.floor((until - scrapedAt) / interval) * interval;
}

/** The first scrape that finds a pod Ready. */
export function firstScrape(pod: Pod, interval: number): number {
  const last = lastScrape(pod, pod.readyAt, interval);
  return last === pod.readyAt ? last : last + interval;
}
