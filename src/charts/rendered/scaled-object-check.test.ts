import { JsonPatch } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { contractNamed, environmentWith, systemOf } from '../../../test/declarations.ts';
import { adds, patch } from '../../../test/extensions.ts';
import { problemsOf } from '../../../test/problems-of.ts';
import { defineService, requests, type Service, steps } from '../../model/index.ts';
import type { Extension } from '../extension.ts';
import { renderPlatform } from '../platform.ts';

const { add, remove, replace } = JsonPatch;

type Scaling = Parameters<typeof defineService>[0]['scaling'];

const byTable: Scaling = steps();
const byRequests: Scaling = requests({ min: 2, max: 10, perPod: 50 });
const guarded: Scaling = requests({ min: 2, max: 10, perPod: 50, cpu: 70 });

/** What a service that scales so is refused for. */
function problems(scaling: Scaling, extension: Extension): string[] {
  const service = defineService({
    contract: contractNamed('minimal'),
    owner: 'team',
    description: 'Is scaled.',
    scaling,
  }) as Service;
  const systems = [systemOf(service)];
  return problemsOf(() =>
    renderPlatform({ environment: environmentWith(), systems, extensions: { minimal: extension } }),
  );
}

const scaledObject = (...patches: JsonPatch[]) => patch('ScaledObject', ...patches);
const modifiers = '/spec/advanced/scalingModifiers';
const byUse = (type: string, metadata: object = {}) => ({
  type,
  metricType: 'Utilization',
  metadata: { value: '70', ...metadata },
});
const cron = (name?: string) => ({ type: 'cron', ...(name && { name }), metadata: {} });
const noFallback = remove('/spec/fallback');
const onlyBy = (...types: string[]) =>
  replace(
    '/spec/triggers',
    types.map((type) => byUse(type)),
  );
const at = '90-shop.minimal.k8s.yaml ScaledObject minimal spec.';

const hpa = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'second' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'minimal' }, maxReplicas: 5, metrics: [] },
};
const second = {
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'second' },
  spec: { scaleTargetRef: { name: 'minimal' }, triggers: [cron()] },
};

