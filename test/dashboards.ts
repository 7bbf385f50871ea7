import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { dashboardLabel } from '../src/charts/identity.ts';
import type { Manifest } from './objects.ts';

/** A dashboard as Grafana gets it, and the object that it is in. */
export interface RenderedDashboard {
  readonly object: Manifest;
  readonly text: string;
  readonly dashboard: Dashboard;
}

/** The dashboards among the objects of an environment: what the sidecar of Grafana finds. */
export function dashboardsOf(objects: readonly Manifest[]): RenderedDashboard[] {
  return objects
    .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.labels?.[dashboardLabel.name])
    .flatMap((object) =>
      Object.values<string>(object['data']).map((text) => ({ object, text, dashboard: JSON.parse(text) as Dashboard })),
    );
}

/** The panels of a dashboard, those of rows that are closed included. */
export function panelsOf({ panels = [] }: Dashboard): Panel[] {
  return panels.flatMap((each) => (isRow(each) ? each.panels : [each]));
}

export function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row';
}

/** Everything that a dashboard asks Prometheus for: by its panels, its marks and its variables. */
export function queriesOf(dashboard: Dashboard): { readonly of: string; readonly expression: string }[] {
  return [
    ...panelsOf(dashboard).flatMap(({ title, targets = [] }) =>
      (targets as Dataquery[]).map(({ refId, expr }) => ({ of: `panel ${title}, ${refId}`, expression: expr })),
    ),
    ...(dashboard.annotations.list ?? []).map(({ name, expr = '' }) => ({ of: `mark ${name}`, expression: expr })),
    ...(dashboard.templating.list ?? []).flatMap(({ name, type, query }) => {
      if (type !== 'query') return [];
      const [, selector = ''] = /^label_values\((.*), \w+\)$/.exec((query as { query: string }).query) ?? [];
      return [{ of: `variable ${name}`, expression: selector }];
    }),
  ];
}

/** As Grafana asks it while all pods are chosen, of an hour. */
export function asGrafanaAsks(expression: string): string {
  return expression.replaceAll('$__rate_interval', '1m').replaceAll('$pod', '.*');
}
