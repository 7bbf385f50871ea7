import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import * as catalogues from '../src/charts/observability/catalogue/index.ts';
import { renderEnvironments } from '../src/charts/render-environments.ts';
import type { Metric } from '../src/model/index.ts';
import { environments, systems } from '../src/systems/index.ts';
import { clusterSeries } from './metrics-contract/cluster-series.ts';
import { countedIn } from './metrics-contract/promql-selectors.ts';
import { renderedExpressions, rulesOf } from './metrics-contract/rendered-expressions.ts';
import { ruleSeries } from './metrics-contract/rule-series.ts';
import { type Series, scraped } from './metrics-contract/series.ts';
import { scrapedTargets } from './metrics-contract/targets.ts';
import { unmatched } from './metrics-contract/unmatched.ts';
import { type UsedApps, useApps } from './metrics-contract/used-apps.ts';

/** What every series may have, as the builder of expressions knows it. */
const ofTarget: readonly string[] = ['namespace', 'pod', 'container', 'service', 'job', 'instance', 'endpoint'];

const recordings = join(import.meta.dirname, 'cluster-metrics');

const rendered = renderEnvironments(Object.values(environments), { systems }).map(
  ({ environment, charts, values }) => ({
    name: environment.name,
    objects: charts.flatMap(({ objects }) => objects),
    values,
  }),
);

let apps: UsedApps;
let recorded: Series[];

beforeAll(async () => {
  apps = await useApps();
  const files = (await readdir(recordings)).filter((file) => file.endsWith('.txt'));
  const texts = await Promise.all(files.map((file) => readFile(join(recordings, file), 'utf8')));
  recorded = texts.flatMap(scraped);
}, 120_000);

/** Everything that Prometheus has in an environment. */
function seriesIn({ objects }: (typeof rendered)[number], scrapes = apps.used): Series[] {
  return [...scrapedTargets(objects, scrapes), ...clusterSeries(objects, recorded), ...ruleSeries(objects)];
}

describe.each(rendered)('in $name', (environment) => {
  const { objects, values } = environment;
  const expressions = renderedExpressions(objects, values);

  test('there are expressions of rules, of what KEDA asks and of dashboards', () => {
    const kinds = new Set(expressions.map(({ of }) => of.split(' ')[0]));
    expect([...kinds]).toEqual(expect.arrayContaining(['PrometheusRule', 'ScaledObject', 'Dashboard']));
  });

  test('every selector of every expression matches a series that an app, an exporter or a rule has', () => {
    expect(unmatched(expressions, seriesIn(environment))).toEqual([]);
  });
});

test.each(rendered)(
  'in $name, what a rule counts by the value of a label is there at 0 as soon as an app runs',
  (environment) => {
    // Of a counter that only starts with its first event Prometheus sees no increase.
    const counted = rulesOf(environment.objects).flatMap(({ of, rule }) =>
      countedIn(rule.expr).map((expression) => ({ of, expression })),
    );
    expect(unmatched(counted, seriesIn(environment, apps.atStart))).toEqual([]);
  },
);

describe('what the catalogues say of the cluster is what was recorded:', () => {
  const { certManager, cloudNativePg, keda, kubelet, kubeStateMetrics } = catalogues;
  const metrics = [certManager, cloudNativePg, keda, kubelet, kubeStateMetrics].flatMap((each) =>
    Object.values<Metric>(each),
  );

  test.each(metrics.map((metric) => [metric.name, metric] as const))('%s', (name, { labels = {} }) => {
    const series = recorded.filter((each) => each.name === name);
    const seen = new Set(series.flatMap((each) => Object.keys(each.labels)));
    expect([...seen], `${name}: no series, or none with all labels that its catalogue names`).toEqual(
      expect.arrayContaining(Object.keys(labels)),
    );
    expect(series).not.toEqual([]);
    for (const each of series) {
      for (const [label, value] of Object.entries(each.labels)) {
        if (ofTarget.includes(label)) continue;
        const declared = labels[label];
        expect(declared, `${name} has the label ${label}, which its catalogue does not know`).toBeDefined();
        if (declared !== 'open') expect(declared, `${name}{${label}}`).toContain(value);
      }
    }
  });
});

describe('the check refuses', () => {
  const of = 'alert Broken';
  const [environment] = rendered as [(typeof rendered)[number]];

  test.each([
    [
      'a name that nothing has',
      'rate(http_request_total[5m])',
      'no metric is called http_request_total; nearest: http_requests_total',
    ],
    [
      'a value that no series has',
      'http_requests_total{status="5xx"}',
      /^no series of http_requests_total has status="5xx"; there are: .*500/,
    ],
    [
      'a pattern that no value fits',
      'http_requests_total{status=~"6.."}',
      /^no series of http_requests_total has status=~"6.."; there are: /,
    ],
    [
      'a label that the ServiceMonitor drops',
      'http_requests_total{exported_service="posts"}',
      /^no series of http_requests_total has the label exported_service; there are: .*service/,
    ],
    [
      'the lack of such a label',
      'http_requests_total{exported_service!="posts"}',
      /^no series of http_requests_total has the label exported_service; there are: .*service/,
    ],
    [
      'what has each label, and never together',
      'http_client_requests_total{service="web",peer="media"}',
      'each matcher has a series of http_client_requests_total, but none has all of them',
    ],
    [
      'another namespace',
      'http_requests_total{namespace="elsewhere"}',
      /^no series of http_requests_total has namespace="elsewhere"; there are: bird, insta$/,
    ],
    [
      'an edge that no bucket has',
      'http_request_duration_seconds_bucket{le="0.3000001"}',
      /^no series of http_request_duration_seconds_bucket has le="0.3000001"; there are: /,
    ],
  ])('%s', (_, expression, why) => {
    const problems = unmatched([{ of, expression: `sum(${expression}) > 1` }], seriesIn(environment));
    expect(problems).toHaveLength(1);
    const [place = '', said = ''] = (problems[0] ?? '').split(' matches nothing: ');
    expect(place.startsWith(`${of}: http_`)).toBe(true);
    if (typeof why === 'string') expect(said).toBe(why);
    else expect(said).toMatch(why);
  });

  test('a rate of what only counts from its first event on', () => {
    const counted = (expression: string) =>
      countedIn(expression).flatMap((selector) =>
        unmatched([{ of, expression: selector }], seriesIn(environment, apps.atStart)),
      );
    const feed = (status: string) =>
      `http_requests_total{namespace="insta",service="posts",route="/feed",status="${status}"}`;
    expect(counted(`sum(rate(${feed('503')}[5m])) > 1`)).toEqual([]);
    expect(counted(`sum(${feed('418')}) > 1`)).toEqual([]);
    expect(counted(`sum(rate(${feed('418')}[5m])) > 1`)).toHaveLength(1);
    expect(counted(`label_replace(sum(increase(${feed('418')}[5m] offset 1h)), "a", "b", "", "")`)).toHaveLength(1);
  });

  test('what is no PromQL', () => {
    expect(() => unmatched([{ of, expression: 'sum(up' }], [])).toThrow('no PromQL: sum(up>>>');
  });

  test('a metric that an app no longer has', () => {
    const { posts = [], ...others } = apps.used;
    const renamed = posts.map((each) => ({ ...each, name: each.name.replace('http_requests', 'http_answers') }));
    const problems = unmatched(
      renderedExpressions(environment.objects, environment.values),
      seriesIn(environment, { ...others, posts: renamed }),
    );
    expect(problems).not.toEqual([]);
    for (const problem of problems) expect(problem).toContain('http_requests_total{namespace="insta",service="posts"');
  });
});
