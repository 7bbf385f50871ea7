import { describe, expect, test } from 'vitest';
import { contractNamed, environmentWith, systemOf } from '../../../test/declarations.ts';
import { objectNamed, objectsOf } from '../../../test/objects.ts';
import { cpu, custom, type Duration, defineService, fixed, requestRate, requests, steps } from '../../model/index.ts';
import { demandQuery } from '../observability/demand-query.ts';

type Given = Parameters<typeof defineService>[0]['scaling'];

function rendered(scaling: Given, environment = environmentWith()) {
  const service = defineService({ contract: contractNamed('cart'), owner: 'team', description: 'Sells.', scaling });
  return objectsOf({ environment, systems: [systemOf(service)] });
}
const named = (scaling: Given, kind: string) => objectNamed(rendered(scaling), kind, 'cart').spec;
const scalers = (scaling: Given) =>
  rendered(scaling).filter(({ kind }) => kind === 'HorizontalPodAutoscaler' || kind === 'ScaledObject');

const scaleTarget = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart' };
const calm = {
  stabilizationWindowSeconds: 300,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 50, periodSeconds: 60 }],
};
const atOnce = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Percent', value: 900, periodSeconds: 15 },
    { type: 'Pods', value: 10, periodSeconds: 15 },
  ],
};
const behavior = {
  scaleUp: { stabilization: '10s', policies: [{ pods: 1, per: '30s' }], select: 'Min' },
  scaleDown: { stabilization: '2m', policies: [{ percent: 10, per: '1m' }], select: 'Disabled' },
} as const;
const renderedBehavior = {
  scaleUp: {
    stabilizationWindowSeconds: 10,
    selectPolicy: 'Min',
    policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }],
  },
  scaleDown: {
    stabilizationWindowSeconds: 120,
    selectPolicy: 'Disabled',
    policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
  },
};
const day = { from: '0 8 * * 1-5', to: '0 18 * * 1-5', timezone: 'Europe/Berlin', pods: 4 };
const demand = (window: Duration = '30s', scraped = 5) =>
  demandQuery({ namespace: 'shop', service: 'cart', measure: requestRate, window, scraped });
const prometheus = (threshold: string, query = demand()) => ({
  type: 'prometheus',
  name: 'demand',
  metricType: 'AverageValue',
  metadata: {
    serverAddress: 'http://kps-kube-prometheus-stack-prometheus.monitoring.svc:9090',
    query,
    threshold,
    ignoreNullValues: 'false',
  },
});
const schedule = (index: number) => ({
  type: 'cron',
  name: `schedule${index}`,
  metadata: { timezone: 'Europe/Berlin', start: '0 8 * * 1-5', end: '0 18 * * 1-5', desiredReplicas: '4' },
});

test('fixed: the Deployment says it, and nothing scales it', () => {
  expect(named(fixed(3), 'Deployment').replicas).toBe(3);
  expect(scalers(fixed(3))).toEqual([]);
});

test.each([
  ['cpu', cpu({ min: 2, max: 4, cpu: 50 })],
  ['requests', requests({ min: 2, max: 4, perPod: 50 })],
  ['steps', steps()],
  ['custom', custom({ min: 2, max: 4, perPod: 50 })],
])('%s: one object scales, named like the Deployment, which leaves its number out', (_, scaling) => {
  expect(scalers(scaling).map(({ metadata }) => metadata.name)).toEqual(['cart']);
  expect(named(scaling, 'Deployment')).not.toHaveProperty('replicas');
});

test.each([
  [1, 1],
  [2, 1],
  [7, 1],
  [8, 2],
  [100, 25],
])('of %d pods a drain may take %d at a time, and never none', (pods, taken) => {
  expect(named(fixed(pods), 'PodDisruptionBudget')).toEqual({
    maxUnavailable: taken,
    selector: { matchLabels: { 'app.kubernetes.io/name': 'cart' } },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  });
});

describe('cpu', () => {
  const share = (name: string, averageUtilization: number) => ({
    type: 'Resource',
    resource: { name, target: { type: 'Utilization', averageUtilization } },
  });

  test('minimal props', () => {
    expect(named(cpu({ min: 2, max: 9, cpu: 60 }), 'HorizontalPodAutoscaler')).toEqual({
      scaleTargetRef: scaleTarget,
      minReplicas: 2,
      maxReplicas: 9,
      metrics: [share('cpu', 60)],
      behavior: {
        // Doubling: what follows the pods' own use would overshoot by more.
        scaleUp: {
          ...atOnce,
          policies: [
            { type: 'Percent', value: 100, periodSeconds: 15 },
            { type: 'Pods', value: 4, periodSeconds: 15 },
          ],
        },
        scaleDown: calm,
      },
    });
  });

  test('all props', () => {
    const spec = named(cpu({ min: 3, max: 9, cpu: 60, memory: 70, behavior }), 'HorizontalPodAutoscaler');
    expect(spec.metrics).toEqual([share('cpu', 60), share('memory', 70)]);
    expect(spec.behavior).toEqual(renderedBehavior);
  });
});

