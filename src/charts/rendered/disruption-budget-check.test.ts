import { JsonPatch } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { contractNamed, environmentWith, systemOf } from '../../../test/declarations.ts';
import { adds, patch } from '../../../test/extensions.ts';
import { problemsOf } from '../../../test/problems-of.ts';
import { cpu, defineService, fixed, type Service, steps } from '../../model/index.ts';
import type { Extension } from '../extension.ts';
import { renderPlatform } from '../platform.ts';

type Scaling = Parameters<typeof defineService>[0]['scaling'];

const three = cpu({ min: 3, max: 9, cpu: 50 });

function problems(scaling: Scaling, extension: Extension): string[] {
  const service = defineService({
    contract: contractNamed('minimal'),
    owner: 'team',
    description: 'Is drained.',
    scaling,
  }) as Service;
  const systems = [systemOf(service)];
  return problemsOf(() =>
    renderPlatform({ environment: environmentWith(), systems, extensions: { minimal: extension } }),
  );
}

const { add, remove } = JsonPatch;
const budget = (key: 'maxUnavailable' | 'minAvailable', value: number | string) =>
  patch('PodDisruptionBudget', remove('/spec/maxUnavailable'), add(`/spec/${key}`, value));
const at = '10-shop.minimal.k8s.yaml PodDisruptionBudget minimal spec.';

describe('a budget that blocks every drain stops the synth', () => {
  test.each<[scaling: Scaling, key: 'maxUnavailable' | 'minAvailable', value: number | string, problem: string]>([
    [
      three,
      'maxUnavailable',
      0,
      'got 0; allowed: more than 0: it blocks every drain; fix: write 1 or more, or a share such as "25%"',
    ],
    [three, 'maxUnavailable', '0%', 'got "0%"; allowed: more than 0: it blocks every drain'],
    [
      three,
      'minAvailable',
      '100%',
      'got "100%"; allowed: less than "100%": it blocks every drain; fix: write maxUnavailable: 1 instead',
    ],
    [
      three,
      'minAvailable',
      3,
      'got 3; allowed: less than the 3 that Deployment minimal has at the least: it keeps 3, and blocks every drain; fix: write maxUnavailable: 1 instead, or raise the least number of pods',
    ],
    [three, 'minAvailable', 4, 'got 4; allowed: less than the 3 that'],
    // Rounded up: two thirds and a bit of three are three.
    [
      three,
      'minAvailable',
      '67%',
      'got "67%"; allowed: a share of less than the 3 that Deployment minimal has at the least: it keeps 3',
    ],
    [
      fixed(1),
      'minAvailable',
      '1%',
      'got "1%"; allowed: a share of less than the 1 that Deployment minimal has at the least: it keeps 1',
    ],
    [fixed(2), 'minAvailable', 2, 'got 2; allowed: less than the 2 that'],
    [steps(), 'minAvailable', 2, 'got 2; allowed: less than the 2 that'],
  ])('%j %s %s', (scaling, key, value, problem) => {
    expect(problems(scaling, budget(key, value))).toEqual([expect.stringContaining(`${at}${key}: ${problem}`)]);
  });

  test.each<[scaling: Scaling, key: 'maxUnavailable' | 'minAvailable', value: number | string]>([
    [three, 'maxUnavailable', 1],
    [three, 'maxUnavailable', '1%'],
    [three, 'minAvailable', 2],
    [three, 'minAvailable', '66%'],
    [three, 'minAvailable', 0],
    [fixed(1), 'minAvailable', '0%'],
    [steps(), 'minAvailable', '50%'],
  ])('not %j %s %s', (scaling, key, value) => {
    expect(problems(scaling, budget(key, value))).toEqual([]);
  });
});

const other = (matchLabels: object, spec: object) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'other' },
  spec: { selector: { matchLabels }, ...spec },
});

test('a second budget for the same pods stops it too: what has two cannot be evicted', () => {
  const extension = adds(other({ 'app.kubernetes.io/part-of': 'shop' }, { maxUnavailable: 1 }));
  expect(problems(three, extension)).toEqual([
    expect.stringContaining(
      'PodDisruptionBudget other spec.selector: got {"app.kubernetes.io/part-of":"shop"}; allowed: labels of pods that no other budget has: PodDisruptionBudget minimal has those of Deployment minimal already, and what has two cannot be evicted; fix: delete one of the two',
    ),
  ]);
});

test('of pods whose number an operator decides only what is always wrong is refused', () => {
  const cluster = { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', metadata: { name: 'postgres' }, spec: {} };
  const withBudget = (minAvailable: number | string) =>
    problems(three, adds(cluster, other({ 'cnpg.io/cluster': 'postgres' }, { minAvailable })));
  expect(withBudget(2)).toEqual([]);
  expect(withBudget('100%')).toEqual([expect.stringContaining('got "100%"; allowed: less than "100%"')]);
});
