import { request } from 'undici';
import { beforeAll, describe, expect, test } from 'vitest';
import birdContract from '../src/apps/bird/contract.ts';
import imageContract from '../src/apps/bird-image/contract.ts';
import { systems } from '../src/systems/index.ts';
import { ensureApplied } from './apply-rendered.ts';
import { ask, ingressOf } from './ingress.ts';
import { forTests } from './insta-environment.ts';
import { eventually, getJson, kubectl, type Pod, podsIn, restartsOf, rollout } from './kubectl.ts';
import { load } from './load.ts';
import { nodeAddress } from './node-address.ts';
import { outsideManifests, outsideNamespace, photoKey } from './outside-api.ts';
import { query } from './prometheus.ts';
import { settled } from './settled.ts';

const namespace = 'bird';
const services = ['bird', 'bird-image'] as const;

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
    const node = await nodeAddress(namespace, 'bird');
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
    await ensureApplied(forTests);
    for (const service of services) await rollout(namespace, service);
  });

  test('a real bird comes, with its picture', async () => {
    const { body } = await eventually(
      60,
      () => ask('bird.test'),
      // The list may come before the picture does: bird and bird-image each remember their own failure for a while.
      (answer) => (answer.body as { image?: string }).image?.startsWith('https:') ?? false,
    );
    expect(body).toEqual({
      name: 'Kingfisher',
      description: 'Dives for fish.',
      image: 'https://images.example.com/kingfisher.jpg',
    });
  });

  test('a pod of another namespace reaches what is open, and not the metrics', async () => {
    const reach = async (url: string) => {
      // Its end is told: a connection that was given up would keep it for ten seconds.
      const program = `fetch('${url}', { signal: AbortSignal.timeout(3000) }).then((answer) => console.log(answer.status), (error) => console.log(error.name)).finally(() => process.exit())`;
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

    // By pod: the series of a pod that is gone ends, and a sum would fall.
    const counts = async () => {
      const samples = await query('sum by (pod) (http_requests_total{service="bird",route="/",status="200"})');
      return new Map(samples.map(({ metric, value }) => [metric['pod'], value]));
    };
    const before = await counts();
    for (let sent = 0; sent < 20; sent++) await ask('bird.test');
    const risen = async () => {
      const rises = [...(await counts())].map(([pod, value]) => value - (before.get(pod) ?? 0));
      return rises.reduce((sum, rise) => sum + rise, 0);
    };
    await eventually(60, risen, (rise) => rise >= 20);
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
    // What was applied for others starts on the same processors.
    for (const { name } of systems) await settled(name);
    const loading = load({
      url: ingressOf('bird.test'),
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
    expect(Math.max(...Object.values(restartsOf(after)))).toBe(0);
  });
});

describe('a pod without a variable that it needs', () => {
  const name = 'bird-without-its-variables';

  test('stops with exit code 78 and says in one line each what is missing', async () => {
    const deployment = await getJson<{
      spec: {
        template: {
          metadata: object;
          spec: { containers: { env: { name: string; value?: string }[]; resources: { requests: { cpu: string } } }[] };
        };
      };
    }>(['deployment', 'bird', '-n', namespace]);
    const spec = structuredClone(deployment.spec.template.spec);
    for (const container of spec.containers) {
      // After the load the autoscaler may have taken all the room there is.
      container.resources.requests.cpu = '1m';
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
