import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dashboardLabel } from '../src/charts/identity.ts';
import { renderPlatform } from '../src/charts/platform.ts';
import { systems } from '../src/systems/index.ts';
import { asked } from '../src/tools/dashboards/asked.ts';
import { dashboardsIn } from '../src/tools/dashboards/dashboard-json.ts';
import { drawDashboards } from '../src/tools/dashboards/draw-dashboards.ts';
import type { AskPrometheus } from '../src/tools/dashboards/panel-data.ts';
import { prometheusAt } from '../src/tools/dashboards/prometheus-at.ts';
import { BrowserPerson } from '../test/insta/browser-person.ts';
import { crowd } from '../test/insta/crowd.ts';
import { tour } from '../test/insta/tour.ts';
import { ensureApplied } from './apply-rendered.ts';
import { ingressOf } from './ingress.ts';
import { callerOfInsta } from './insta-cluster.ts';
import { forTests } from './insta-environment.ts';
import { getJson, kubectl, rollout } from './kubectl.ts';
import { outsideManifests, outsideNamespace, photoKey } from './outside-api.ts';
import { openPrometheus } from './prometheus.ts';
import { settled } from './settled.ts';
import { SteadyLoad } from './steady-load.ts';

/** What not every cluster has. A panel of it may be empty where Prometheus has no series of it at all, and only there. */
interface Missing {
  readonly metric: string;
  readonly reason: string;
}

const notEverywhere: readonly Missing[] = [
  { metric: 'keda_scaler_metrics_value', reason: 'whether a cluster scrapes KEDA is its own affair' },
  { metric: 'keda_scaler_metrics_latency_seconds', reason: 'the same' },
  {
    metric: 'kubelet_volume_stats_available_bytes',
    reason: 'a kubelet measures no volume that is a folder of its node',
  },
];

/** Pictures are taken where it is set to the minutes of load that they are to show. */
const minutes = Number(process.env['E2E_PICTURES'] ?? 0);
const caller = callerOfInsta();
const rendered = renderPlatform({ environment: forTests, systems }).flatMap((chart) => chart.objects);
const dashboards = dashboardsIn(rendered, dashboardLabel);
const queries = dashboards.flatMap((dashboard) =>
  dashboard.panels.flatMap((panel) => (panel.targets ?? []).map((target) => ({ dashboard, panel, target }))),
);
type Query = (typeof queries)[number];

beforeAll(async () => {
  const items = [...outsideManifests, photoKey];
  await kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await rollout(outsideNamespace, 'outside');
  await ensureApplied(forTests);
  for (const { name } of systems) await settled(name);
});
afterAll(() => caller.close());

test('the cluster has the dashboards that are rendered, each as a ConfigMap that Grafana finds', async () => {
  const selector = `${dashboardLabel.name}=${dashboardLabel.value}`;
  const { items } = await getJson<{ items: object[] }>(['configmaps', '--all-namespaces', '-l', selector]);
  expect(dashboardsIn(items, dashboardLabel).map(({ uid }) => uid)).toEqual(
    expect.arrayContaining(dashboards.map(({ uid }) => uid)),
  );
  expect(dashboards.length).toBeGreaterThan(0);
});

test(
  'under a light load every query of every panel is answered with data',
  async () => {
    const until = Date.now() + minutes * 60_000;
    await using prometheus = await openPrometheus();
    const ask = prometheusAt(prometheus.url);
    const ending = new AbortController();
    const loads = ['bird.test/', 'bird-image.test/?birdName=Eagle', 'insta.test/'].map(loadOf);
    const people = keepCrowd(ending.signal);
    try {
      const missing = await missingIn(ask);
      let silent = queries.filter(({ target }) => !missing.some(({ metric }) => target.expr.includes(metric)));
      // A rate needs two scrapes, and what rules record is there with their next evaluation.
      for (const end = Date.now() + 150_000; Date.now() < end && silent.length > 0; ) {
        await sleep(5_000);
        silent = await silentOf(silent, ask);
      }
      while (Date.now() < until) await sleep(1_000);
      if (minutes > 0) await takePictures(ask);
      expect(silent.map(nameOf)).toEqual([]);
    } finally {
      ending.abort();
      await people;
      await Promise.all(loads.map((each) => each.end()));
    }
  },
  300_000 + minutes * 60_000,
);

/** The queries that have no value in the last minute. @throws Error with the query that Prometheus refuses */
async function silentOf(asking: readonly Query[], ask: AskPrometheus): Promise<Query[]> {
  const to = Math.floor(Date.now() / 1_000);
  const silent: Query[] = [];
  for (const query of asking) {
    const { dashboard, target } = query;
    const series = await ask(asked(dashboard, target, { from: to - 60, to, step: 15 })).catch((error: Error) => {
      throw new Error(`${nameOf(query)} is refused: ${error.message}`);
    });
    if (!series.some(({ values }) => values.some(([, value]) => value !== 'NaN'))) silent.push(query);
  }
  return silent;
}

/** Of what not every cluster has, that which this one has not. @throws Error where no panel shows it */
async function missingIn(ask: AskPrometheus): Promise<Missing[]> {
  const missing: Missing[] = [];
  for (const each of notEverywhere) {
    if (!queries.some(({ target }) => target.expr.includes(each.metric)))
      throw new Error(`no panel shows ${each.metric}: delete it from what not every cluster has`);
    const to = Math.floor(Date.now() / 1_000);
    const found = await ask({ query: `count(${each.metric})`, from: to - 60, to, step: 15 });
    if (found.length === 0) missing.push(each);
  }
  return missing;
}

function nameOf({ dashboard, panel, target }: Query): string {
  return `dashboard ${dashboard.uid}, panel "${panel.title}", query ${target.refId}: ${target.expr}`;
}

function loadOf(place: string): SteadyLoad {
  const [host = '', path = ''] = place.split(/(?=\/)/);
  const load = new SteadyLoad(ingressOf(host) + path);
  load.requests = [{ headers: { host } }];
  load.setRate(3);
  return load;
}

/** Few people who do everything that there is to do, over and over, and two who do so in browsers, whose sessions the service web keeps. */
async function keepCrowd(signal: AbortSignal): Promise<void> {
  const told = (error: unknown) => console.log(`crowd: ${error}`);
  while (!signal.aborted)
    await Promise.all([crowd(caller, { people: 8, seconds: 20 }).catch(told), tour(caller, BrowserPerson).catch(told)]);
}

async function takePictures(ask: AskPrometheus): Promise<void> {
  const about = `A cluster with two pods of each service under a light load, the last ${minutes} minutes`;
  const out = 'docs/pictures/dashboards';
  const files = await drawDashboards({
    dashboards,
    ask,
    last: minutes * 60,
    until: Math.floor(Date.now() / 1_000),
    out,
    about,
  });
  console.log(`pictures: ${files.join(', ')}`);
}
