import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import birdContract from '../src/apps/bird/contract.ts';
import imageContract from '../src/apps/bird-image/contract.ts';
import { toFiles, writeFiles } from '../src/charts/output.ts';
import { renderPlatform } from '../src/charts/platform.ts';
import { defineEnvironment, gateway } from '../src/model/index.ts';
import { environments, systems } from '../src/systems/index.ts';
import { eventually, getJson, kubectl, type Pod, podsIn, rollout, tryKubectl } from './kubectl.ts';
import { load } from './load.ts';
import { mark, markedNamespace, outsideManifests, outsideNamespace, photoKey, withOutsideApi } from './outside-api.ts';
import { query } from './prometheus.ts';

const namespace = 'bird';
const services = ['bird', 'bird-image'] as const;

/** Where the ingress controller is reached. A cluster whose DNS does not know `*.test` needs this, such as http://127.0.0.1:8080; the host goes along as a header. */
const ingressUrl = process.env['E2E_INGRESS'];

const scratch: string[] = [];

beforeAll(async () => {
  const { exitCode, stderr } = await tryKubectl(['version', '-o', 'json']);
  if (exitCode !== 0)
    throw new Error(
      `no cluster: KUBECONFIG is ${process.env['KUBECONFIG'] ?? 'not set'}; fix: set it to a cluster made for tests. kubectl said: ${stderr}`,
    );
  await refuseToTouchOthers();
  // Created, not applied, and with the mark from its first moment: "apply" below then leaves the mark alone.
  await kubectl(['create', '-f', '-'], JSON.stringify(markedNamespace(namespace)));
  await kubectl(['apply', '-f', 'dist/00-bird.k8s.yaml']);
});

afterAll(async () => {
  const { stdout } = await tryKubectl(['get', 'namespace', '-l', `${mark}=true`, '-o', 'name']);
  const ours = stdout.split('\n').filter(Boolean);
  if (ours.length > 0) await tryKubectl(['delete', '--wait', '--timeout=120s', ...ours]);
  await Promise.all(scratch.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** These tests delete the namespaces that they make. One that somebody else made stays. */
async function refuseToTouchOthers(): Promise<void> {
  for (const name of [namespace, outsideNamespace]) {
    const { stdout } = await tryKubectl([
      'get',
      'namespace',
      name,
      '--ignore-not-found',
      '-o',
      `jsonpath={.metadata.name} {.metadata.labels.trellis\\.dev/e2e}`,
    ]);
    if (stdout.trim() === name)
      throw new Error(
        `namespace ${name} is there already, and not from an earlier run of these tests; fix: use a cluster without it, or delete it`,
      );
    if (stdout) await kubectl(['delete', 'namespace', name, '--wait', '--timeout=120s']);
  }
}

async function ask(host: string, path = '/'): Promise<{ status: number; body: unknown }> {
  const answer = await request(ingressUrl ? new URL(path, ingressUrl) : `http://${host}${path}`, { headers: { host } });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    body: answer.headers['content-type']?.includes('json') ? JSON.parse(text) : text,
  };
}

async function nodeAddress(): Promise<string> {
  const { items } = await getJson<{ items: { status: { addresses: { type: string; address: string }[] } }[] }>([
    'nodes',
  ]);
  const address = items[0]?.status.addresses.find((each) => each.type === 'InternalIP')?.address;
  if (!address) throw new Error('no node has an InternalIP');
  return address;
}

async function applyRendered(
  environment: (typeof environments)[string] & object,
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'trellis-e2e-'));
  scratch.push(folder);
  await writeFiles(folder, toFiles(renderPlatform({ environment, systems })));
  return tryKubectl(['apply', '-f', folder]);
}

