import { z } from 'zod';
import { type AddProblem, across, listOf, oneOfKinds, rule, sentence, strict } from './declaration-error.ts';
import { metricName } from './names.ts';

const labelValuesRule = rule("a list of at least one value, or 'open'", 'list the values');

/** The values that a label may have: a closed list, or `'open'` where only the running service knows them. An open label must still have few values. */
const labelValues = z.union([z.array(z.string()).min(1, labelValuesRule).readonly(), z.literal('open')], {
  error: labelValuesRule,
});

const common = {
  name: metricName,
  /** What it counts or measures, in one sentence: Prometheus shows it beside the metric. */
  help: sentence,
  /** Label names and their values. @default - no labels */
  labels: z.record(metricName, labelValues).optional(),
};

/** How a metric is declared. */
export const metric = across(
  oneOfKinds('type', [
    strict({ type: z.literal('counter'), ...common }),
    strict({ type: z.literal('gauge'), ...common }),
    strict({
      type: z.literal('histogram'),
      ...common,
      /** Upper edges, rising, in the metric's unit. */
      buckets: listOf(z.number().positive(), 'upper edge', 'write the upper edges, rising'),
    }),
  ]),
  (declared, add) => {
    const isTotal = declared.name.endsWith('_total');
    if (isTotal && (declared.type === 'gauge' || declared.type === 'histogram'))
      add(['name'], declared.name, `a name without _total for a ${declared.type}`, 'drop _total, or make it a counter');
    if (!isTotal && declared.type === 'counter')
      add(['name'], declared.name, 'a name that ends in _total for a counter', `name it ${declared.name}_total`);
    if (declared.type !== 'histogram') return;
    for (const [index, edge] of declared.buckets.entries()) {
      const before = declared.buckets[index - 1];
      if (before !== undefined && edge <= before)
        add(['buckets', index], edge, `more than the edge before it, which is ${before}`, 'write the edges in order');
    }
  },
);

/** Labels that Prometheus writes itself, or the ServiceMonitor or the kit beside the service. */
const takenLabels = ['le', 'quantile', 'service', 'job', 'instance', 'namespace', 'pod', 'container', 'endpoint'];
/** What the names of the kit's metrics and of those of Node itself start with. */
const takenPrefixes = [
  'process_',
  'nodejs_',
  'http_',
  'database_',
  'key_value_',
  'object_store_',
  'background_',
  'cache_',
];

/** What of a service's own metric would collide with what stands beside it. */
export function checkOwnMetric({ name, labels = {} }: Metric, path: readonly string[], add: AddProblem): void {
  if (takenPrefixes.some((prefix) => name.startsWith(prefix))) {
    const allowed = `a name that does not start with ${takenPrefixes.join(', ')}`;
    add([...path, 'name'], name, allowed, 'start it with the name of the service: Node or the kit has these');
  }
  for (const label of Object.keys(labels)) {
    if (takenLabels.includes(label)) {
      const allowed = `a label other than ${takenLabels.join(', ')}`;
      add([...path, 'labels', label], label, allowed, 'name it otherwise: Prometheus or the kit writes these');
    }
  }
}

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
