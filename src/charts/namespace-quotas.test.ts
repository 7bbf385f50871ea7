import { JsonPatch } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { contractNamed, environmentWith, systemOf } from '../../test/declarations.ts';
import { adds, patch } from '../../test/extensions.ts';
import { type Manifest, objectNamed, objectsOf } from '../../test/objects.ts';
import { problemsOf } from '../../test/problems-of.ts';
import { cpu, defineService, fixed, type Service, steps } from '../model/index.ts';
import type { Extension } from './extension.ts';

type Scaling = Parameters<typeof defineService>[0]['scaling'];
type Quotas = NonNullable<Parameters<typeof environmentWith>[0]>['quotas'];

interface Shop {
  readonly scaling?: Scaling;
  readonly extension?: Extension;
  readonly quotas?: Quotas;
}

/** Half a core and half a gibibyte a pod, so that sums are told at a glance. */
function shop({ scaling = fixed(1), extension = () => undefined, quotas = {} }: Shop): Manifest[] {
  const service = defineService({
    contract: contractNamed('minimal'),
    owner: 'team',
    description: 'Is counted.',
    scaling,
    resources: { cpu: '500m', memory: '512Mi', memoryLimit: '1Gi' },
  }) as Service;
  const environment = environmentWith({ quotas });
  return objectsOf({ environment, systems: [systemOf(service)], extensions: { minimal: extension } });
}

const hardOf = (props: Shop) => objectNamed(shop(props), 'ResourceQuota', 'shop').spec.hard;
const problems = (props: Shop) => problemsOf(() => shop(props));

const container = (requests: object, more: object = {}) => ({
  name: 'more',
  image: 'registry.example.com/more:1',
  resources: { requests, limits: { memory: '8Gi' } },
  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
  ...more,
});
const podOf = (...containers: object[]) => ({
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers,
});
const labels = { app: 'more' };
/** Something else that makes pods of a core and a gibibyte. */
const more = (kind: string, spec: object, pod: object = podOf(container({ cpu: '1', memory: '1Gi' }))) => ({
  apiVersion: kind.endsWith('Job') ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name: 'more' },
  spec: {
    ...spec,
    ...(kind === 'CronJob'
      ? { jobTemplate: { spec: { template: { metadata: { labels }, spec: pod } } } }
      : { template: { metadata: { labels }, spec: pod } }),
    ...(!kind.endsWith('Job') && { selector: { matchLabels: labels } }),
  },
});
const cnpg = (kind: string, spec: object) => ({
  apiVersion: 'postgresql.cnpg.io/v1',
  kind,
  metadata: { name: 'more' },
  spec,
});

/** What the service alone, of one pod, has room for: 1 + 1 of a rollout and a quarter more. */
const alone = { pods: 2.5, cores: 1.25, gibibytes: 1.25 };

describe('a quota follows from what is rendered', () => {
  test.each<[what: string, scaling: Scaling, pods: number, cores: number, gibibytes: number]>([
    // 8 + 2 and a quarter more of both, and 6 that end meanwhile.
    ['pods that stay', fixed(8), 18.5, 9.25, 9.25],
    ['an HPA at its most', cpu({ min: 2, max: 8, cpu: 50 }), 18.5, 9.25, 9.25],
    [
      'a table at its last row',
      steps({
        table: [
          [100, 2],
          [Infinity, 8],
        ],
      }),
      18.5,
      9.25,
      9.25,
    ],
    ['one pod', fixed(1), alone.pods, alone.cores, alone.gibibytes],
  ])('of %s', (_, scaling, pods, cores, gibibytes) => {
    expect(hardOf({ scaling })).toEqual({
      pods: String(Math.ceil(pods / 5) * 5),
      'requests.cpu': String(Math.ceil(cores)),
      'requests.memory': `${Math.ceil(gibibytes)}Gi`,
    });
  });

  const sidecar = container({ cpu: '1', memory: '1Gi' }, { name: 'beside', restartPolicy: 'Always' });
  const greedy = container({ cpu: '3', memory: '1Gi' }, { name: 'before' });
  test.each<[what: string, manifest: ReturnType<typeof more>, cores: number]>([
    ['a StatefulSet', more('StatefulSet', { serviceName: 'more', replicas: 8 }), 8],
    ['a ReplicaSet', more('ReplicaSet', { replicas: 8 }), 8],
    ['a Job', more('Job', { parallelism: 8 }), 8],
    ['runs that wait for each other', more('CronJob', { schedule: '@daily', concurrencyPolicy: 'Forbid' }), 1],
    ['runs that do not', more('CronJob', { schedule: '@daily' }), 2],
    ['what is gone before its successor comes', more('Deployment', { replicas: 8, strategy: { type: 'Recreate' } }), 8],
    [
      'what runs first',
      more('ReplicaSet', { replicas: 8 }, { ...podOf(container({ cpu: '1' })), initContainers: [greedy] }),
      24,
    ],
    [
      'what runs beside',
      more('ReplicaSet', { replicas: 8 }, { ...podOf(container({ cpu: '1' })), initContainers: [sidecar] }),
      16,
    ],
    [
      'limits in place of requests',
      more(
        'ReplicaSet',
        { replicas: 8 },
        podOf({ ...container({}), resources: { limits: { cpu: '2', memory: '1Gi' } } }),
      ),
      16,
    ],
    ['what a container gets that does not say', more('ReplicaSet', { replicas: 800 }, podOf(container({}))), 8],
  ])('with %s', (_, manifest, cores) => {
    expect(hardOf({ extension: adds(manifest) })['requests.cpu']).toBe(String(Math.ceil(alone.cores + cores * 1.25)));
  });

  test('with the surge of what an extension rolls out', () => {
    const spec = { replicas: 8, strategy: { rollingUpdate: { maxSurge: 4 } } };
    // 8 + 4, a quarter of these, and 4 that end.
    expect(hardOf({ extension: adds(more('Deployment', spec)) })['requests.cpu']).toBe(
      String(Math.ceil(alone.cores + 19)),
    );
  });

  test('with the servers of CloudNativePG, what runs beside them, and one that joins', () => {
    const store = {
      apiVersion: 'barmancloud.cnpg.io/v1',
      kind: 'ObjectStore',
      metadata: { name: 'copies' },
      spec: { instanceSidecarConfiguration: { resources: { requests: { cpu: '1' } } } },
    };
    const cluster = cnpg('Cluster', {
      instances: 3,
      resources: { requests: { cpu: '2', memory: '1Gi' } },
      plugins: [{ name: 'barman-cloud.cloudnative-pg.io', parameters: { barmanObjectName: 'copies' } }],
    });
    expect(hardOf({ extension: adds(store, cluster) })['requests.cpu']).toBe(
      String(Math.ceil(alone.cores + 4 * 3 * 1.25)),
    );
  });

  test('with its poolers in a rollout', () => {
    const pooler = cnpg('Pooler', {
      instances: 3,
      deploymentStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
      template: { spec: { containers: [{ name: 'pgbouncer', resources: { requests: { cpu: '1' } } }] } },
    });
    // 3 + 1, a quarter of these, and 2 that end.
    expect(hardOf({ extension: adds(pooler) })['requests.cpu']).toBe(String(Math.ceil(alone.cores + 7)));
  });

  test("unless it is 'none'", () => {
    const kinds = shop({ quotas: { shop: 'none' } }).map(({ kind }) => kind);
    expect(kinds).not.toContain('ResourceQuota');
    expect(kinds).not.toContain('LimitRange');
  });
});

