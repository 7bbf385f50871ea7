import { describe, expect, test } from 'vitest';
import { stackAlerts } from '../src/charts/observability/routing/stack-alerts.ts';
import { renderEnvironments } from '../src/charts/render-environments.ts';
import {
  alertmanagerConfig,
  alertmanagerSecret,
  type Environment,
  receiverOf,
  type System,
} from '../src/model/index.ts';
import staging from '../src/systems/environments/staging.ts';
import { environments, systems as ourSystems } from '../src/systems/index.ts';
import { type Heard, hear } from './alertmanager.ts';
import { environmentWith } from './declarations.ts';
import type { Manifest } from './objects.ts';
import { operatorsConfiguration, stacksOwn } from './operators-alertmanager.ts';

type Labels = Readonly<Record<string, string>>;

const url = { secret: 'alerting', key: 'url' };
const slack = (channel: string) => ({ slack: { url, channel } });
const email = {
  to: ['a@example.com', 'b@example.com'],
  from: 'alerts@example.com',
  smarthost: 'smtp.example.com:587',
  username: 'alerts@example.com',
  password: { secret: 'alerting', key: 'password' },
};
/** All that can be said of who is told. */
const everything = {
  receivers: { people: { email, ...slack('#people') }, channel: slack('#channel'), pictures: { email } },
  critical: 'people',
  warning: 'channel',
  quietHours: { from: '22:30', to: '06:00', weekends: true },
  heartbeat: { url },
};
const { feedOwner, mediaOwner } = owners();
const owned = {
  ...everything,
  owners: { [mediaOwner]: { warning: 'pictures' }, [feedOwner]: { critical: 'pictures', warning: 'pictures' } },
};

/** Environments in which somebody is told, each by the text of a test's name. */
const told = [
  ...Object.values(environments).filter(({ alerting }) => alerting),
  staged('configs', alertmanagerConfig(owned)),
  staged('whole', alertmanagerSecret(owned)),
];

test('each kind is rendered in an environment of ours', () => {
  const kinds = Object.values(environments).map(({ alerting }) => alerting?.kind);
  expect(kinds).toEqual(expect.arrayContaining(['alertmanagerConfig', 'secret', undefined]));
});