describe('a ScaledObject stops the synth', () => {
  test.each<[what: string, scaling: Scaling, extension: Extension, problem: string]>([
    [
      'beside replicas',
      byTable,
      patch('Deployment', add('/spec/replicas', 3)),
      '10-shop.minimal.k8s.yaml Deployment minimal spec.replicas: got 3; allowed: nothing: ScaledObject minimal writes it, and each kubectl apply would throw it back; fix: delete it, and set the limits by scaling in the declaration; or, if it must be, annotate the object with trellis.dev/exempt-replicas: ',
    ],
    [
      'beside an HPA',
      byTable,
      adds(hpa),
      `${at}scaleTargetRef: got "Deployment minimal"; allowed: a workload that HorizontalPodAutoscaler second does not scale already; fix: delete one of the two`,
    ],
    [
      'beside another',
      byTable,
      adds(second),
      '90-shop.minimal.k8s.yaml ScaledObject second spec.scaleTargetRef: got "Deployment minimal"; allowed: a workload that ScaledObject minimal does not scale already; fix: delete one of the two',
    ],
    [
      'by CPU that is not requested',
      guarded,
      patch('Deployment', remove('/spec/template/spec/containers/0/resources/requests/cpu')),
      `${at}triggers[1]: got "cpu"; allowed: a resource that each container of Deployment minimal requests; minimal does not; fix: set spec.template.spec.containers[0].resources.requests.cpu there`,
    ],
    [
      'by CPU of a container that is not there',
      guarded,
      scaledObject(add('/spec/triggers/1/metadata/containerName', 'main')),
      `${at}triggers[1]: got "main"; allowed: a container of Deployment minimal; fix: correct the name`,
    ],
    [
      'with its limits the wrong way round',
      byRequests,
      scaledObject(replace('/spec/minReplicaCount', 11)),
      `${at}maxReplicaCount: got 10; allowed: at least spec.minReplicaCount, which is 11; fix: raise it, or lower the other`,
    ],
    ...[remove, (path: string) => replace(path, 'true')].map((change, index): [string, Scaling, Extension, string] => [
      `that takes an empty answer for a demand of 0 (${index})`,
      byRequests,
      scaledObject(change('/spec/triggers/0/metadata/ignoreNullValues')),
      `${at}triggers[0].metadata.ignoreNullValues: got ${index === 0 ? 'nothing' : '"true"'}; allowed: "false": an empty answer would else be a demand of 0, and the pods would go in the busiest moment; fix: write "false"; spec.fallback then decides`,
    ]),
    [
      'without a fallback',
      byTable,
      scaledObject(noFallback),
      `${at}fallback: got nothing; allowed: what holds while prometheus does not answer; fix: write { failureThreshold: 3, replicas: PODS, behavior: 'currentReplicasIfHigher' }`,
    ],
    [
      'with a fallback of CPU and memory',
      byRequests,
      scaledObject(onlyBy('cpu', 'memory')),
      `${at}fallback: got {"behavior":"currentReplicasIfHigher",`,
    ],
    [
      'with no pods by CPU',
      byRequests,
      scaledObject(onlyBy('cpu'), noFallback, replace('/spec/minReplicaCount', 0)),
      `${at}minReplicaCount: got 0; allowed: at least 1 where all triggers are by cpu and memory`,
    ],
    [
      'with no word of how few pods by memory',
      byRequests,
      scaledObject(onlyBy('memory'), noFallback, remove('/spec/minReplicaCount')),
      `${at}minReplicaCount: got nothing; allowed: at least 1 where all triggers are by cpu and memory`,
    ],
    [
      'with as many idle pods as busy ones',
      byRequests,
      scaledObject(add('/spec/idleReplicaCount', 2)),
      `${at}idleReplicaCount: got 2; allowed: less than spec.minReplicaCount, which is 2; fix: lower it, or delete it`,
    ],
    [
      'with two triggers of one name',
      byRequests,
      scaledObject(add('/spec/triggers/-', cron('demand'))),
      `${at}triggers[1].name: got "demand"; allowed: a name that spec.triggers[0] does not have; fix: rename one of the two`,
    ],
    [
      'with a formula of what is not there',
      byTable,
      scaledObject(replace(`${modifiers}/formula`, 'demand <= 100 ? 2 : orders')),
      `${at}advanced.scalingModifiers.formula: got "orders"; allowed: names of its triggers that are not by cpu or memory: demand; fix: correct it, or give the trigger that name`,
    ],
    [
      'with a formula of CPU',
      byTable,
      scaledObject(
        add('/spec/triggers/-', { ...byUse('cpu'), name: 'cpu' }),
        replace(`${modifiers}/formula`, 'demand + cpu'),
      ),
      `${at}advanced.scalingModifiers.formula: got "cpu"; allowed: names of its triggers that are not by cpu or memory: demand`,
    ],
    [
      'with CPU of one container beside a formula',
      byTable,
      scaledObject(add('/spec/triggers/-', byUse('cpu', { containerName: 'minimal' }))),
      `${at}triggers[1].metadata.containerName: got "minimal"; allowed: nothing beside a formula: KEDA drops a trigger by the use of one container; fix: delete it, so that the whole pod counts`,
    ],
    [
      'with a trigger that the formula cannot name',
      byTable,
      scaledObject(add('/spec/triggers/-', cron())),
      `${at}triggers[1].name: got nothing; allowed: a name that the formula has: demand; what it does not name does not count; fix: name it in the formula, or delete the trigger`,
    ],
    [
      'with a trigger that the formula does not name',
      byTable,
      scaledObject(add('/spec/triggers/-', cron('night'))),
      `${at}triggers[1].name: got "night"; allowed: a name that the formula has: demand`,
    ],
    [
      'with a formula that is measured by nothing',
      byTable,
      scaledObject(remove(`${modifiers}/target`)),
      `${at}advanced.scalingModifiers.target: got nothing; allowed: what one pod is to have of it; fix: write '1' for a number of pods`,
    ],
    [
      'with a fallback that KEDA takes for none',
      byTable,
      scaledObject(replace(`${modifiers}/target`, '0.5')),
      `${at}advanced.scalingModifiers.target: got "0.5"; allowed: a whole number from 1: with any other KEDA takes the fallback for none, and says so in its log alone`,
    ],
  ])('%s', (_, scaling, extension, problem) => {
    expect(problems(scaling, extension)).toEqual([expect.stringContaining(problem)]);
  });
});

describe('a ScaledObject may', () => {
  test.each<[what: string, scaling: Scaling, extension: Extension]>([
    ['be as it is rendered', byTable, () => undefined],
    ['guard requests by CPU', guarded, () => undefined],
    [
      'count one container alone, whatever another requests',
      guarded,
      (context) => {
        const sidecar = '/spec/template/spec/containers/';
        patch(
          'Deployment',
          JsonPatch.copy(`${sidecar}0`, `${sidecar}1`),
          replace(`${sidecar}1/name`, 'sidecar'),
          remove(`${sidecar}1/resources/requests`),
        )(context);
        scaledObject(add('/spec/triggers/1/metadata/containerName', 'minimal'))(context);
      },
    ],
    [
      'follow the clock alone, without a fallback',
      byRequests,
      scaledObject(replace('/spec/triggers', [cron()]), noFallback),
    ],
    ['follow CPU alone', byRequests, scaledObject(onlyBy('cpu'), noFallback)],
    // KEDA hands it to the HPA beside the formula's answer.
    ['have CPU of whole pods beside a formula', byTable, scaledObject(add('/spec/triggers/-', byUse('cpu')))],
    [
      'have a formula with all that the language has',
      byTable,
      scaledObject(
        add('/spec/triggers/-', cron('night')),
        replace(
          `${modifiers}/formula`,
          'let wanted = max(demand, night); if wanted > 1e3 and not (wanted in [0]) { 10 } else { [2, 3] | filter(# > 2) | len() + (wanted ?? {"a": "no name"}.a) }',
        ),
      ),
    ],
  ])('%s', (_, scaling, extension) => {
    expect(problems(scaling, extension)).toEqual([]);
  });
});
