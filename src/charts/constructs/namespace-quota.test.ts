import { App, Chart } from 'cdk8s';
import { expect, test } from 'vitest';
import { environmentWith, minimalService, systemOf } from '../../../test/declarations.ts';
import type { Manifest } from '../../../test/objects.ts';
import type { Quota } from '../../model/index.ts';
import { NamespaceQuota } from './namespace-quota.ts';

function objectsOf(quota: Quota): Manifest[] {
  const chart = new Chart(new App(), 'test', { disableResourceNameHashes: true });
  new NamespaceQuota(chart, 'quota', { system: systemOf(minimalService()), environment: environmentWith(), quota });
  return chart.toJson();
}

test('minimal props: who counts pods alone lets each of them be as it is', () => {
  expect(objectsOf({ pods: 10 })).toEqual([
    {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: {
        name: 'shop',
        namespace: 'shop',
        labels: {
          'app.kubernetes.io/part-of': 'shop',
          'app.kubernetes.io/managed-by': 'trellis',
          'trellis.dev/environment': 'test',
        },
      },
      spec: { hard: { pods: '10' } },
    },
  ]);
});

test('all props: what a container must say to be counted it gets where it does not', () => {
  const [quota, range, ...others] = objectsOf({ pods: 10, cpu: '1500m', memory: '4Gi', memoryLimit: '8Gi' });
  expect(quota.spec.hard).toEqual({
    pods: '10',
    'requests.cpu': '1500m',
    'requests.memory': '4Gi',
    'limits.memory': '8Gi',
  });
  expect(range).toMatchObject({ kind: 'LimitRange', metadata: { name: 'shop', namespace: 'shop' } });
  expect(range.spec.limits).toEqual([
    { type: 'Container', defaultRequest: { cpu: '10m', memory: '64Mi' }, default: { memory: '256Mi' } },
  ]);
  expect(others).toEqual([]);
});

test('no container gets a limit that no quota asks for', () => {
  expect(objectsOf({ memory: '4Gi' })[1].spec.limits).toEqual([
    { type: 'Container', defaultRequest: { memory: '64Mi' } },
  ]);
});

test.each([
  ['0.5', '500m'],
  ['2000m', '2'],
  ['2.5', '2500m'],
  ['3', '3'],
] as const)('CPU of %s is %s, as the cluster writes it', (cpu, written) => {
  expect(objectsOf({ cpu })[0].spec.hard).toEqual({ 'requests.cpu': written });
});
