import type { Dashboard as DashboardJson, Panel as PanelJson } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Alert } from '../alerts/alert.ts';
import { dataSourceUids } from '../data-sources.ts';
import type { Vector } from '../promql/index.ts';
import { colorsOf } from './colors-of.ts';
import { layOut, type Place } from './layout.ts';
import { looks } from './looks.ts';
import { type Panel, panelId, type Query, type Row } from './panel.ts';

/** What of it somebody is told. */
export interface Told {
  /** Those that are to be seen on a dashboard. */
  readonly alerts: readonly Alert[];
  /** Where stands what to do about an alert: a URL, or a path in the repository. */
  readonly runbook: (alert: string) => string;
}

export interface DashboardProps extends Told {
  /** What it is known by: its address in Grafana ends in it. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** Whose it is. Its dashboards are linked with one another. */
  readonly system: string;
  readonly rows: readonly Row[];
  /** What is marked on every panel, by its name. */
  readonly marks: Readonly<Record<string, Mark>>;
  /** Series of the pods among which one may choose: those that have a label `pod`. @default - it has no such choice */
  readonly podsOf?: Vector<'pod'>;
}

/** Times that are marked on panels: those at which an expression has a value. */
export interface Mark {
  readonly when: Vector<string>;
  readonly color: string;
  /** What a mark says, with labels as `{{alertname}}`. */
  readonly says: string;
}

/** The Prometheus whose series are shown: that of the environment, which is chosen above. */
const source = { type: 'prometheus', uid: '$environment' } as const;

/** How often services are scraped at least, in seconds. A rate takes four times as long. */
const scraped = '15s';

/** A dashboard as Grafana keeps it. */
export function dashboard(props: DashboardProps): DashboardJson {
  const { uid, title, description, system, marks, podsOf } = props;
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['trellis', system])
    .readonly()
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables([environmentVariable(), ...(podsOf ? [podVariable(podsOf)] : [])])
    .annotations(Object.entries(marks).map(([name, mark]) => annotation(name, mark)))
    .link(otherDashboards(system));
  return { ...builder.build(), panels: panelsOf(props) };
}

/** The rows one below the other, each with its title as a line. @throws Error where an alert is to be seen on a panel that is not there */
function panelsOf({ uid, rows, alerts, runbook }: DashboardProps): NonNullable<DashboardJson['panels']> {
  const names = rows.flatMap(({ panels }) => panels.map(({ name }) => name));
  for (const { name, seen } of alerts)
    if (!names.includes(seen.panel))
      throw new Error(`alert ${name}: dashboard ${uid} has no panel ${seen.panel}; there are: ${names.join(', ')}`);
  let y = 0;
  return rows
    .filter(({ panels }) => panels.length > 0)
    .flatMap(({ title, panels }) => {
      const heading = new RowBuilder(title)
        .id(panelId(`row ${title}`))
        .gridPos({ x: 0, y, w: 24, h: 1 })
        .build();
      const places = layOut(panels.map(blockOf), y + 1);
      y = Math.max(...places.map((place) => place.y + place.h));
      return [
        heading,
        ...panels.map((panel, index) =>
          panelJson(panel, {
            place: places[index] as Place,
            alerts: alerts.filter(({ seen }) => seen.panel === panel.name),
            runbook,
          }),
        ),
      ];
    });
}

const numbersSize = { w: 4, h: 4 } as const;
const graphSize = { w: 12, h: 8 } as const;

function blockOf({ look, width }: Panel) {
  const { w, h } = look === 'numbers' ? numbersSize : graphSize;
  return { w: width ?? w, h };
}

interface PanelJsonProps extends Pick<DashboardProps, 'alerts' | 'runbook'> {
  readonly place: Place;
}

function panelJson(panel: Panel, { place, alerts, runbook }: PanelJsonProps): PanelJson {
  const { name, title, description, look, queries, steps, opens = {} } = panel;
  const runbooks = [...new Set(alerts.map((alert) => alert.name))].map((alert) => ({ alert, url: runbook(alert) }));
  // A path of the repository is nothing that a browser could open.
  const paths = runbooks.filter(({ url }) => !url.startsWith('http')).map(({ alert, url }) => `${alert} in ${url}`);
  const builder = looks[look](panel, steps ? { lowest: 'green', steps } : colorsOf(alerts))
    .id(panelId(name))
    .title(title)
    .description(paths.length > 0 ? `${description} What to do: ${paths.join(', ')}.` : description)
    .links(
      runbooks
        .filter(({ url }) => url.startsWith('http'))
        .map(({ alert, url }) =>
          new DashboardLinkBuilder(`${alert}: what to do`).type(DashboardLinkType.Link).url(url).targetBlank(true),
        ),
    )
    .datasource(source)
    .gridPos({ ...place })
    .targets(queries.map(target));
  for (const [series, link] of Object.entries(opens)) builder.overrideByName(series, [{ id: 'links', value: [link] }]);
  return builder.build();
}

function target({ show, as, exemplars = false }: Query, index: number): DataqueryBuilder {
  const query = new DataqueryBuilder()
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .datasource(source)
    .expr(show.text)
    .legendFormat(as)
    .range()
    .interval(scraped);
  return exemplars ? query.exemplar(true) : query;
}

/** One Grafana may read the Prometheus of several environments: each is a data source of its own. */
function environmentVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('environment')
    .label('Environment')
    .type('prometheus')
    .current({ text: 'Prometheus', value: dataSourceUids.prometheus });
}

function podVariable(pods: Vector<'pod'>): QueryVariableBuilder {
  return new QueryVariableBuilder('pod')
    .label('Pod')
    .datasource(source)
    .query({ query: `label_values(${pods.text}, pod)`, refId: 'pods' })
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: 'All', value: '$__all' });
}

function annotation(name: string, { when, color, says }: Mark): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(source)
    .enable(true)
    .iconColor(color)
    .expr(when.text)
    .titleFormat(says)
    .step(scraped);
}

function otherDashboards(system: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder(`Dashboards of ${system}`)
    .type(DashboardLinkType.Dashboards)
    .tags(['trellis', system])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true);
}
