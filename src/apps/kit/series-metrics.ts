import type { Metric as PromMetric, Registry } from 'prom-client';
import type { Metric } from '../../model/index.ts';
import type { Exemplar } from './open-metrics.ts';

type Labels = Readonly<Record<string, string>>;

/** The count and the durations of one set of labels. Keep it: finding it again costs more than recording. */
export interface Series {
  /**
   * @param seconds how long it took
   * @param traceId of what is recorded: it becomes the example of its bucket. @default - nothing shows it
   */
  record(seconds: number, traceId?: string): void;
}

interface Counts extends Series {
  readonly labels: Labels;
  /** Observations by bucket, the last for what is past every edge. Not cumulative. */
  readonly buckets: number[];
  /** The last of each bucket that is recorded as a trace. */
  readonly exemplars: (Exemplar | undefined)[];
  /** Whether the histogram has no series of it yet. */
  isAnnounced: boolean;
  count: number;
  sum: number;
}

/**
 * A counter and a histogram of the same events, or the histogram alone. prom-client sorts and joins the labels on every `inc` and `observe`, which
 * costs more than Fastify's whole request, so the sums are kept here and prom-client reads them when it is scraped. Nothing is moved at that time:
 * scrapes at once cannot lose or double a count.
 */
export class SeriesMetrics {
  readonly #edges: readonly number[];
  readonly #all: Counts[] = [];

  constructor(
    registry: Registry,
    counter: Extract<Metric, { type: 'counter' }> | undefined,
    histogram: Extract<Metric, { type: 'histogram' }>,
  ) {
    this.#edges = histogram.buckets;
    if (counter) {
      this.#register(registry, counter, () => this.#all.map(({ labels, count }) => ({ labels, value: count })));
    }
    this.#register(registry, histogram, () => this.#all.flatMap((each) => this.#samples(histogram.name, each)));
  }

  /**
   * Starts the series of these labels, at 0. Once for each set of labels.
   *
   * @param options.announced whether the counter alone is there until the first event. It must be, for a rate to see that first one; the many series of a histogram need not.
   * @default - both are
   */
  start(labels: Labels, options: { readonly announced?: boolean } = {}): Series {
    const edges = this.#edges;
    const counts: Counts = {
      labels,
      isAnnounced: options.announced ?? false,
      buckets: Array.from({ length: edges.length + 1 }, () => 0),
      exemplars: [],
      count: 0,
      sum: 0,
      record(seconds, traceId) {
        let at = 0;
        while (at < edges.length && seconds > (edges[at] as number)) at++;
        (this.buckets[at] as number)++;
        this.count++;
        this.sum += seconds;
        this.isAnnounced = false;
        if (traceId === undefined) return;
        this.exemplars[at] = { labels: { trace_id: traceId }, value: seconds, timestamp: Date.now() / 1_000 };
      },
    };
    this.#all.push(counts);
    return counts;
  }

  #samples(name: string, { labels, buckets, exemplars, count, sum, isAnnounced }: Counts): unknown[] {
    if (isAnnounced) return [];
    let below = 0;
    const cumulative = [...this.#edges, '+Inf'].map((le, at) => {
      below += buckets[at] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: below, exemplar: exemplars[at] };
    });
    return [
      ...cumulative,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }

  /** Starts all series anew, at 0. */
  #reset(): void {
    for (const counts of this.#all) {
      counts.buckets.fill(0);
      counts.exemplars.length = 0;
      counts.count = 0;
      counts.sum = 0;
    }
  }

  #register(registry: Registry, { name, help, type }: Metric, values: () => unknown[]): void {
    // What a registry calls: `get` when it is scraped, `reset` in `resetMetrics`. The events are the same, so either metric resets both.
    const metric = {
      name,
      get: async () => ({ name, help, type, values: values(), aggregator: 'sum' }),
      reset: () => this.#reset(),
    };
    registry.registerMetric(metric as unknown as PromMetric);
  }
}