describe('dist/', () => {
  test('every object passes the API server, strictly', async () => {
    const said = await kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', 'dist/']);
    expect(said.split('\n').filter((line) => !line.endsWith('(server dry run)'))).toEqual([]);
  });

  test('applies in one go, and a second time changes nothing', async () => {
    await kubectl(['apply', '-f', 'dist/']);
    const before = await generations();
    await kubectl(['apply', '-f', 'dist/']);
    // Not by what the second apply prints: of a PodDisruptionBudget kubectl says "configured" each time, since it replaces the selector with the same.
    expect(await generations()).toEqual(before);
    expect(await tryKubectl(['diff', '-f', 'dist/'])).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('a cluster that lacks a custom resource takes every core object', async (context) => {
    if ((await tryKubectl(['get', 'crd', 'httproutes.gateway.networking.k8s.io'])).exitCode === 0)
      context.skip('this cluster has the Gateway API, so no definition is missing');
    const controllers = [{ namespace: 'gateway' }];
    const environment = defineEnvironment({
      ...environments['local'],
      exposure: [gateway({ name: 'public', namespace: 'gateway', controllers })],
    } as Parameters<typeof defineEnvironment>[0]);
    const { exitCode, stdout, stderr } = await applyRendered(environment);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('no matches for kind "HTTPRoute"');
    const core = renderPlatform({ environment, systems }).flatMap((chart) =>
      chart.objects.filter((object) => object.kind !== 'HTTPRoute'),
    );
    expect(stdout.trim().split('\n')).toHaveLength(core.length);
    await kubectl(['apply', '-f', 'dist/']);
  });

  test('all pods become Ready, and none restarts', async () => {
    for (const service of services) await rollout(namespace, service);
    const pods = await eventually(
      120,
      () => podsIn(namespace),
      (found) => found.length >= 4 && found.every(isReady),
    );
    expect(restarts(pods)).toEqual(pods.map(({ metadata }) => ({ name: metadata.name, restarts: 0 })));
  });
});

describe('the bird system', () => {
  test('answers through the Ingress', async () => {
    // A controller needs a moment to learn of a new Ingress.
    const { body } = await eventually(
      30,
      () => ask('bird.test'),
      ({ status }) => status === 200,
    );
    expect(birdContract.routes.randomBird.response.parse(body)).toEqual(body);
    const image = await ask('bird-image.test', '/?birdName=Eagle');
    expect(imageContract.routes.findImage.response.parse(image.body)).toEqual(image.body);
  });

  test.each(['/healthz', '/readyz', '/metrics', '/openapi.json', '/anything'])(
    'does not answer %s through the Ingress',
    async (path) => {
      expect(await ask('bird.test', path)).toMatchObject({ status: 404 });
    },
  );

  test('answers through the NodePorts', async () => {
    const node = await nodeAddress();
    for (const url of [`http://${node}:32493/`, `http://${node}:31708/?birdName=Eagle`]) {
      const { statusCode, body } = await request(url);
      expect({ url, statusCode, body: await body.json() }).toMatchObject({
        statusCode: 200,
        body: { image: expect.any(String) },
      });
    }
  });
});

describe('with a server in place of the APIs outside', () => {
  beforeAll(async () => {
    await kubectl(
      ['apply', '-f', '-'],
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...outsideManifests, photoKey] }),
    );
    await rollout(outsideNamespace, 'outside');
    expect(await applyRendered(withOutsideApi)).toMatchObject({ exitCode: 0 });
    for (const service of services) await rollout(namespace, service);
  });

  test('a real bird comes, with its picture', async () => {
    const { body } = await eventually(
      60,
      () => ask('bird.test'),
      (answer) => (answer.body as { name?: string }).name === 'Kingfisher',
    );
    expect(body).toEqual({
      name: 'Kingfisher',
      description: 'Dives for fish.',
      image: 'https://images.example.com/kingfisher.jpg',
    });
  });

  test('a pod of another namespace reaches what is open, and not the metrics', async () => {
    const reach = async (url: string) => {
      const program = `fetch('${url}', { signal: AbortSignal.timeout(3000) }).then((answer) => console.log(answer.status), (error) => console.log(error.name))`;
      return (
        await kubectl(['exec', '-n', outsideNamespace, 'deployment/outside', '--', 'node', '-e', program])
      ).trim();
    };
    expect(await reach('http://bird.bird:4201/')).toBe('200');
    expect(await reach('http://bird.bird:9464/metrics')).toBe('TimeoutError');
  });

  test('Prometheus has every pod as a target that is up, and sees the requests rise', async () => {
    const pods = await podsIn(namespace);
    // prometheus-operator, the volume of its Secret and the reloader each have an interval of their own before a new monitor counts.
    const up = await eventually(
      300,
      () => query(`up{namespace="${namespace}"}`),
      (samples) =>
        pods.every((pod) => samples.some(({ metric, value }) => metric['pod'] === pod.metadata.name && value === 1)),
    );
    expect(new Set(up.map(({ metric }) => metric['service']))).toEqual(new Set(services));

    const count = async () =>
      (await query('sum(http_requests_total{service="bird",route="/",status="200"})'))[0]?.value ?? 0;
    const before = await count();
    for (let sent = 0; sent < 20; sent++) await ask('bird.test');
    await eventually(60, count, (after) => after >= before + 20);
  }, 420_000);

  test('killing that server gives the missing bird, still with 200, and counts it', async () => {
    await kubectl(['scale', 'deployment/outside', '-n', outsideNamespace, '--replicas=0']);
    const { status, body } = await eventually(
      60,
      () => ask('bird.test'),
      (answer) => (answer.body as { name?: string }).name !== 'Kingfisher',
    );
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { name: expect.stringMatching(/missing/i), image: expect.any(String) },
    });
    await eventually(
      60,
      async () => (await query('sum(bird_fallbacks_total{service="bird"})'))[0]?.value ?? 0,
      (fallbacks) => fallbacks > 0,
    );
    await kubectl(['scale', 'deployment/outside', '-n', outsideNamespace, '--replicas=1']);
    await rollout(outsideNamespace, 'outside');
    await eventually(
      60,
      () => ask('bird.test'),
      (answer) => (answer.body as { name?: string }).name === 'Kingfisher',
    );
  });

  test('a rolling restart under 200 requests a second for 60 seconds loses no request', async () => {
    const loading = load({
      url: ingressUrl ?? 'http://bird.test/',
      headers: { host: 'bird.test' },
      rate: 200,
      seconds: 60,
    });
    const before = await podsIn(namespace);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const start = Date.now();
    await kubectl(['rollout', 'restart', '-n', namespace, ...services.map((service) => `deployment/${service}`)]);
    for (const service of services) await rollout(namespace, service);
    const restarted = (Date.now() - start) / 1_000;
    const result = await loading;
    const after = await podsIn(namespace);
    console.log(`all pods restarted in ${restarted.toFixed(1)} s under load: ${JSON.stringify(result)}`);
    const old = new Set(before.map((pod) => pod.metadata.name));
    expect(after.filter((pod) => old.has(pod.metadata.name))).toEqual([]);
    // The restart was over before the load was, and the rate was held: else nothing was shown.
    expect(restarted + 5).toBeLessThan(result.seconds);
    expect(result.seconds).toBeLessThan(66);
    expect(result).toMatchObject({ answered: 12_000, lost: 0, failed: 0 });
    expect(restarts(after).filter((pod) => pod.restarts > 0)).toEqual([]);
  });
});

