import type { z } from 'zod';
import { strict, wholeNumber } from './declaration-error.ts';
import { durationFrom } from './duration.ts';
import { type Slo, share } from './slo.ts';

/** What of a promise is otherwise in an environment. */
export const sloOverride = strict({
  /** The part of its requests that must not be answered with 5xx here. @default - as the service says */
  availability: share.optional(),
  /** How soon it answers here. @default - as the service says */
  latency: strict({
    /** The part of the answers other than 5xx that must be there in time here. @default - as the service says */
    quantile: share.optional(),
    /** In which time here, an edge of its histogram. @default - as the service says */
    below: durationFrom('1ms', '10s').optional(),
  }).optional(),
  /** Requests that must have turned out badly before a burnt budget is told here. @default - as the service says */
  minimumErrors: wholeNumber(1, 10_000).optional(),
});

export type SloOverride = z.output<typeof sloOverride>;

/** What a service promises where this is otherwise. */
export function sloWith(promised: Slo, { availability, latency, minimumErrors }: SloOverride): Slo {
  return {
    ...promised,
    ...(availability !== undefined && { availability }),
    ...(promised.latency && {
      latency: {
        quantile: latency?.quantile ?? promised.latency.quantile,
        below: latency?.below ?? promised.latency.below,
      },
    }),
    ...(minimumErrors !== undefined && { minimumErrors }),
  };
}
