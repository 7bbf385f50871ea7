import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { LabelsOf, Metric, Metrics } from '../../model/index.ts';

/** Labels first where the metric has any, then the value. */
type Observe<M, Value extends unknown[]> = keyof LabelsOf<M> extends never
  ? (...value: Value) => void
  : (labels: LabelsOf<M>, ...value: Value) => void;

interface OwnCounter<M> {
  /** Adds to it. @param value what to add, 1 if left out */
  readonly inc: Observe<M, [value?: number]>;
}
interface OwnGauge<M> {
  readonly set: Observe<M, [value: number]>;
  readonly inc: Observe<M, [value?: number]>;
  readonly dec: Observe<M, [value?: number]>;
}
interface OwnHistogram<M> {
  readonly observe: Observe<M, [value: number]>;
}

/** A service's own metrics as its code uses them, every label of a declared value. */
export type OwnMetrics<M extends Metrics> = {
  readonly [Name in keyof M]: M[Name] extends { type: 'counter' }
    ? OwnCounter<M[Name]>
    : M[Name] extends { type: 'gauge' }
      ? OwnGauge<M[Name]>
      : OwnHistogram<M[Name]>;
};

/** Registers declared metrics. */
export function ownMetrics<M extends Metrics>(declared: M, registry: Registry): OwnMetrics<M> {
  const entries = Object.entries(declared).map(([name, metric]) => [name, register(metric, registry)]);
  return Object.fromEntries(entries);
}

function register(declared: Metric, registry: Registry): Counter | Gauge | Histogram {
  const { name, help, labels = {} } = declared;
  const common = { name, help, labelNames: Object.keys(labels), registers: [registry] };
  switch (declared.type) {
    case 'gauge':
      return new Gauge(common);
    case 'histogram':
      return new Histogram({ ...common, buckets: [...declared.buckets] });
    case 'counter': {
      const counter = new Counter(common);
      // An alert on a rate must see the series at 0 first: from nothing to 1 is no increase.
      for (const combination of combinations(labels)) counter.inc(combination, 0);
      return counter;
    }
  }
}

/** Every combination of label values, none if one of the labels is open. */
function combinations(labels: NonNullable<Metric['labels']>): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (before, [label, values]) =>
      values === 'open' ? [] : before.flatMap((each) => values.map((value) => ({ ...each, [label]: value }))),
    [{}],
  );
}