describe('requests', () => {
  test('minimal props', () => {
    expect(named(requests({ min: 2, max: 9, perPod: 50 }), 'ScaledObject')).toEqual({
      scaleTargetRef: scaleTarget,
      minReplicaCount: 2,
      maxReplicaCount: 9,
      pollingInterval: 15,
      fallback: { failureThreshold: 20, replicas: 5, behavior: 'currentReplicasIfHigher' },
      advanced: { horizontalPodAutoscalerConfig: { name: 'cart', behavior: { scaleUp: atOnce, scaleDown: calm } } },
      triggers: [prometheus('50')],
    });
  });

  test('all props', () => {
    const scaling = requests({
      ...{ min: 2, max: 9, perPod: 2.5, cpu: 80, window: '1m', fallback: 7, schedules: [day], behavior },
    });
    const spec = named(scaling, 'ScaledObject');
    expect(spec.fallback.replicas).toBe(7);
    expect(spec.advanced.horizontalPodAutoscalerConfig.behavior).toEqual(renderedBehavior);
    expect(spec.triggers).toEqual([
      prometheus('2.5', demand('1m', 10)),
      schedule(0),
      { type: 'cpu', name: 'cpu', metricType: 'Utilization', metadata: { value: '80' } },
    ]);
  });
});

describe('steps', () => {
  const modifiers = (formula: string) => ({ formula, target: '1', metricType: 'AverageValue' });

  test('minimal props: the usual table', () => {
    const spec = named(steps(), 'ScaledObject');
    expect(spec).toMatchObject({ minReplicaCount: 2, maxReplicaCount: 10, triggers: [prometheus('1')] });
    expect(spec.advanced.scalingModifiers).toEqual(
      modifiers('demand <= 100 ? 2 : demand <= 200 ? 4 : demand <= 300 ? 6 : 10'),
    );
  });

  test('all props: schedules only add', () => {
    const scaling = steps({ table: [[0.5, 1], [Infinity, 9]], window: '2m', schedules: [day, day], behavior }); // biome-ignore format: a table
    const spec = named(scaling, 'ScaledObject');
    expect(spec.advanced.scalingModifiers).toEqual(modifiers('max(demand <= 0.5 ? 1 : 9, schedule0, schedule1)'));
    expect(spec.triggers).toEqual([prometheus('1', demand('2m', 15)), schedule(0), schedule(1)]);
  });

  test('an HPA of ours that is there already is taken over', () => {
    const { metadata, spec } = objectNamed(rendered(steps()), 'ScaledObject', 'cart');
    expect(metadata.annotations).toEqual({ 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' });
    expect(spec.advanced.horizontalPodAutoscalerConfig.name).toBe('cart');
  });

  test('Prometheus is asked where the environment says, and scrapes six times in a window', () => {
    const { monitoring } = environmentWith();
    const environment = environmentWith({ monitoring: { ...monitoring, url: 'http://thanos.metrics:9090' } });
    const objects = rendered(steps({ window: '1m' }), environment);
    expect(objectNamed(objects, 'ScaledObject', 'cart').spec.triggers[0].metadata.serverAddress).toBe(
      'http://thanos.metrics:9090',
    );
    expect(objectNamed(objects, 'ServiceMonitor', 'cart').spec.endpoints).toMatchObject([
      { interval: '10s', scrapeTimeout: '10s' },
    ]);
  });
});

describe('custom', () => {
  const share = (averageValue: string) => ({
    type: 'Pods',
    pods: {
      metric: { name: 'shop.cart.http_requests_per_second' },
      target: { type: 'AverageValue', averageValue },
    },
  });

  test('minimal props', () => {
    expect(named(custom({ min: 2, max: 9, perPod: 50 }), 'HorizontalPodAutoscaler')).toEqual({
      scaleTargetRef: scaleTarget,
      minReplicas: 2,
      maxReplicas: 9,
      metrics: [share('50')],
      behavior: { scaleUp: atOnce, scaleDown: calm },
    });
  });

  test('all props', () => {
    const spec = named(custom({ min: 2, max: 9, perPod: 0.25, window: '1m', behavior }), 'HorizontalPodAutoscaler');
    expect(spec.metrics).toEqual([share('250m')]);
    expect(spec.behavior).toEqual(renderedBehavior);
  });
});
