import type { Metric, Service } from '../../../../model/index.ts';
import { buckets, quantileOf, rate, rateInterval, series, sum, times, type Vector } from '../../promql/index.ts';
import type { Panel, Query, Unit } from '../panel.ts';

/** Whose metrics. */
interface MetricsOf {
  readonly namespace: string;
  readonly service: string;
  readonly pod: { readonly like: string };
}

/** The metrics of a service's own, each a panel. */
export function ownMetricPanels(of: MetricsOf, { metrics }: Service): Panel[] {
  return Object.values(metrics).map((metric) => ({
    name: metricPanelName(metric),
    title: metric.name.replace(/_total$/, '').replaceAll('_', ' '),
    description: metric.help,
    // On top of one another parts make the whole, which is what is told of.
    look: metric.type === 'counter' ? 'areas' : 'lines',
    width: 8,
    ...shown(metric, of),
  }));
}

/** What the panel of a metric is known by. */
export function metricPanelName({ name }: Pick<Metric, 'name'>): string {
  return `metric-${name}`;
}

function shown(metric: Metric, of: MetricsOf): { unit: Unit; queries: [Query, ...Query[]] } {
  const labels = Object.keys(metric.labels ?? {});
  const as = labels.length > 0 ? labels.map((label) => `{{${label}}}`).join(' ') : 'all';
  switch (metric.type) {
    case 'counter':
      // Most are so seldom that nobody thinks of them by the second.
      return {
        unit: 'perMinute',
        queries: [{ show: times(60, sum<string, string>(rate(series(metric, of), rateInterval), labels)), as }],
      };
    case 'gauge':
      return { unit: 'short', queries: [{ show: sum<string, string>(series(metric, of), labels), as }] };
    case 'histogram':
      return {
        unit: 'short',
        queries: [quantile(metric, of, 0.5), quantile(metric, of, 0.95)],
      };
  }
}

function quantile(metric: Extract<Metric, { type: 'histogram' }>, of: MetricsOf, share: number): Query {
  const show: Vector<never> = quantileOf<never>(share, sum(rate(buckets(metric, of), rateInterval), ['le']));
  return { show, as: `${share * 100} % at most` };
}
