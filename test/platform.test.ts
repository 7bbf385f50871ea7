import { ApiObject, JsonPatch } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { defineExtension } from '../src/charts/extension.ts';
import { renderPlatform } from '../src/charts/platform.ts';
import { environments, systems } from '../src/systems/index.ts';
import { contractNamed, environmentWith, exposures, minimalService, systemOf } from './declarations.ts';
import { type Manifest, objectNamed, objectsOf } from './objects.ts';
import { problemsOf } from './problems-of.ts';

/** The groups of the kinds that every cluster has. */
const coreGroups = ['v1', 'apps/v1', 'autoscaling/v2', 'batch/v1', 'networking.k8s.io/v1', 'policy/v1'];

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
    const isBeforeItsNamespace = ({ metadata: { namespace } }: Manifest, index: number) =>
      namespace !== undefined &&
      kinds.findIndex(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace) > index;
    expect(kinds.filter(isBeforeItsNamespace)).toEqual([]);
    // A quota that came after pods would not have counted the first of them.
    const lastQuota = kinds.findLastIndex((object) => ['ResourceQuota', 'LimitRange'].includes(object.kind));
    expect(lastQuota).toBeLessThan(kinds.findIndex((object) => object.kind === 'Deployment'));
    const firstCustom = kinds.findIndex((object) => !isCore(object));
    expect(kinds.slice(firstCustom).filter(isCore)).toEqual([]);
  });

  test('every service has a Deployment, and every Service the pods of one workload', () => {
    const workloads = objects.filter((object) => ['Deployment', 'StatefulSet'].includes(object.kind));
    const ofServices = systems.flatMap((system) => system.services.map(({ name }) => `${system.name} ${name}`));
    const deployments = workloads.filter((object) => object.kind === 'Deployment').map(({ metadata }) => metadata);
    expect(deployments.map(({ namespace, name }) => `${namespace} ${name}`)).toEqual(
      expect.arrayContaining(ofServices),
    );
    const shared = objects.filter(({ kind, metadata, spec }) => {
      if (kind !== 'Service') return false;
      const selected = workloads.filter(
        (each) =>
          each.metadata.namespace === metadata.namespace &&
          Object.entries(spec.selector).every(([key, value]) => each.spec.template.metadata.labels[key] === value),
      );
      return selected.length !== 1;
    });
    expect(shared.map(({ metadata }) => `${metadata.namespace} ${metadata.name}`)).toEqual([]);
  });

  test('no value of a Secret is in the manifests', () => {
    expect(objects.filter((object) => object.kind === 'Secret')).toEqual([]);
    const variables = objects
      .flatMap((object) => object.spec?.template?.spec?.containers ?? [])
      .flatMap((container: Manifest) => container.env ?? []);
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

  test('what it adds gets the namespace, and a custom resource goes into the last file', () => {
    const extension = defineExtension(({ chart }) => {
      new ApiObject(chart, 'config', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more' } });
      new ApiObject(chart, 'certificate', {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        metadata: { name: 'more' },
      });
    });
    const charts = renderPlatform({ ...props, extensions: { minimal: extension } });
    const added = charts.flatMap(({ name, objects }) =>
      objects
        .filter((object) => object.metadata.name === 'more')
        .map(({ kind, metadata }) => [name, kind, metadata.namespace]),
    );
    expect(added).toEqual([
      ['10-shop.minimal', 'ConfigMap', 'shop'],
      ['90-shop.minimal', 'Certificate', 'shop'],
    ]);
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

describe('systems beside each other', () => {
  const named = (system: string, service: string) => ({
    ...systemOf(minimalService(contractNamed(service))),
    name: system,
    entrances: [],
  });

  test('have files of their own, however their names are joined', () => {
    const charts = renderPlatform({ environment: environmentWith(), systems: [named('a-b', 'c'), named('a', 'b-c')] });
    const names = charts.map((chart) => chart.name);
    expect(names).toContain('10-a-b.c');
    expect(names).toContain('10-a.b-c');
    expect(new Set(names).size).toBe(names.length);
  });

  test('cannot both have a host or a NodePort of the cluster', () => {
    const twin = { ...systemOf(minimalService(contractNamed('other'))), name: 'other' };
    const both = [systemOf(minimalService()), twin];
    const problems = problemsOf(() =>
      renderPlatform({
        environment: environmentWith({ exposure: [exposures.ingress, exposures.nodePort] }),
        systems: both,
      }),
    );
    expect(problems).toEqual([
      'other.entrances[0].host: got "shop"; allowed: a host that shop.entrances[0].host does not have; fix: choose another in one of the two',
      'other.entrances[0].nodePort: got 30100; allowed: a nodePort that shop.entrances[0].nodePort does not have; fix: choose another in one of the two',
    ]);
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
