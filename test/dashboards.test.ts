import type { Dashboard, DashboardLink, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { describe, expect, test } from 'vitest';
import { dashboardUid } from '../src/charts/identity.ts';
import { renderPlatform } from '../src/charts/platform.ts';
import { environments, systems } from '../src/systems/index.ts';
import { asGrafanaAsks, dashboardsOf, isRow, panelsOf, queriesOf, type RenderedDashboard } from './dashboards.ts';
import { refusedBy } from './grafana-types.ts';
import { selectorsIn } from './metrics-contract/promql-selectors.ts';
import { rulesOf } from './metrics-contract/rendered-expressions.ts';
import type { Manifest } from './objects.ts';
import { runPromtool } from './promtool.ts';

/** What `kubectl apply` writes down of an object may have 256 KiB, and there must be room for a dashboard to grow. */
const mostBytes = 200 * 1024;

/** Alerts whose panel shows something else, and why. */
const aboutOthers: Readonly<Record<string, string>> = {
  KubeStateMetricsMissing: 'it is about there being no series of the panel',
  FewRequestsMostFail: 'what it asks for is recorded of the series of the panel',
};

/** Alerts that begin at one pod too few, which is no line of their panels. */
const withoutLine: readonly string[] = ['DeploymentDegraded', 'ServiceDown'];

const rendered = Object.values(environments).map((environment) => {
  const objects: Manifest[] = renderPlatform({ environment, systems }).flatMap((chart) => chart.objects);
  return { name: environment.name, dashboards: dashboardsOf(objects), rules: rulesOf(objects) };
});

describe.each(rendered)('in $name', ({ dashboards, rules }) => {
  const uids = dashboards.map(({ dashboard }) => dashboard.uid);

  test('each system and each service has a dashboard, and no two have one address', () => {
    const wanted = systems.flatMap(({ name, services }) => [
      dashboardUid(name),
      ...services.map((service) => dashboardUid(name, service.name)),
    ]);
    expect(uids).toEqual(expect.arrayContaining(wanted));
    expect(new Set(uids).size).toBe(uids.length);
  });

  test('each stands in a folder of its system, and is small enough to be applied', () => {
    for (const { object, text } of dashboards) {
      expect(object.metadata.annotations).toEqual({ grafana_folder: object.metadata.namespace });
      expect(Buffer.byteLength(text), object.metadata.name).toBeLessThan(mostBytes);
    }
  });

  const opened = rules
    .filter(({ rule }) => rule.alert)
    .map(({ of, rule }) => {
      const [, uid, id] = /\/d\/([\w-]+)\?viewPanel=(\d+)$/.exec(rule.annotations.dashboard_url) ?? [];
      const found = dashboards.find(({ dashboard }) => dashboard.uid === uid);
      return { of, rule, panel: found && panelsOf(found.dashboard).find((each) => String(each.id) === id) };
    });

  test('each alert opens a panel that is there and says what to do about it', () => {
    expect(opened).not.toEqual([]);
    expect(opened.filter(({ panel }) => !panel).map(({ of }) => of)).toEqual([]);
    const silent = opened.filter(({ panel, rule: { annotations } }) => {
      const runbook: string = annotations.runbook_url;
      return panel && !panel.description?.includes(runbook) && !linksOf(panel).some(({ url }) => url === runbook);
    });
    expect(silent.map(({ of, panel }) => `${of} opens ${panel?.title}, which does not say what to do`)).toEqual([]);
  });

  test('what an alert is about is to be seen on its panel', () => {
    const strange = opened.flatMap(({ of, rule, panel }) => {
      const metricsIn = (expression: string) => selectorsIn(asGrafanaAsks(expression)).map(({ metric }) => metric);
      const shown = new Set(((panel?.targets ?? []) as Dataquery[]).flatMap(({ expr }) => metricsIn(expr)));
      const asked = metricsIn(rule.expr);
      return asked.length === 0 || asked.some((metric) => shown.has(metric)) || rule.alert in aboutOthers
        ? []
        : [`${of} asks for ${asked.join(', ')}, and its panel ${panel?.title} shows ${[...shown].join(', ')}`];
    });
    expect(strange).toEqual([]);
  });

  test('where an alert begins its panel has a line', () => {
    const begins = opened.flatMap(({ of, rule, panel }) => {
      const [, value] = /(?:>=?|<) ([\d.]+)$/.exec(rule.expr) ?? [];
      if (value === undefined || withoutLine.includes(rule.alert)) return [];
      const steps = panel?.fieldConfig?.defaults.thresholds?.steps ?? [];
      return [{ of: `${of}: ${value}`, isDrawn: steps.some((step) => step.value === Number(value)) }];
    });
    expect(begins.length).toBeGreaterThan(10);
    expect(begins.filter(({ isDrawn }) => !isDrawn).map(({ of }) => of)).toEqual([]);
  });

  describe.each(dashboards.map((each) => [each.dashboard.uid, each] as const))('%s:', (_, each) => {
    const panels = panelsOf(each.dashboard);

    test("it is as Grafana's schema says", () => expect(refusedByGrafana(each.dashboard)).toEqual([]));

    test('no panel lies on another or sticks out', () => expect(overlapsOf(each)).toEqual([]));

    test('no two panels have one id', () => {
      const ids = (each.dashboard.panels ?? []).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    });

    test('each panel says what it shows, in which unit, and asks the Prometheus of the environment', () =>
      expect(panels.flatMap(lacksOf)).toEqual([]));

    test('what is chosen above it is used, and what it uses can be chosen', () => {
      const used = [...each.text.matchAll(/\$(?:\{([a-z]\w*)\}|([a-z]\w*))/g)].map(([, one, other]) => one ?? other);
      const names = (each.dashboard.templating.list ?? []).map(({ name }) => name);
      expect(new Set(used)).toEqual(new Set(names));
    });

    test('its links open dashboards that there are', () => {
      const links = panels.flatMap(linksOf).filter(({ url = '' }) => url.startsWith('/d/'));
      expect(links.map(({ url }) => url?.split('/')[2]?.split('?')[0]).filter((uid) => !uids.includes(uid))).toEqual(
        [],
      );
    });
  });
});

test('promtool finds nothing wrong with what dashboards ask', { timeout: 120_000 }, async (context) => {
  const asked = rendered.flatMap(({ dashboards }) => dashboards.flatMap(({ dashboard }) => queriesOf(dashboard)));
  const expressions = [...new Set(asked.map(({ expression }) => asGrafanaAsks(expression)))];
  expect(expressions.length).toBeGreaterThan(100);
  const rules = expressions.map((expr) => ({ record: 'a_panel', expr }));
  const { exitCode, says } = await runPromtool(context, ['check', 'rules', '--lint=none', 'rules.yaml'], {
    'rules.yaml': { groups: rules.map((rule, index) => ({ name: `${index}`, rules: [rule] })) },
  });
  expect({ exitCode }, says).toEqual({ exitCode: 0 });
});

/** What of a dashboard the types of Grafana do not allow, the options of each kind of panel included. */
function refusedByGrafana(dashboard: Dashboard): string[] {
  return [
    ...refusedBy('dashboard.Dashboard', dashboard),
    ...panelsOf(dashboard).flatMap(({ type, title, options, fieldConfig }) => {
      const kind = type.replaceAll('-', '');
      const { custom } = fieldConfig?.defaults ?? {};
      return [
        ...refusedBy(`${kind}.Options`, options, `${title}, options`),
        ...(custom === undefined ? [] : refusedBy(`${kind}.FieldConfig`, custom, `${title}, custom`)),
      ];
    }),
  ];
}

/** Panels and rows of which a part is not free, or not there. */
function overlapsOf({ dashboard: { panels = [] } }: RenderedDashboard): string[] {
  const taken = new Map<string, string>();
  return panels.flatMap(({ title = '', gridPos }) => {
    if (!gridPos || gridPos.w < 1 || gridPos.h < 1) return [`${title} has no place`];
    const { x, y, w, h } = gridPos;
    if (x < 0 || x + w > 24) return [`${title} sticks out`];
    const others = new Set<string>();
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        const other = taken.get(`${column} ${line}`);
        if (other !== undefined) others.add(other);
        taken.set(`${column} ${line}`, title);
      }
    }
    return [...others].map((other) => `${title} lies on ${other}`);
  });
}

