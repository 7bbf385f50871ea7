import { type Duration, toMilliseconds } from '../../../model/index.ts';

/** A length of time: as declarations write it, or in seconds. */
export type Span = Duration | number;

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** In milliseconds, whole ones. */
export function spanMilliseconds(span: Span): number {
  return typeof span === 'number' ? Math.round(span * 1_000) : toMilliseconds(span);
}

/** As PromQL has it: in the largest unit of which it is a whole number. */
export function spanText(span: Span): string {
  const milliseconds = spanMilliseconds(span);
  const [unit, each] = units.find(([, size]) => milliseconds % size === 0) ?? ['ms', 1];
  return `${milliseconds / each}${unit}`;
}
