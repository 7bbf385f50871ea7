import { z } from 'zod';
import { type Contract, exposedRoutes } from './contract.ts';
import { rule, strict, wholeNumber } from './declaration-error.ts';
import { durationFrom, toSeconds } from './duration.ts';
import { httpRequestDuration } from './http-metrics.ts';

/** Above 0.9999 no roll-out is that good. Below 0.95 the errors at which somebody is told at once, 14.4 times the budget, would be nearly all requests, or more than there are. */
export const share = z.custom<number>((value) => typeof value === 'number' && value >= 0.95 && value <= 0.9999, {
  error: rule('a part of all requests from 0.95 to 0.9999', 'write what users need, such as 0.999'),
});

/** How often a request may turn out badly: the part of 30 days' requests that may do so is the error budget. */
export const slo = strict({
  /** The part of its requests that must not be answered with 5xx, shed ones included. A 4xx is a good answer. */
  availability: share,
  /** How soon it answers. @default - nothing is promised, as where a body takes what the line of whoever asks takes */
  latency: strict({
    /** The part of the answers other than 5xx that must be there in time. */
    quantile: share,
    /** In which time, from the first byte of the request to the last of the answer. An edge of its histogram. At most `lifecycle.request`. */
    below: durationFrom('1ms', '10s'),
  }).optional(),
  /**
   * Requests that must have turned out badly before a burnt budget is told: where there are few requests, one of them is a large part. In the longer window of each pair,
   * which is 1 hour, 6 hours, 1 day and 3 days. Where there are fewer and most requests fail, that is told.
   * @default 10
   */
  minimumErrors: wholeNumber(1, 10_000).default(10),
});

export type Slo = z.output<typeof slo>;

/** Whose requests count: those of the exposed routes, as what services ask one another all day long would hide how users fare; of a service that exposes none, those of all its routes. */
export function routesOfSlo(contract: Contract): readonly string[] {
  const exposed = exposedRoutes(contract);
  const routes = exposed.length > 0 ? exposed : Object.values(contract.routes);
  return [...new Set(routes.map(({ path }) => path))];
}

/** The histogram of a service's answers: the time that it promises is an edge, so that those within it can be counted. */
export function requestDurationWith(promised: Slo | undefined) {
  const edges = [...httpRequestDuration.buckets, ...(promised?.latency ? [toSeconds(promised.latency.below)] : [])];
  return { ...httpRequestDuration, buckets: [...new Set(edges)].sort((one, other) => one - other) };
}