describe.each(told)('in $name', (environment) => {
  const { objects, configuration } = configurationOf(environment);

  test('every alert that is rendered goes to exactly the one receiver that is meant', async (context) => {
    const rendered = distinct(alertsOf(objects));
    expect(rendered.length).toBeGreaterThan(0);
    const alerts = distinct([...rendered, ...ourSystems.flatMap(contract)]);
    const heard = await hear(context, configuration, alerts);
    expect(byLabels(heard)).toEqual(
      Object.fromEntries(alerts.map((labels) => [textOf(labels), [intended(environment, labels)]])),
    );
  });

  test('what is critical holds back warnings of the same concern of the same service, and nothing else does', async (context) => {
    const base = { system: 'insta', namespace: 'insta', service: 'auth', concern: 'errors', alertname: 'Burning' };
    const critical = { ...base, severity: 'critical' };
    const warning = { ...base, severity: 'warning' };
    const stack = { namespace: 'insta', alertname: 'Burning' };
    const ofSystem = { system: 'insta', namespace: 'insta' };
    const volume = (claim: string, severity: string) => ({
      ...{ ...ofSystem, concern: 'volumes', alertname: `Volume-${severity}` },
      ...{ persistentvolumeclaim: claim, severity },
    });
    const certificate = (name: string, severity: string) => ({
      ...{ ...ofSystem, concern: 'certificates', alertname: `Certificate-${severity}` },
      ...{ name, severity },
    });
    const cases: [labels: Labels, isInhibited: boolean][] = [
      [critical, false],
      [warning, true],
      [{ ...warning, alertname: 'Another' }, true],
      [{ ...critical, alertname: 'Another' }, false],
      [{ ...warning, service: 'users' }, false],
      [{ ...warning, concern: 'latency' }, false],
      [{ ...warning, system: 'bird', namespace: 'bird' }, false],
      // Of a whole system.
      [{ ...without(warning, 'service'), alertname: 'Another' }, false],
      // Of what there are several in one system, such as volumes, only of the same one.
      [volume('data-postgres-0', 'critical'), false],
      [volume('data-postgres-0', 'warning'), true],
      [volume('data-redis-0', 'warning'), false],
      [certificate('shop-tls', 'critical'), false],
      [certificate('shop-tls', 'warning'), true],
      [certificate('other-tls', 'warning'), false],
      // The stack's own.
      [{ ...stack, severity: 'critical' }, false],
      [{ ...stack, severity: 'warning' }, true],
      [{ ...stack, severity: 'warning', alertname: 'Another' }, false],
    ];
    const heard = await hear(
      context,
      configuration,
      cases.map(([labels]) => labels),
    );
    expect(Object.fromEntries(heard.map(({ labels, isInhibited }) => [textOf(labels), isInhibited]))).toEqual(
      Object.fromEntries(cases.map(([labels, isInhibited]) => [textOf(labels), isInhibited])),
    );
  });

  test('of what is critical of one service, warnings of the same name of others are told', async (context) => {
    const base = { system: 'insta', namespace: 'insta', concern: 'errors', alertname: 'Burning' };
    const heard = await hear(context, configuration, [
      { ...base, service: 'auth', severity: 'critical' },
      { ...base, service: 'users', severity: 'warning' },
    ]);
    expect(heard.map(({ isInhibited }) => isInhibited)).toEqual([false, false]);
  });

  test('nobody is told twice of what the cluster says too', async (context) => {
    const crashing = { severity: 'warning', alertname: 'KubePodCrashLooping', pod: 'users-6d5f7c9b88-x2x9q' };
    const cluster = { severity: 'critical', alertname: 'KubeNodeNotReady' };
    const alerts: Labels[] = [
      { ...crashing, namespace: 'insta' },
      { ...crashing, namespace: 'another' },
      { ...crashing, namespace: 'insta', pod: 'postgres-0' },
      {
        severity: 'warning',
        alertname: 'KubeHpaMaxedOut',
        namespace: 'insta',
        horizontalpodautoscaler: 'keda-hpa-users',
      },
      { severity: 'warning', alertname: 'TargetDown', namespace: 'insta', service: 'gateway' },
      cluster,
      { severity: 'none', alertname: 'Watchdog' },
      { severity: 'none', alertname: 'InfoInhibitor', namespace: 'insta' },
      { severity: 'info', alertname: 'CPUThrottlingHigh', namespace: 'another' },
    ];
    const heard = byLabels(await hear(context, configuration, alerts));
    const { alerting } = environment;
    const isWhole = alerting?.kind === 'secret';
    const own = (severity: 'critical' | 'warning') => (alerting && isWhole ? [receiverOf(alerting, severity)] : []);
    const nobody = isWhole ? ['nobody'] : [];
    expect(heard).toEqual(
      Object.fromEntries(
        alerts.map((labels, index) => [
          textOf(labels),
          [
            ...[nobody, own('warning'), own('warning'), nobody, own('warning')],
            ...[own('critical'), nobody, nobody, nobody],
          ][index],
        ]),
      ),
    );
  });

  test('a severity that nobody has heard of is taken for critical', async (context) => {
    const labels = { system: 'insta', namespace: 'insta', service: 'auth', alertname: 'Odd', severity: 'page' };
    const heard = byLabels(await hear(context, configuration, [labels, without(labels, 'severity')]));
    const receiver = intended(environment, { ...labels, severity: 'critical' });
    expect(Object.values(heard)).toEqual([[receiver], [receiver]]);
  });
});

test('what nobody hears of the stack an alert of ours says of each service', () => {
  const { objects } = configurationOf(staging);
  const rendered = alertsOf(objects);
  const names = stackAlerts.flatMap(({ ours }) => Object.values(ours));
  expect(names.length).toBeGreaterThan(0);
  const missing = ourSystems.flatMap(({ name: system, services }) =>
    services.flatMap(({ name: service }) =>
      names
        .filter((name) => !rendered.some((labels) => isOf({ alertname: name, system, service }, labels)))
        .map((name) => `${name} of ${system}/${service}`),
    ),
  );
  expect(missing).toEqual([]);
});