describe('a quota that is declared', () => {
  const scaling = cpu({ min: 2, max: 8, cpu: 50 });

  test('is rendered as it is where all fits, which needs room for neither a quarter more nor what ends', () => {
    expect(hardOf({ scaling, quotas: { shop: { pods: 10, cpu: '5', memory: '5Gi', memoryLimit: '10Gi' } } })).toEqual({
      pods: '10',
      'requests.cpu': '5',
      'requests.memory': '5Gi',
      'limits.memory': '10Gi',
    });
  });

  test.each<[quota: object, problem: string]>([
    [
      { pods: 9 },
      'test.quotas.shop.pods: got 9; allowed: at least 10, which all pods at their most may need, those of a rollout included: minimal 8 + 2; fix: raise it, or lower the pods of a service; without test.quotas.shop it follows from them',
    ],
    [
      { cpu: '4999m' },
      'test.quotas.shop.cpu: got "4999m"; allowed: at least 5000m, which all pods at their most may need, those of a rollout included: minimal 8 + 2 of 500m; fix: raise it, or lower the pods or cpu of a service',
    ],
    [
      { memory: '5119Mi' },
      'test.quotas.shop.memory: got "5119Mi"; allowed: at least 5120Mi, which all pods at their most may need, those of a rollout included: minimal 8 + 2 of 512Mi;',
    ],
    [
      { memoryLimit: '9Gi' },
      'test.quotas.shop.memoryLimit: got "9Gi"; allowed: at least 10240Mi, which all pods at their most may need, those of a rollout included: minimal 8 + 2 of 1024Mi;',
    ],
  ])('is refused at %j, with the sum, its parts and the fix', (quota, problem) => {
    expect(problems({ scaling, quotas: { shop: quota } })).toEqual([expect.stringContaining(problem)]);
  });

  test('is refused with the biggest part first, whoever made it', () => {
    const extension = adds(more('StatefulSet', { serviceName: 'more', replicas: 20 }));
    expect(problems({ scaling, extension, quotas: { shop: { pods: 29 } } })).toEqual([
      expect.stringContaining(
        'at least 30, which all pods at their most may need, those of a rollout included: more 20, minimal 8 + 2;',
      ),
    ]);
  });

  test('counts the most that an extension sets', () => {
    const extension = patch('HorizontalPodAutoscaler', JsonPatch.replace('/spec/maxReplicas', 80));
    expect(problems({ scaling, extension, quotas: { shop: { pods: 10 } } })).toEqual([
      expect.stringContaining('got 10; allowed: at least 100, '),
    ]);
  });

  test('of no system is refused', () => {
    expect(problems({ quotas: { shopp: 'none' } })).toEqual([
      'test.quotas.shopp: got "shopp"; allowed: shop; fix: correct the name, or delete it',
    ]);
  });
});

describe('pods on each node', () => {
  const extension = adds(more('DaemonSet', {}));

  test('are as many as nobody knows, so somebody has to say it', () => {
    expect(problems({ extension })).toEqual([
      "test.quotas.shop: got nothing; allowed: a quota, or 'none', as nobody knows here how many pods DaemonSet more has; fix: write what the namespace may take, or 'none'",
    ]);
  });

  test.each<Quotas>([{ shop: 'none' }, { shop: { pods: 10 } }])('may be where it is said: %j', (quotas) => {
    expect(problems({ extension, quotas })).toEqual([]);
  });
});
