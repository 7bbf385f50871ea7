import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import auth from '../src/apps/auth/contract.ts';
import posts from '../src/apps/posts/contract.ts';
import { runbookFile } from '../src/charts/observability/alerts/rule-of.ts';
import { renderPlatform } from '../src/charts/platform.ts';
import { toSeconds } from '../src/model/index.ts';
import { systems } from '../src/systems/index.ts';
import type { Message } from '../test/alert-receivers.ts';
import { tour, type Visit } from '../test/insta/tour.ts';
import type { Manifest } from '../test/objects.ts';
import { alertsAreTold, received, receiversNamespace, runReceivers, surgeAbove } from './alert-receivers.ts';
import { type PostedAlert, postAlerts, receiversOfAlertmanager } from './alertmanager.ts';
import { ensureApplied } from './apply-rendered.ts';
import { ingressOf } from './ingress.ts';
import { callerOfInsta, namespace, without } from './insta-cluster.ts';
import { eventually, kubectl } from './kubectl.ts';
import { markedNamespace } from './namespaces.ts';
import { rulesOf } from './prometheus.ts';
import { settled } from './settled.ts';
import { SteadyLoad } from './steady-load.ts';

/** What Prometheus reads anew and what the operator writes anew takes up to a minute each, and a pod hears of a changed file another. */
const untilHeardOf = 240;

const host = 'insta.test';
const caller = callerOfInsta();
let visit: Visit;
const objects: Manifest[] = renderPlatform({ environment: alertsAreTold, systems }).flatMap((chart) => chart.objects);
/** The groups of rules that Prometheus is to run. */
const groups: Manifest[] = objects.filter(({ kind }) => kind === 'PrometheusRule').flatMap(({ spec }) => spec.groups);

const isLong = Boolean(process.env['E2E_LONG']);
beforeEach((context) => {
  if (!isLong)
    context.skip('E2E_LONG is not set: it takes a quarter of an hour, until what is wrong has held and is past');
});
beforeAll(async () => {
  if (!isLong) return;
  await kubectl(['apply', '-f', '-'], JSON.stringify(markedNamespace(receiversNamespace)));
  await runReceivers();
  await ensureApplied(alertsAreTold);
  await settled(namespace);
  visit = await eventually(
    60,
    () => tour(caller),
    () => true,
  );
});
afterAll(async () => {
  await caller.close();
  if (!isLong) return;
  // Nobody is there to be told in the tests that follow.
  for (const { name } of systems)
    await kubectl(['delete', 'alertmanagerconfig', 'alerting', '--ignore-not-found', '-n', name]);
});

test('Prometheus runs every rule without an error', async () => {
  expect(groups.length).toBeGreaterThan(0);
  const sizes = new Map(groups.map(({ name, rules }) => [name, rules.length]));
  // Those of before may have the same names.
  const run = await eventually(
    untilHeardOf,
    async () => (await rulesOf()).filter(({ name }) => sizes.has(name)),
    (found) =>
      found.length === groups.length &&
      found.every(
        ({ name, rules }) => rules.length === sizes.get(name) && rules.every(({ health }) => health !== 'unknown'),
      ),
  );
  expect(run.flatMap(({ rules }) => rules.filter(({ lastError }) => lastError))).toEqual([]);
});

test('the cluster runs the routes that are declared, and what is critical arrives by e-mail and in Slack, and its end too', async () => {
  await eventually(untilHeardOf, receiversOfAlertmanager, (found) =>
    ['people', 'channel', 'nobody'].every((name) => found.includes(`${namespace}/alerting/${name}`)),
  );
  const posted = alertNamed('TrialCritical', 'critical');
  await postAlerts([posted]);
  const fired = await arrived('TrialCritical', 2);
  expect(fired.map(({ by, to, title }) => [by, to, title]).toSorted()).toEqual([
    ['email', 'people@example.com', 'CRITICAL (1) TrialCritical insta users [local]'],
    ['slack', '#people', 'CRITICAL (1) TrialCritical insta users [local]'],
  ]);
  await postAlerts([{ ...posted, endsAt: new Date().toISOString() }]);
  const ended = (await arrived('TrialCritical', 4)).slice(2);
  expect(ended.map(({ by, title }) => [by, title]).toSorted()).toEqual([
    ['email', 'RESOLVED TrialCritical insta users [local]'],
    ['slack', 'RESOLVED TrialCritical insta users [local]'],
  ]);
});

test('a warning goes to the channel alone, one that something critical says too to nobody, and what is no system of ours to others', async () => {
  const critical = alertNamed('TrialBroken', 'critical');
  await postAlerts([critical]);
  await arrived('TrialBroken', 2);
  const told = alertNamed('TrialWarning', 'warning', { concern: 'latency' });
  await postAlerts([
    critical,
    alertNamed('TrialHeldBack', 'warning'),
    alertNamed('TrialOfStack', 'critical', { system: '' }),
    told,
  ]);
  const messages = await arrived('TrialWarning', 1);
  expect(messages.map(({ by, to }) => [by, to])).toEqual([['slack', '#channel']]);
  expect(titlesOf(await received(), /TrialHeldBack|TrialOfStack/)).toEqual([]);
  await postAlerts([critical, told].map((each) => ({ ...each, endsAt: new Date().toISOString() })));
});

