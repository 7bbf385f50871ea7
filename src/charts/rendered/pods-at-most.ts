import { quantityValue } from '../../model/index.ts';
import { unspokenRequests } from '../constructs/unspoken-requests.ts';
import type { KubernetesObject } from '../rendered-chart.ts';
import { autoscalersOf } from './autoscalers.ts';
import type { Container, Found, Pod, RenderedCluster } from './rendered-cluster.ts';

/** What one pod asks for: cores and bytes. */
export interface PodNeeds {
  readonly cpu: number;
  readonly memory: number;
  readonly memoryLimit: number;
}

/** How many pods something makes. */
export interface PodsAtMost {
  readonly object: KubernetesObject;
  /** At most, apart from rollouts; undefined where the cluster decides, as of a DaemonSet. */
  readonly pods: number | undefined;
  /** How many more a rollout makes. */
  readonly surge: number;
  /** How many others a rollout leaves that end, and that a quota counts until they have. */
  readonly ending: number;
  readonly each: PodNeeds;
}

/** The pods of everything that makes some, and of what operators make some of. */
export function podsAtMost(cluster: RenderedCluster): PodsAtMost[] {
  const scaled = new Map(autoscalersOf(cluster).map(({ target, max }) => [target, max.pods]));
  const deployments = new Map(
    cluster.all('apps/Deployment').map((object) => [object as KubernetesObject, object.spec]),
  );
  const runs = new Map<KubernetesObject, number>([
    ...cluster.all('batch/Job').map((object) => [object, object.spec?.parallelism ?? 1] as const),
    ...cluster.all('batch/CronJob').map((object) => {
      const { concurrencyPolicy, jobTemplate } = object.spec ?? {};
      // Of those that do not wait for each other, two at a time.
      return [object, (jobTemplate?.spec?.parallelism ?? 1) * (concurrencyPolicy === 'Forbid' ? 1 : 2)] as const;
    }),
  ]);
  const workloads = cluster.workloads.map((workload): PodsAtMost => {
    const { object, pod, replicas = 1 } = workload;
    const each = needsOf(pod);
    const steady = { object, each, surge: 0, ending: 0 };
    switch (object.kind) {
      case 'Deployment': {
        const pods = scaled.get(workload) ?? replicas;
        return { object, each, pods, ...rollout(pods, deployments.get(object)?.strategy) };
      }
      case 'DaemonSet':
        return { ...steady, pods: undefined };
      case 'Job':
      case 'CronJob':
        return { ...steady, pods: runs.get(object) };
      default:
        return { ...steady, pods: scaled.get(workload) ?? replicas };
    }
  });
  return [...workloads, ...operatorsPods(cluster)];
}

type Strategy = NonNullable<NonNullable<Found<'apps/Deployment'>['spec']>['strategy']>;

/**
 * Each pod may be there twice: its successor does not wait for the one that ends, which may take all of its grace period. At the default of Kubernetes a
 * quarter is made ahead.
 */
function rollout(pods: number, { type, rollingUpdate }: Strategy = {}): Pick<PodsAtMost, 'surge' | 'ending'> {
  // All old ones are gone before the first new one is made.
  if (type === 'Recreate') return { surge: 0, ending: 0 };
  const given = String(rollingUpdate?.maxSurge ?? '25%');
  const amount = Number.parseFloat(given);
  const surge = given.endsWith('%') ? Math.ceil((amount * pods) / 100) : amount;
  return { surge, ending: Math.max(0, pods - surge) };
}

/** The servers of CloudNativePG, with the job that makes one more, and its poolers. */
function operatorsPods(cluster: RenderedCluster): PodsAtMost[] {
  const stores = cluster.all('barmancloud.cnpg.io/ObjectStore');
  return [
    ...cluster.all('postgresql.cnpg.io/Cluster').map((object): PodsAtMost => {
      const { instances = 1, resources, plugins = [] } = object.spec ?? {};
      const sidecars = plugins.flatMap(({ parameters }) => {
        const store = stores.find(({ metadata }) => {
          return metadata.name === parameters?.['barmanObjectName'] && metadata.namespace === object.metadata.namespace;
        });
        return store ? [{ resources: store.spec?.instanceSidecarConfiguration?.resources }] : [];
      });
      const each = needsOf({ containers: [{ resources } as Container, ...(sidecars as Container[])] });
      return { object, each, pods: instances, surge: 1, ending: 0 };
    }),
    ...cluster.all('postgresql.cnpg.io/Pooler').map((object): PodsAtMost => {
      const { instances = 1, deploymentStrategy, template } = object.spec ?? {};
      const pod = (template?.spec ?? { containers: [{}] }) as Pod;
      return { object, each: needsOf(pod), pods: instances, ...rollout(instances, deploymentStrategy as Strategy) };
    }),
  ];
}

/**
 * As the scheduler and a quota count: all that run at once, or the hungriest of those that run before.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
function needsOf({ containers = [], initContainers = [] }: Pod): PodNeeds {
  const sum = (needsOfOne: (container: Container) => number) => {
    let sidecars = 0;
    let before = 0;
    for (const container of initContainers) {
      if (isSidecar(container)) sidecars += needsOfOne(container);
      before = Math.max(before, sidecars + (isSidecar(container) ? 0 : needsOfOne(container)));
    }
    return Math.max(
      before,
      containers.reduce((total, container) => total + needsOfOne(container), sidecars),
    );
  };
  const requested = (resource: 'cpu' | 'memory') =>
    sum(({ resources }) =>
      quantityValue(
        String(resources?.requests?.[resource] ?? resources?.limits?.[resource] ?? unspokenRequests[resource]),
      ),
    );
  return {
    cpu: requested('cpu'),
    memory: requested('memory'),
    memoryLimit: sum(({ resources }) =>
      quantityValue(String(resources?.limits?.['memory'] ?? unspokenRequests.memoryLimit)),
    ),
  };
}

/** An init container that runs on beside the others. The types of 1.27 do not know it. */
function isSidecar(container: Container & { readonly restartPolicy?: string }): boolean {
  return container.restartPolicy === 'Always';
}