/** What a panel should have and has not. */
function lacksOf({ title, description, datasource, fieldConfig, targets = [] }: Panel): string[] {
  const lacks: string[] = [];
  if (!title) lacks.push('a title');
  if (!/^[A-Z].*[.]$/.test(description ?? '')) lacks.push('a sentence on what it shows');
  if (!fieldConfig?.defaults.unit) lacks.push('a unit');
  const sources = [datasource, ...(targets as Dataquery[]).map((each) => each.datasource)];
  if (sources.some((source) => source?.type !== 'prometheus' || source.uid !== '$environment'))
    lacks.push('the Prometheus of the environment as its source');
  if (targets.length === 0) lacks.push('a query');
  if ((targets as Dataquery[]).some(({ legendFormat, expr }) => !legendFormat || !expr)) lacks.push('a legend');
  return lacks.map((lack) => `${title} lacks ${lack}`);
}

function linksOf({ links = [], fieldConfig }: Panel): DashboardLink[] {
  const ofSeries = (fieldConfig?.overrides ?? []).flatMap(({ properties }) =>
    properties.filter(({ id }) => id === 'links').flatMap(({ value }) => value as DashboardLink[]),
  );
  return [...links, ...ofSeries];
}

describe('the checks refuse', () => {
  const [first] = rendered[0]?.dashboards ?? [];
  if (!first) throw new Error('there is no dashboard');
  const broken = (change: (panel: Panel) => Partial<Panel>): RenderedDashboard => {
    const panels = (first.dashboard.panels ?? []).map((each, index) =>
      index === 1 && !isRow(each) ? { ...each, ...change(each) } : each,
    );
    return { ...first, dashboard: { ...first.dashboard, panels } };
  };
  const second = panelsOf(first.dashboard)[0] as Panel;

  test('a panel on another', () => {
    const { gridPos } = second;
    if (!gridPos) throw new Error('the panel has no place');
    expect(overlapsOf(broken(() => ({ gridPos: { ...gridPos, w: gridPos.w + 1 } })))).toHaveLength(1);
    expect(overlapsOf(broken(() => ({ gridPos: { ...gridPos, x: 22 } })))).toContain(`${second.title} sticks out`);
  });

  test('what Grafana does not know', () => {
    const { uid, ...rest } = first.dashboard;
    const graph = panelsOf(first.dashboard).find(({ type }) => type === 'timeseries') as Panel;
    const having = (panel: object) => ({ ...first.dashboard, panels: [panel as Panel] });
    expect(refusedByGrafana({ ...rest, uuid: uid } as Dashboard)).toEqual(['$: has no key uuid']);
    expect(refusedByGrafana({ ...first.dashboard, graphTooltip: 3 as 0 })).toEqual([
      '$.graphTooltip: 3 is none of [0,1,2]',
    ]);
    expect(refusedByGrafana(having({ ...graph, id: '7' }))).toEqual(['$.panels[0].id: "7" is no number']);
    expect(refusedByGrafana(having({ ...graph, options: { ...graph.options, legend: undefined } }))).toEqual([
      `${graph.title}, options.legend: is no object`,
    ]);
    const custom = { ...graph.fieldConfig?.defaults.custom, lineWith: 2 };
    const defaults = { ...graph.fieldConfig?.defaults, custom };
    expect(refusedByGrafana(having({ ...graph, fieldConfig: { defaults, overrides: [] } }))).toEqual([
      `${graph.title}, custom: has no key lineWith`,
    ]);
  });

  test.each([
    [{ title: '' }, 'a title'],
    [{ description: 'requests' }, 'a sentence on what it shows'],
    [{ fieldConfig: { defaults: {}, overrides: [] } }, 'a unit'],
    [{ datasource: { type: 'prometheus', uid: 'prometheus' } }, 'the Prometheus of the environment as its source'],
    [{ targets: [] }, 'a query'],
  ])('a panel with %j', (change, lack) => {
    const { title } = { ...second, ...change };
    expect(lacksOf({ ...second, ...change })).toEqual([`${title} lacks ${lack}`]);
  });
});