/** By when a message must be there, beside the time for which its alert must hold: scraped, evaluated twice, sent. In seconds. */
const underway = 120;
/** A container that ends is started again after 10, 20 and 40 seconds, and starts. In seconds. */
const threeCrashes = 100;

/** Traffic is the mean of five minutes: of twice what is much, half of them are. In seconds. */
const halfOfWindow = 150;

/** Of whom and what somebody is to be told. */
interface Expected {
  readonly alert: string;
  /** System and service. */
  readonly about: string;
  /** Receivers, each with the way it is told. */
  readonly to: readonly (readonly string[])[];
  /** How long it takes until it is so, in seconds. */
  readonly before: number;
}

test('a crash loop, errors that burn a budget and a surge are each told of in their time, by all who should hear it, and so is their end', async () => {
  const people = [
    ['email', 'people@example.com'],
    ['slack', '#people'],
  ];
  const expected: readonly Expected[] = [
    { alert: 'PodCrashLooping', about: 'bird bird-image', to: people, before: threeCrashes },
    { alert: 'AvailabilityBudgetBurning', about: 'insta posts', to: people, before: 0 },
    { alert: 'HighTraffic', about: 'insta auth', to: [['slack', '#channel']], before: halfOfWindow },
  ];
  const startedAt = Date.now();
  const stopped = new Map<Expected, number>();
  const told = async ({ alert, about, to, before }: Expected) => {
    const seconds = lasting(alert) + before + underway;
    const fired = await arrived(` ${alert} ${about} `, to.length, seconds);
    console.log(`${alert}: told after ${secondsSince(startedAt)} s; allowed: ${seconds}`);
    expect(fired.map(({ by, to }) => [by, to]).toSorted()).toEqual(to);
    for (const { title, text } of fired) {
      expect(title).toMatch(/^(CRITICAL|WARNING) /);
      expect(text).toContain(runbookFile(alert));
    }
  };
  const ended = async (each: Expected) => {
    const { alert, about, to } = each;
    const messages = await arrived(`RESOLVED ${alert} ${about} `, to.length, 900);
    console.log(`${alert}: its end is told ${secondsSince(stopped.get(each) ?? 0)} s after that of its cause`);
    expect(messages.map(({ by, to }) => [by, to]).toSorted()).toEqual(to);
  };
  const [crash, errors, surge] = expected as [Expected, Expected, Expected];
  const load = new SteadyLoad(`${ingressOf(host)}${auth.routes.publicKeys.path}`);
  load.requests = [{ headers: { host } }];
  try {
    await crashing(true);
    load.setRate(2 * surgeAbove);
    const burnt = without(['deployment/media'], async () => {
      const asking = new AbortController();
      const burning = Promise.all(Array.from({ length: 5 }, () => askInVain(asking.signal)));
      try {
        await told(errors);
      } finally {
        asking.abort();
        await burning;
      }
    }).finally(() => stopped.set(errors, Date.now()));
    await Promise.all([burnt, told(crash), told(surge)]);
  } finally {
    await load.end();
    stopped.set(surge, Date.now());
    await crashing(false);
    stopped.set(crash, Date.now());
  }
  await Promise.all(expected.map(ended));
}, 2_400_000);

/** Makes new posts with a picture that nobody can be asked for, until told to end. */
async function askInVain(signal: AbortSignal): Promise<void> {
  const { ann, file } = visit;
  while (!signal.aborted) {
    const { status } = await ann.tryTo(posts.routes.create, { body: { caption: 'Now', media: [file] } });
    if (status < 500) throw new Error(`a new post was answered ${status} without media`);
    await sleep(100);
  }
}

/** The program of new pods of `bird-image` ends at once, or is its own again. Those of before go on meanwhile. */
async function crashing(does: boolean): Promise<void> {
  const name = 'bird-image';
  const containers = [{ name, command: does ? ['node', '-e', 'process.exit(1)'] : null }];
  const patch = JSON.stringify({ spec: { template: { spec: { containers } } } });
  await kubectl(['patch', `deployment/${name}`, '-n', 'bird', '--type=strategic', '-p', patch]);
}

/** For how many seconds the shortest rule of an alert must hold. */
function lasting(alert: string): number {
  const rules: Manifest[] = groups.flatMap((group) => group.rules);
  return Math.min(...rules.filter((rule) => rule.alert === alert).map((rule) => toSeconds(rule.for)));
}

function secondsSince(at: number): number {
  return Math.round((Date.now() - at) / 1_000);
}

function alertNamed(alertname: string, severity: string, other: Record<string, string> = {}): PostedAlert {
  return {
    labels: { ...{ system: namespace, namespace, service: 'users', concern: 'errors' }, ...other, alertname, severity },
    annotations: { summary: 'A trial', description: 'Nothing is wrong.' },
  };
}

/** The messages about an alert, once there are so many. */
async function arrived(alertname: string, count: number, seconds = 60): Promise<readonly Message[]> {
  return eventually(
    seconds,
    async () => (await received()).filter(({ title }) => title.includes(alertname)),
    (messages) => messages.length >= count,
  );
}

function titlesOf(messages: readonly Message[], pattern: RegExp): string[] {
  return messages.map(({ title }) => title).filter((title) => pattern.test(title));
}