describe('a pod without a variable that it needs', () => {
  const name = 'bird-without-its-variables';

  test('stops with exit code 78 and says in one line each what is missing', async () => {
    const deployment = await getJson<{
      spec: { template: { metadata: object; spec: { containers: { env: { name: string; value?: string }[] }[] } } };
    }>(['deployment', 'bird', '-n', namespace]);
    const spec = structuredClone(deployment.spec.template.spec);
    for (const container of spec.containers) {
      container.env = [
        { name: 'LOG_LEVEL', value: 'loud' },
        { name: 'FAILURE_TTL', value: 'soon' },
      ];
    }
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace },
      spec: { ...spec, restartPolicy: 'Never' },
    };
    await kubectl(['apply', '-f', '-'], JSON.stringify(pod));
    const ended = await eventually(
      60,
      () => getJson<Pod>(['pod', name, '-n', namespace]),
      ({ status }) => status.phase === 'Failed',
    );
    expect(ended.status.containerStatuses?.[0]?.state.terminated?.exitCode).toBe(78);
    const lines = (await kubectl(['logs', name, '-n', namespace])).trim().split('\n');
    expect(lines).toHaveLength(3);
    for (const variable of ['BIRD_IMAGE_URL', 'LOG_LEVEL', 'FAILURE_TTL'])
      expect(lines.filter((line) => line.includes(variable))).toHaveLength(1);
    expect(lines.join('\n')).not.toMatch(/\bat .*\(/);
    await kubectl(['delete', 'pod', name, '-n', namespace]);
  });
});

/** The identity of every applied object and how often its spec has changed. */
async function generations(): Promise<Record<string, string>> {
  const { items } = await getJson<{
    items: { kind: string; metadata: { name: string; uid: string; generation?: number } }[];
  }>(['-f', 'dist/']);
  return Object.fromEntries(
    items.map(({ kind, metadata }) => [`${kind} ${metadata.name}`, `${metadata.uid} ${metadata.generation ?? 0}`]),
  );
}

function isReady(pod: Pod): boolean {
  return pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

function restarts(pods: readonly Pod[]): { name: string; restarts: number }[] {
  return pods.map(({ metadata, status }) => ({
    name: metadata.name,
    restarts: (status.containerStatuses ?? []).reduce((sum, container) => sum + container.restartCount, 0),
  }));
}
