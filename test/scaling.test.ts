import { describe, expect, test } from 'vitest';
import { place } from '../src/charts/placement.ts';
import { cpu, defineEnvironment, podLimits, quantityValue, steps } from '../src/model/index.ts';
import { environments, systems } from '../src/systems/index.ts';
import { type Manifest, objectNamed, objectsOf } from './objects.ts';
import { problemsOf } from './problems-of.ts';

/** Everything that follows from how many pods a service has, of the systems as they are declared. */
describe.each(Object.values(environments))('environment $name', (environment) => {
  const objects = objectsOf({ environment, systems });
  const inNamespace = (namespace: string) => objects.filter(({ metadata }) => metadata.namespace === namespace);

  describe.each(
    place(environment, systems).map((placement) => ({
      name: `${placement.system.name} ${placement.service.name}`,
      ...placement,
    })),
  )('$name', ({ system, service, scaling }) => {
    const ours = inNamespace(system.name);
    const { spec } = objectNamed(ours, 'Deployment', service.name);
    const { min, max } = podLimits(scaling);

    test('its pods are set by one object, whose limits are those of its scaling', () => {
      const scalers = ours.filter(
        ({ kind, spec }) =>
          ['HorizontalPodAutoscaler', 'ScaledObject'].includes(kind) && spec.scaleTargetRef.name === service.name,
      );
      const limits = scalers.map(({ spec }) => [
        spec.minReplicas ?? spec.minReplicaCount,
        spec.maxReplicas ?? spec.maxReplicaCount,
      ]);
      expect({ replicas: spec.replicas, limits }).toEqual(
        scaling.kind === 'fixed' ? { replicas: max, limits: [] } : { replicas: undefined, limits: [[min, max]] },
      );
    });

    test('a drain takes some of its pods and never all that there are at its least', () => {
      const { maxUnavailable, minAvailable } = objectNamed(ours, 'PodDisruptionBudget', service.name).spec;
      expect(minAvailable).toBeUndefined();
      expect(maxUnavailable).toBeGreaterThanOrEqual(1);
      // Of one pod a drain takes that one, or it would stand still.
      expect(maxUnavailable).toBeLessThan(Math.max(2, min));
    });

    test('a rollout never has fewer pods than there are, and all are spread', () => {
      expect(spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } });
      const { topologySpreadConstraints } = spec.template.spec;
      for (const { labelSelector } of topologySpreadConstraints)
        expect(spec.template.metadata.labels).toMatchObject(labelSelector.matchLabels);
      expect(topologySpreadConstraints.map((each: Manifest) => each.topologyKey)).toContain('kubernetes.io/hostname');
    });
  });

  test.each(systems)(
    '$name: the namespace has room for all pods twice, as in a rollout that waits for each to end',
    ({ name }) => {
      const { hard } = objectNamed(inNamespace(name), 'ResourceQuota', name).spec;
      const needed = place(environment, systems)
        .filter(({ system }) => system.name === name)
        .map(({ service, scaling }) => ({ pods: 2 * podLimits(scaling).max, ...service.resources }));
      const sum = (each: (need: (typeof needed)[number]) => number) =>
        needed.reduce((total, need) => total + each(need), 0);
      expect(Number(hard.pods)).toBeGreaterThanOrEqual(sum(({ pods }) => pods));
      expect(quantityValue(hard['requests.cpu'])).toBeGreaterThanOrEqual(
        sum(({ pods, cpu }) => pods * quantityValue(cpu)),
      );
      expect(quantityValue(hard['requests.memory'])).toBeGreaterThanOrEqual(
        sum(({ pods, memory }) => pods * quantityValue(memory)),
      );
    },
  );
});

describe('more pods than the rest has room for', () => {
  const { local } = environments;
  const posts = (scaling: ReturnType<typeof cpu> | ReturnType<typeof steps>, more: object = {}) => {
    const environment = defineEnvironment({
      ...(local as Parameters<typeof defineEnvironment>[0]),
      overrides: { insta: { posts: { scaling } } },
      ...more,
    });
    return problemsOf(() => objectsOf({ environment, systems }));
  };
  const table = (pods: number) => {
    const rows: [number, number][] = [
      [100, 2],
      [Infinity, pods],
    ];
    return steps({ table: rows });
  };

  test.each([
    ['an HPA', cpu({ min: 2, max: 900, cpu: 50 })],
    ['a table', table(900)],
  ])('of the database are refused, by %s', (_, scaling) => {
    expect(posts(scaling)).toEqual([
      expect.stringMatching(/^local\.stores\.database\.connections: got \d+; .*insta\.posts /),
    ]);
  });

  test('of the declared quota are refused, and where none is declared it grows', () => {
    expect(posts(table(12), { quotas: { insta: { pods: 30 } } })).toEqual([
      expect.stringMatching(/^local\.quotas\.insta\.pods: got 30; allowed: at least \d+, .*: posts 12 \+ 3, /),
    ]);
    expect(posts(table(12))).toEqual([]);
  });
});
