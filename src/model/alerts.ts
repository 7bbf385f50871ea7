import { z } from 'zod';
import { rule, strict, wholeNumber } from './declaration-error.ts';

/** A threshold that may be left to what is usual, and with which its alert may be switched off. */
function threshold<Value extends z.ZodType>(value: Value, allowed: string) {
  const error = rule(`${allowed}, or 'off'`, "write one of these, or 'off' for no such alert");
  return z.union([value, z.literal('off')], { error }).optional();
}

const times = threshold(wholeNumber(1, 1_000), 'a whole number from 1 to 1000');

const ofPods = {
  /** Restarts of a pod in an hour, while it is held back before the next. @default - 3 */
  podCrashLooping: times,
};

/**
 * When somebody is told of a service, each under the name of its alert; `'off'` switches one off. What is left out is as usual.
 * @see docs/reference/alerts.md
 */
export const serviceThresholds = strict({ ...ofPods });

type Given<Shape extends z.ZodType> = {
  readonly [Name in keyof z.output<Shape>]-?: Exclude<z.output<Shape>[Name], undefined>;
};

/** All the thresholds of a service. */
export type ServiceThresholds = Given<typeof serviceThresholds>;

/** What holds where nobody says otherwise. */
export const usualThresholds = { podCrashLooping: 3 } as const satisfies ServiceThresholds;

/** What holds for a service: each later of these overrides single thresholds of those before. */
export function thresholdsOf(...given: readonly z.output<typeof serviceThresholds>[]): ServiceThresholds {
  const written = given.flatMap((each) => Object.entries(each).filter(([, value]) => value !== undefined));
  return { ...usualThresholds, ...Object.fromEntries(written) };
}
