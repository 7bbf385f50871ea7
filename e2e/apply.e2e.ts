import { execa } from 'execa';
import { describe, expect, test } from 'vitest';
import { renderPlatform } from '../src/charts/platform.ts';
import { defineEnvironment, gateway } from '../src/model/index.ts';
import { environments, systems } from '../src/systems/index.ts';
import { applyRendered } from './apply-rendered.ts';
import { getJson, kubectl, podsIn, restartsOf, tryKubectl } from './kubectl.ts';
import { isReady, waitsForRoom } from './settled.ts';

// The set-up has applied it to an empty cluster, in one go, and waited until everything was Ready.
describe('dist/', () => {
  test.each(systems.map(({ name }) => name))(
    '%s: every pod is Ready under the Pod Security level restricted, and none restarted',
    async (namespace) => {
      const { metadata } = await getJson<{ metadata: { labels: Record<string, string> } }>(['namespace', namespace]);
      expect(metadata.labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
      const pods = await podsIn(namespace);
      // The set-up saw to it that those of each minimum are Ready.
      const unready = pods.filter((pod) => !isReady(pod) && !waitsForRoom(pod));
      expect(unready.map((pod) => pod.metadata.name)).toEqual([]);
      expect(pods.length).toBeGreaterThan(0);
      expect(restartsOf(pods)).toEqual(Object.fromEntries(pods.map((pod) => [pod.metadata.name, 0])));
    },
  );

  test('every object passes the API server, strictly', async () => {
    const said = await kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', 'dist/']);
    expect(said.split('\n').filter((line) => !line.endsWith('(server dry run)'))).toEqual([]);
  });

  test('a second time changes nothing', async () => {
    const before = await contents();
    await kubectl(['apply', '-f', 'dist/']);
    // Not by what the second apply prints: of a PodDisruptionBudget kubectl says "configured" each time, since it replaces the selector with the same.
    expect(await contents()).toEqual(before);
    expect(await tryKubectl(['diff', '-f', 'dist/'])).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test.each(systems.map(({ name }) => name))('%s: Secrets that are there stay as they are', async (namespace) => {
    const versions = async () => {
      const { items } = await getJson<{ items: { metadata: { name: string; resourceVersion: string } }[] }>([
        ...['secrets', '-n', namespace],
      ]);
      return Object.fromEntries(items.map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
    };
    const before = await versions();
    await execa('npm', ['run', '--silent', 'secrets', '--', namespace]);
    expect(await versions()).toEqual(before);
  });

  test('a cluster that lacks a custom resource takes every core object', async (context) => {
    if ((await tryKubectl(['get', 'crd', 'httproutes.gateway.networking.k8s.io'])).exitCode === 0)
      context.skip('this cluster has the Gateway API, so no definition is missing');
    const controllers = [{ namespace: 'gateway' }];
    const environment = defineEnvironment({
      ...environments['local'],
      exposure: [gateway({ name: 'public', namespace: 'gateway', controllers })],
    } as Parameters<typeof defineEnvironment>[0]);
    // The API server looks at all of it, and keeps none: there is nothing to take back.
    const { exitCode, stdout, stderr } = await applyRendered(environment, ['--dry-run=server', '--validate=strict']);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('no matches for kind "HTTPRoute"');
    const core = renderPlatform({ environment, systems }).flatMap((chart) =>
      chart.objects.filter((object) => object.kind !== 'HTTPRoute'),
    );
    expect(stdout.trim().split('\n')).toHaveLength(core.length);
  });
});

/** The identity and the content of every applied object, but for the replicas that its autoscaler may change at any moment. */
async function contents(): Promise<Record<string, unknown>> {
  const { items } = await getJson<{
    items: {
      kind: string;
      metadata: { name: string; namespace?: string; uid: string };
      spec?: { replicas?: number };
      data?: unknown;
    }[];
  }>(['-f', 'dist/']);
  return Object.fromEntries(
    items.map(({ kind, metadata: { namespace, name, uid }, spec: { replicas: _, ...spec } = {}, data }) => [
      `${kind} ${namespace}/${name}`,
      { uid, spec, data },
    ]),
  );
}
