import { type Duration, toMilliseconds } from '../../../model/index.ts';

/**
 * Of a panel: as long as a rate needs at least, and as what is shown lies apart. Grafana writes it in.
 * @see https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#use-__rate_interval
 */
export const rateInterval = '$__rate_interval';

/** A length of time: as declarations write it, or in seconds, or what Grafana makes of it. */
export type Span = Duration | number | typeof rateInterval;

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** In milliseconds, whole ones. */
export function spanMilliseconds(span: Exclude<Span, typeof rateInterval>): number {
  return typeof span === 'number' ? Math.round(span * 1_000) : toMilliseconds(span);
}

/** As PromQL has it: in the largest unit of which it is a whole number. */
export function spanText(span: Span): string {
  if (span === rateInterval) return span;
  const milliseconds = spanMilliseconds(span);
  const [unit, each] = units.find(([, size]) => milliseconds % size === 0) ?? ['ms', 1];
  return `${milliseconds / each}${unit}`;
}
