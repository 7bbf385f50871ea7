import { type ScalingOf, scrapeSeconds } from '../../model/index.ts';
import { prometheus } from './catalogue/index.ts';
import { customMetric } from './custom-metric.ts';
import { hasLooked, upOf } from './has-looked.ts';
import { and, asked, askedBy, equal, or, rate, sum, times } from './promql/index.ts';

/** @see adapterRule */
export interface AdapterRuleProps {
  readonly namespace: string;
  /** The service's name, which is its label. */
  readonly service: string;
  readonly scaling: ScalingOf<'custom'>;
}

/**
 * A rule of prometheus-adapter: which series there must be for it to know the metric, and what it then asks.
 * @see https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md
 */
export interface AdapterRule {
  readonly seriesQuery: string;
  readonly resources: { readonly overrides: Readonly<Record<string, { readonly resource: string }>> };
  readonly name: { readonly as: string };
  /** PromQL, in which the adapter writes the pods that it is asked about. */
  readonly metricsQuery: string;
}

/**
 * The rule for the measure of one service, pod by pod, as an HPA by a Pods metric wants it.
 *
 * A pod that nobody has asked yet has no series of the measure. While Prometheus reaches it, that is 0; of a pod that it does not reach there is no value, and the HPA
 * then neither adds nor takes pods for it. So the adapter knows the metric by `up`, which a pod has from its first scrape.
 */
export function adapterRule(props: AdapterRuleProps): AdapterRule {
  return {
    seriesQuery: upOf(props).text,
    resources: { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } },
    name: { as: customMetric(props) },
    metricsQuery: metricsQuery(props),
  };
}

function metricsQuery({ namespace, service, scaling }: AdapterRuleProps): string {
  const { metric: measure, window } = scaling;
  const idle = times(0, sum(equal(asked(prometheus.up, { service }), 1), [askedBy]));
  // An HPA that heard nothing while Prometheus was away has no earlier wish that would keep its pods, as in a lull.
  const looked = hasLooked({ namespace, service, window, scraped: scrapeSeconds(scaling) });
  const measured =
    measure.of === 'rate' ? rate(asked(measure.metric, { service }), window) : asked(measure.metric, { service });
  return and(or(sum(measured, [askedBy]), idle), looked, { on: [] }).text;
}
