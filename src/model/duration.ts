import { form } from './declaration-error.ts';

const milliseconds = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A length of time with its unit, such as `'300ms'`, `'5s'` or `'1h'`. */
export type Duration = `${number}${keyof typeof milliseconds}`;

export const duration = form<Duration>(
  /^\d+(\.\d+)?(ms|s|m|h|d)$/,
  "a duration such as '300ms', '5s', '10m', '1h' or '1d'",
  'write a number and its unit',
);

/** A duration in milliseconds. */
export function toMilliseconds(value: Duration): number {
  const [, number, unit] = /^([\d.]+)(ms|s|m|h|d)$/.exec(value) as unknown as [
    string,
    string,
    keyof typeof milliseconds,
  ];
  return Number(number) * milliseconds[unit];
}

/** A duration in seconds. */
export function toSeconds(value: Duration): number {
  return toMilliseconds(value) / 1_000;
}
