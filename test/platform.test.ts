import { ApiObject, JsonPatch } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { defineExtension } from '../src/charts/extension.ts';
import { renderPlatform } from '../src/charts/platform.ts';
import { environments, systems } from '../src/systems/index.ts';
import { environmentWith, exposures, minimalService, systemOf } from './declarations.ts';
import { type Manifest, objectNamed, objectsOf } from './objects.ts';

/** The groups of the kinds that every cluster has. */
const coreGroups = ['v1', 'apps/v1', 'autoscaling/v2', 'networking.k8s.io/v1', 'policy/v1'];

describe.each(Object.values(environments))('environment $name', (environment) => {
  const charts = renderPlatform({ environment, systems });
  const objects: Manifest[] = charts.flatMap((chart) => chart.objects);
  const isCore = (object: Manifest) => coreGroups.includes(object.apiVersion);

  test('core objects and custom resources never share a file', () => {
    const mixed = charts.filter((chart) => chart.objects.some(isCore) && !chart.objects.every(isCore));
    expect(mixed.map((chart) => chart.name)).toEqual([]);
  });

  test('files apply in the right order: namespaces first, custom resources last', () => {
    const kinds = charts.toSorted((one, other) => (one.name < other.name ? -1 : 1)).flatMap((chart) => chart.objects);
    const lastNamespace = kinds.findLastIndex((object) => object.kind === 'Namespace');
    const firstNamespaced = kinds.findIndex(
      (object) => object.metadata.namespace !== undefined && object.kind !== 'NetworkPolicy',
    );
    const firstCustom = kinds.findIndex((object) => !isCore(object));
    expect(lastNamespace).toBeLessThan(firstNamespaced);
    expect(kinds.slice(firstCustom).filter(isCore)).toEqual([]);
  });

  test('every Service, budget, policy and autoscaler selects a workload that exists', () => {
    const deployments = objects.filter((object) => object.kind === 'Deployment');
    const selected = (namespace: string, labels: Record<string, string>) =>
      deployments.filter(
        ({ metadata, spec }) =>
          metadata.namespace === namespace &&
          Object.entries(labels).every(([key, value]) => spec.template.metadata.labels[key] === value),
      ).length;
    const dangling = objects.filter(({ kind, metadata, spec }) => {
      if (kind === 'Service') return selected(metadata.namespace, spec.selector) !== 1;
      if (kind === 'PodDisruptionBudget') return selected(metadata.namespace, spec.selector.matchLabels) !== 1;
      if (kind === 'NetworkPolicy' && spec.podSelector.matchLabels)
        return selected(metadata.namespace, spec.podSelector.matchLabels) !== 1;
      if (kind === 'HorizontalPodAutoscaler')
        return !deployments.some(
          (each) => each.metadata.name === spec.scaleTargetRef.name && each.metadata.namespace === metadata.namespace,
        );
      return false;
    });
    expect(dangling.map((object) => `${object.kind} ${object.metadata.name}`)).toEqual([]);
    expect(deployments).toHaveLength(systems.flatMap((system) => system.services).length);
  });

  test('no value of a Secret is in the manifests', () => {
    expect(objects.filter((object) => object.kind === 'Secret')).toEqual([]);
    const variables = objects
      .filter((object) => object.kind === 'Deployment')
      .flatMap((object) => object.spec.template.spec.containers[0].env);
    const secrets = systems.flatMap((system) =>
      system.services.flatMap((service) => Object.entries(service.env).filter(([, each]) => each.type === 'secret')),
    );
    for (const [name] of secrets) {
      for (const variable of variables.filter((each: { name: string }) => each.name === name))
        expect(variable).not.toHaveProperty('value');
    }
  });
});

describe('extensions', () => {
  const props = { environment: environmentWith(), systems: [systemOf(minimalService())] };

  test('a patch of a field that the 1.27 types do not know is in the output', () => {
    const extension = defineExtension(({ workload }) => {
      workload.deployment.addJsonPatch(
        JsonPatch.add('/spec/template/spec/containers/0/lifecycle', { preStop: { sleep: { seconds: 3 } } }),
      );
    });
    const deployment = objectNamed(
      objectsOf({ ...props, extensions: { minimal: extension } }),
      'Deployment',
      'minimal',
    );
    expect(deployment.spec.template.spec.containers[0].lifecycle).toEqual({ preStop: { sleep: { seconds: 3 } } });
  });

  test('one that is named after no service is an error, not ignored', () => {
    expect(() => renderPlatform({ ...props, extensions: { minimall: () => {} } })).toThrow(
      /minimall\.ts: got "minimall"; allowed: the name of a service: minimal/,
    );
  });

  test('one that adds an object whose name is taken is an error, not an overwrite', () => {
    const twin = defineExtension(({ chart }) => {
      new ApiObject(chart, 'twin', {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'minimal', namespace: 'shop' },
      });
    });
    expect(() => renderPlatform({ ...props, extensions: { minimal: twin } })).toThrow(/got "Service minimal"/);
  });
});

test('a system without an entrance is reached by nobody from outside', () => {
  const { entrances: _, ...closed } = systemOf(minimalService());
  const objects = objectsOf({
    environment: environmentWith({ exposure: Object.values(exposures) }),
    systems: [{ ...closed, entrances: [] }],
  });
  expect(objects.filter((object) => ['Ingress', 'HTTPRoute'].includes(object.kind))).toEqual([]);
});
