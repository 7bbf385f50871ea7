import { z } from 'zod';
import { oneOfKinds, strict } from './declaration-error.ts';
import { httpRequests } from './http-metrics.ts';
import { type Metric, metric } from './metric.ts';

/** Any metric at run time: whether it is of this kind the service says, which knows what to propose instead. */
const metricOf = <Type extends Metric['type']>() => metric as unknown as z.ZodType<Extract<Metric, { type: Type }>>;

/**
 * What pods may follow: a demand on the service as a whole, which is the same however many pods share it. What depends on their number, such as CPU, would
 * change with each step it causes.
 */
export const measure = oneOfKinds('of', [
  strict({
    of: z.literal('rate'),
    /** A counter of the service: by how much all its pods together count per second. */
    metric: metricOf<'counter'>(),
  }),
  strict({
    of: z.literal('sum'),
    /** A gauge of the service, over all its pods, such as jobs that wait. */
    metric: metricOf<'gauge'>(),
  }),
]);

export type Measure = z.output<typeof measure>;

/** Requests per second, of all routes that are no probes. */
export const requestRate = { of: 'rate', metric: httpRequests } as const satisfies Measure;

/** Whether it is the requests per second, which every service has. */
export function isRequestRate({ metric: followed }: Measure): boolean {
  return followed.name === httpRequests.name;
}

/** What a counter of the service counts per second. */
export function rateOf<const M extends Extract<Metric, { type: 'counter' }>>(counted: M) {
  return { of: 'rate' as const, metric: counted };
}

/** The sum of a gauge of the service over its pods. */
export function sumOf<const M extends Extract<Metric, { type: 'gauge' }>>(gauged: M) {
  return { of: 'sum' as const, metric: gauged };
}
