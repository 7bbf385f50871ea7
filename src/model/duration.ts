import { form, rule } from './declaration-error.ts';

const milliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time with its unit, such as `'300ms'`, `'5s'` or `'1h'`. */
export type Duration = `${number}${keyof typeof milliseconds}`;

/** A duration by its form alone. */
export const anyDuration = form<Duration>(
  /^\d+(\.\d+)?(ms|s|m|h|d)$/,
  "a duration such as '300ms', '5s', '10m', '1h' or '1d'",
  'write a number and its unit',
);

/** A duration within limits. */
export function durationFrom(least: Duration, most: Duration) {
  const error = rule(`a duration from ${least} to ${most}`, 'choose one in that range');
  return anyDuration.refine(
    (value) => toMilliseconds(value) >= toMilliseconds(least) && toMilliseconds(value) <= toMilliseconds(most),
    { error },
  );
}

/** A duration within limits and in whole seconds, which is all that Kubernetes takes. */
export function secondsFrom(least: Duration, most: Duration) {
  const error = rule(`whole seconds from ${least} to ${most}`, 'write them without a fraction');
  return durationFrom(least, most).refine((value) => toMilliseconds(value) % 1_000 === 0, { error });
}

/** The longest in whole days that a timer of Node can wait: past 2^31 - 1 ms it fires at once. */
export const longest: Duration = '24d';

/** Any duration that a timer can wait, none included. */
export const duration = durationFrom('0s', longest);

/** A duration in whole milliseconds, which is all that timers take. */
export function toMilliseconds(value: Duration): number {
  const [, number, unit] = /^([\d.]+)(ms|s|m|h|d)$/.exec(value) as unknown as [
    string,
    string,
    keyof typeof milliseconds,
  ];
  return Math.round(Number(number) * milliseconds[unit]);
}

/** A duration in seconds. */
export function toSeconds(value: Duration): number {
  return toMilliseconds(value) / 1_000;
}