test('a configuration that Alertmanager refuses fails, and a route that is lost too', async (context) => {
  const { configuration } = configurationOf(environmentWith({ alerting: alertmanagerSecret(everything) }));
  const { routes, ...route } = (configuration as Manifest).route;
  await expect(hear(context, { ...configuration, route: { ...route, receiver: 'who' } }, [])).rejects.toThrow(
    'Alertmanager refuses the configuration',
  );
  const labels = { system: 'insta', severity: 'warning', alertname: 'Lost' };
  expect(byLabels(await hear(context, { ...configuration, route }, [labels]))).toEqual({
    [textOf(labels)]: ['people'],
  });
  expect(byLabels(await hear(context, { ...configuration, route: { ...route, routes } }, [labels]))).toEqual({
    [textOf(labels)]: ['channel'],
  });
});

/** Staging, where others are told. */
function staged(name: string, alerting: NonNullable<Parameters<typeof environmentWith>[0]>['alerting']): Environment {
  const { alerting: checked } = environmentWith({ alerting });
  return { ...staging, name, alerting: checked };
}

function owners() {
  const [feedOwner = '', mediaOwner = ''] = new Set(
    ourSystems.flatMap(({ services }) => services.map(({ owner }): string => owner)),
  );
  return { feedOwner, mediaOwner };
}

/** What the Alertmanager of an environment is told, and all objects of it. */
function configurationOf(environment: Environment): { objects: Manifest[]; configuration: object } {
  const [rendered] = renderEnvironments([environment], { systems: ourSystems });
  if (!rendered) throw new Error(`${environment.name} is not rendered`);
  const objects: Manifest[] = rendered.charts.flatMap((chart) => chart.objects);
  const configs = objects.filter(({ kind }) => kind === 'AlertmanagerConfig');
  if (rendered.alertmanager) return { objects, configuration: rendered.alertmanager };
  const stack: Manifest = rendered.values.find(({ chart }) => chart === 'kube-prometheus-stack')?.values;
  return { objects, configuration: operatorsConfiguration(configs, stack.alertmanager.config.inhibit_rules) };
}

/** The labels of every alert in the rendered rules, those of its series apart. */
function alertsOf(objects: readonly Manifest[]): Labels[] {
  return objects
    .filter(({ kind }) => kind === 'PrometheusRule')
    .flatMap(({ spec }) =>
      spec.groups
        .flatMap((group: Manifest) => group.rules)
        .filter((rule: Manifest) => rule.alert)
        .map((rule: Manifest) => ({
          alertname: rule.alert,
          ...rule.labels,
        })),
    );
}

/** All that the labels of alerts of a system may be. */
function contract({ name, services }: System): Labels[] {
  const common = { alertname: 'Example', system: name, namespace: name };
  return ['critical', 'warning', 'none'].flatMap((severity) => [
    { ...common, severity, concern: 'monitoring' },
    ...services.map(({ name: service, owner }) => ({ ...common, severity, concern: 'errors', service, owner })),
  ]);
}

/** Whom an alert is meant for, by the declaration alone. */
function intended({ alerting }: Environment, { severity, owner, system }: Labels): string {
  if (!alerting) throw new Error('nobody is told in this environment');
  const name =
    severity === 'none'
      ? alerting.heartbeat
        ? 'heartbeat'
        : 'nobody'
      : receiverOf(alerting, severity as 'critical' | 'warning', owner);
  return alerting.kind === 'secret' ? name : `${system}/alerting/${name}`;
}

function byLabels(heard: readonly Heard[]): Record<string, readonly string[]> {
  return Object.fromEntries(
    heard.map(({ labels, receivers }) => [textOf(labels), receivers.filter((each) => each !== stacksOwn)]),
  );
}

function textOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted());
}

function distinct(alerts: readonly Labels[]): Labels[] {
  return [...new Map(alerts.map((labels) => [textOf(labels), labels])).values()];
}

function isOf(some: Labels, labels: Labels): boolean {
  return Object.entries(some).every(([key, value]) => labels[key] === value);
}

function without(labels: Labels, label: string): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key !== label));
}
