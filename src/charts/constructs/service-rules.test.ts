import { expect, test } from 'vitest';
import { contractNamed, environmentWith, fullService, minimalService, systemOf } from '../../../test/declarations.ts';
import { type Manifest, objectNamed, objectsOf } from '../../../test/objects.ts';
import { serviceThresholds } from '../../model/alerts.ts';
import { counter, defineService, requests, type Service, steps, usualThresholds } from '../../model/index.ts';

const rulesOf = (name: string, objects: readonly Manifest[]): Manifest[] =>
  objectNamed(objects, 'PrometheusRule', name).spec.groups.flatMap(({ rules }: Manifest) => rules);
const namesOf = (rules: readonly Manifest[]) => rules.filter(({ alert }) => alert).map(({ alert }) => alert);

test('minimal props: what can go wrong with any service, and no more', () => {
  const objects = objectsOf({ environment: environmentWith(), systems: [systemOf(minimalService())] });
  const rules = rulesOf('minimal', objects);
  expect(namesOf(rules)).toEqual([
    ...['ServiceDown', 'PodNotScraped', 'PodCrashLooping', 'PodNotReady', 'PodPending', 'DeploymentDegraded'],
    ...['HighCPUUsage', 'HighMemoryUsage', 'EventLoopLagging'],
  ]);
  expect(objectNamed(objects, 'PrometheusRule', 'minimal').metadata.labels).toMatchObject({
    release: 'kps',
    'app.kubernetes.io/name': 'minimal',
  });
  for (const { labels } of rules)
    expect(labels).toMatchObject({ service: 'minimal', owner: 'team', system: 'shop', namespace: 'shop' });
});

test('all props: also its stores, what it calls and how it scales', () => {
  const { service, callee } = fullService();
  const rules = rulesOf('full', objectsOf({ environment: environmentWith(), systems: [systemOf(service, callee)] }));
  expect(namesOf(rules)).toEqual(
    expect.arrayContaining([
      ...['AutoscalerAtMaximum', 'AutoscalerFailing', 'EdgeFailing', 'OutsideFailing'],
      ...['StoreFailing', 'StoreFailing', 'StoreFailing', 'DatabaseConnectionsExhausted'],
    ]),
  );
  // It scales by CPU: KEDA has no part in it, and nobody has said how much traffic is much.
  expect(namesOf(rules)).not.toContain('ScaledObjectFailing');
  expect(namesOf(rules)).not.toContain('HighTraffic');
});

const cart = (props: object = {}) =>
  defineService({
    contract: contractNamed('cart'),
    owner: 'team',
    description: 'Sells.',
    scaling: requests({ min: 2, max: 10, perPod: 40 }),
    ...props,
  }) as Service;

test('much traffic is near the most that its scaling has pods for', () => {
  const much = (service: Service, overrides = {}) =>
    rulesOf('cart', objectsOf({ environment: environmentWith({ overrides }), systems: [systemOf(service)] })).find(
      ({ alert }) => alert === 'HighTraffic',
    )?.expr;
  expect(much(cart())).toMatch(/ > 360$/);
  expect(much(cart(), { shop: { cart: { scaling: steps() } } })).toMatch(/ > 270$/);
  expect(much(cart({ alerts: { highTraffic: 12.5 } }))).toMatch(/ > 12.5$/);
  expect(much(cart({ alerts: { highTraffic: 'off' } }))).toBeUndefined();
});

test('a threshold is refused where its alert is not rendered, and nowhere else', () => {
  const { service: full, callee } = fullService();
  const stepped = cart({
    scaling: steps(),
    metrics: { failedLogins: counter({ name: 'cart_failed_total', help: 'F.' }) },
  });
  const thresholds = Object.entries({ ...usualThresholds, highTraffic: 5 });
  expect(thresholds).toHaveLength(Object.keys(serviceThresholds.shape).length);
  const seen = [minimalService(), full, stepped].map((service) => {
    const systems = [service === full ? systemOf(full, callee) : systemOf(service)];
    return thresholds.map(([name, value]) => {
      const overrides = { shop: { [service.name]: { alerts: { [name]: value } } } };
      try {
        const rules = rulesOf(service.name, objectsOf({ environment: environmentWith({ overrides }), systems }));
        const alerts = namesOf(rules).map((alert: string) => alert.toLowerCase());
        return alerts.includes(name.toLowerCase()) ? 'rendered' : `${name} of ${service.name} has no alert`;
      } catch (error) {
        const rules = rulesOf(service.name, objectsOf({ environment: environmentWith(), systems }));
        const alerts = namesOf(rules).map((alert: string) => alert.toLowerCase());
        expect((error as Error).message).toContain(`alerts.${name}: `);
        return alerts.includes(name.toLowerCase()) ? `${name} of ${service.name} is refused` : 'refused';
      }
    });
  });
  expect(new Set(seen.flat())).toEqual(new Set(['rendered', 'refused']));
});

test('an environment overrides single promises', () => {
  const service = cart({ slo: { availability: 0.999, latency: { quantile: 0.95, below: '300ms' } } });
  const overrides = { shop: { cart: { slo: { availability: 0.99, latency: { below: '1s' } } } } } as const;
  const rules = rulesOf(
    'cart',
    objectsOf({ environment: environmentWith({ overrides }), systems: [systemOf(service)] }),
  );
  const exprOf = (name: string, slo: string) =>
    rules.find(({ record, labels }) => record === name && labels.slo === slo)?.['expr'];
  expect(exprOf('service:slo_errors:rate5m', 'latency')).toContain('le=~"1|1\\\\.0"');
  expect(exprOf('service:slo_budget:remaining30d', 'availability')).toMatch(/ \* 100\)?$/);
  expect(exprOf('service:slo_budget:remaining30d', 'latency')).toMatch(/ \* 20\)?$/);
});

test('an environment overrides single thresholds, and switches single alerts off', () => {
  const service = cart({
    alerts: { highCPUUsage: 70, highMemoryUsage: 60 },
    metrics: { failedLogins: counter({ name: 'cart_failed_total', help: 'Failed.' }) },
  });
  const overrides = { shop: { cart: { alerts: { highCPUUsage: 95, podPending: 'off' as const } } } };
  const rules = rulesOf(
    'cart',
    objectsOf({ environment: environmentWith({ overrides }), systems: [systemOf(service)] }),
  );
  const expr = (name: string) => rules.find(({ alert }) => alert === name)?.expr;
  expect(expr('HighCPUUsage')).toMatch(/ > 95$/);
  expect(expr('HighMemoryUsage')).toMatch(/ > 60$/);
  expect(expr('PodPending')).toBeUndefined();
  expect(expr('PodNotReady')).toBeDefined();
  expect(expr('FailedLogInsSurge')).toContain('cart_failed_total');
});

test('one of which all alerts are off has no rules', () => {
  const names = ['serviceDown', 'podNotScraped', 'podCrashLooping', 'podNotReady', 'podPending', 'deploymentDegraded'];
  const off = Object.fromEntries(
    [...names, 'highCPUUsage', 'highMemoryUsage', 'eventLoopLagging'].map((name) => [name, 'off']),
  );
  const service = { ...minimalService(), alerts: off } as Service;
  const objects = objectsOf({ environment: environmentWith(), systems: [systemOf(service)] });
  expect(objects.filter(({ kind, metadata }) => kind === 'PrometheusRule' && metadata.name === 'minimal')).toEqual([]);
});
