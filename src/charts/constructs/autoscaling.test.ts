import { expect, test } from 'vitest';
import { environmentWith, fullService, minimalService, systemOf } from '../../../test/declarations.ts';
import { objectNamed, objectsOf } from '../../../test/objects.ts';

const { service, callee } = fullService();
const objects = objectsOf({ environment: environmentWith(), systems: [systemOf(service, callee)] });

test('minimal props: a fixed service has no autoscaler, and a budget that blocks no drain', () => {
  const minimal = objectsOf({ environment: environmentWith(), systems: [systemOf(minimalService())] });
  expect(minimal.filter((object) => object.kind === 'HorizontalPodAutoscaler')).toEqual([]);
  expect(objectNamed(minimal, 'PodDisruptionBudget', 'minimal').spec).toEqual({
    maxUnavailable: 1,
    selector: { matchLabels: { 'app.kubernetes.io/name': 'minimal' } },
    unhealthyPodEvictionPolicy: 'AlwaysAllow',
  });
});

test('all props: CPU and memory scale between min and max', () => {
  const { spec } = objectNamed(objects, 'HorizontalPodAutoscaler', 'full');
  expect(spec).toMatchObject({
    minReplicas: 3,
    maxReplicas: 9,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'full' },
  });
  expect(spec.metrics).toEqual([
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
    { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 70 } } },
  ]);
});

test('scaling up waits for nothing and scaling down for five minutes', () => {
  const { behavior } = objectNamed(objects, 'HorizontalPodAutoscaler', 'full').spec;
  expect(behavior.scaleUp.stabilizationWindowSeconds).toBe(0);
  expect(behavior.scaleDown.stabilizationWindowSeconds).toBe(300);
});
