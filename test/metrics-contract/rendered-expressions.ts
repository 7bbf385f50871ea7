import type { HelmValues } from '../../src/charts/addons/helm-values.ts';
import { asGrafanaAsks, dashboardsOf, queriesOf } from '../dashboards.ts';
import type { Manifest } from '../objects.ts';

/** PromQL of a rendered object. */
export interface Expression {
  /** The object, and what of it asks. */
  readonly of: string;
  readonly expression: string;
}

/** All PromQL that an environment is rendered with: of rules, of what KEDA asks, of what prometheus-adapter does, and of dashboards. */
export function renderedExpressions(objects: readonly Manifest[], values: readonly HelmValues[]): Expression[] {
  return [
    ...rulesOf(objects).map(({ of, rule }) => ({ of, expression: rule.expr })),
    ...objects
      .filter(({ kind }) => kind === 'ScaledObject')
      .flatMap(({ metadata, spec }) =>
        spec.triggers
          .filter(({ type }: Manifest) => type === 'prometheus')
          .map(({ name, metadata: { query } }: Manifest) => ({
            of: `ScaledObject ${metadata.namespace}/${metadata.name}, trigger ${name}`,
            expression: query,
          })),
      ),
    ...dashboardsOf(objects).flatMap(({ dashboard }) =>
      queriesOf(dashboard).map(({ of, expression }) => ({
        of: `Dashboard ${dashboard.uid}, ${of}`,
        expression: asGrafanaAsks(expression),
      })),
    ),
    ...values
      .filter(({ chart }) => chart === 'prometheus-adapter')
      .flatMap((each) => (each.values as Manifest).rules.custom)
      .flatMap(({ seriesQuery, metricsQuery, name }) => [
        { of: `prometheus-adapter, which series are ${name.as}`, expression: seriesQuery },
        { of: `prometheus-adapter, ${name.as}`, expression: asAsked(metricsQuery) },
      ]),
  ];
}

/** Every rule, with whose it is. */
export function rulesOf(objects: readonly Manifest[]): { of: string; rule: Manifest }[] {
  return objects
    .filter(({ kind }) => kind === 'PrometheusRule')
    .flatMap(({ metadata, spec }) =>
      spec.groups.flatMap(({ rules }: Manifest) =>
        rules.map((rule: Manifest) => ({
          of: `PrometheusRule ${metadata.namespace}/${metadata.name}, ${rule.alert ? `alert ${rule.alert}` : `record ${rule.record}`}`,
          rule,
        })),
      ),
    );
}

/** As the adapter asks it about pods. */
function asAsked(query: string): string {
  return query.replaceAll('<<.LabelMatchers>>', 'pod=~".+"').replaceAll('<<.GroupBy>>', 'pod');
}
