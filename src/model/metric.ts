import { z } from 'zod';
import { type Rule, strict } from './declaration-error.ts';
import { metricName } from './names.ts';

/** The values that a label may have: a closed list, or `'open'` where only the running service knows them. An open label must still have few values. */
const labelValues = z.union([z.array(z.string()).min(1).readonly(), z.literal('open')]);

const common = {
  name: metricName,
  /** What it counts or measures, in one sentence: Prometheus shows it beside the metric. */
  help: z.string().min(1),
  /** Label names and their values. @default - no labels */
  labels: z.record(metricName, labelValues).optional(),
};

/** How a metric is declared. */
export const metric = z
  .discriminatedUnion('type', [
    strict({ type: z.literal('counter'), ...common }),
    strict({ type: z.literal('gauge'), ...common }),
    strict({
      type: z.literal('histogram'),
      ...common,
      /** Upper edges, rising, in the metric's unit. */
      buckets: z.array(z.number().positive()).min(1).readonly(),
    }),
  ])
  .superRefine((declared, context) => {
    const isTotal = declared.name.endsWith('_total');
    if (isTotal === (declared.type === 'counter')) return;
    const params: Rule = isTotal
      ? { allowed: `a name without _total for a ${declared.type}`, fix: 'drop _total, or make it a counter' }
      : { allowed: 'a name that ends in _total for a counter', fix: `name it ${declared.name}_total` };
    context.addIssue({ code: 'custom', path: ['name'], params, input: declared.name });
  });

export type Metric = z.output<typeof metric>;
export type Metrics = Readonly<Record<string, Metric>>;

type Options<Type extends Metric['type']> = Omit<Extract<z.input<typeof metric>, { type: Type }>, 'type'>;

/** A number that only rises, such as requests served. Its name ends in `_total`. */
export function counter<const O extends Options<'counter'>>(options: O) {
  return { type: 'counter' as const, ...options };
}

/** A number that rises and falls, such as entries in a cache. */
export function gauge<const O extends Options<'gauge'>>(options: O) {
  return { type: 'gauge' as const, ...options };
}

/** How values spread over buckets, such as the seconds that requests take. */
export function histogram<const O extends Options<'histogram'>>(options: O) {
  return { type: 'histogram' as const, ...options };
}

type LabelsIn<M> = M extends { labels: infer L } ? L : Record<never, never>;

/** The labels that one observation of a metric must give, each of a declared value. */
export type LabelsOf<M> = {
  readonly [Name in keyof LabelsIn<M>]: LabelsIn<M>[Name] extends readonly (infer Value)[] ? Value : string;
};
