import type { KubernetesObject } from '../rendered-chart.ts';
import type { Finding, RenderedCheck } from './rendered-check.ts';
import type { RenderedCluster, Workload } from './rendered-cluster.ts';

/** What holds between autoscalers and what they scale. */
export const autoscalerChecks: readonly RenderedCheck[] = [
  { name: 'replicas', find: replicasBesideAutoscaler },
  { name: 'autoscaler', find: vainAutoscalers },
];

/** Something that writes `replicas` of a workload. */
interface Autoscaler {
  readonly object: KubernetesObject;
  /** The kind and name of what it scales. */
  readonly kind: string;
  readonly name: string;
  readonly target: Workload | undefined;
  /** The resources whose use it takes as a share of what the pods request. */
  readonly shares: readonly { readonly at: string; readonly resource: string }[];
}

function autoscalersOf(cluster: RenderedCluster): Autoscaler[] {
  const scaler = (object: KubernetesObject, kind: string, name = '', shares: Autoscaler['shares'] = []) => {
    return { object, kind, name, target: cluster.workloadNamed(kind, name, object.metadata.namespace), shares };
  };
  const byCluster = cluster.all('autoscaling/HorizontalPodAutoscaler').map((object) => {
    const { scaleTargetRef: { kind = '', name } = {}, metrics = [] } = object.spec ?? {};
    const shares = metrics.flatMap(({ resource }, index) =>
      resource?.name && resource.target?.averageUtilization !== undefined
        ? [{ at: `spec.metrics[${index}].resource`, resource: resource.name }]
        : [],
    );
    return scaler(object, kind, name, shares);
  });
  const byKeda = cluster.all('keda.sh/ScaledObject').map((object) => {
    // Without a kind KEDA takes it for a Deployment.
    const { kind = 'Deployment', name } = object.spec?.scaleTargetRef ?? {};
    return scaler(object, kind, name);
  });
  return [...byCluster, ...byKeda];
}

function replicasBesideAutoscaler(cluster: RenderedCluster): Finding[] {
  const scaled = new Map(autoscalersOf(cluster).map(({ target, object }) => [target, object]));
  return cluster.workloads.flatMap((workload) => {
    const by = scaled.get(workload);
    if (!by || workload.replicas === undefined) return [];
    return [
      {
        object: workload.object,
        at: 'spec.replicas',
        got: workload.replicas,
        allowed: `nothing: ${by.kind} ${by.metadata.name} writes it, and each kubectl apply would throw it back`,
        fix: 'delete it, and set the limits by scaling in the declaration',
      },
    ];
  });
}

function vainAutoscalers(cluster: RenderedCluster): Finding[] {
  const firsts = new Map<Workload, KubernetesObject>();
  const kinds = new Set(cluster.workloads.map(({ object }) => object.kind));
  return autoscalersOf(cluster).flatMap(({ object, kind, name, target, shares }): Finding[] => {
    const at = 'spec.scaleTargetRef';
    const got = `${kind} ${name}`;
    if (!target) {
      // Another kind is scaled by what its own operator offers.
      if (!kinds.has(kind)) return [];
      return [{ object, at, got, allowed: 'a workload of its namespace', fix: 'correct the name' }];
    }
    const first = firsts.get(target);
    firsts.set(target, first ?? object);
    return [
      ...(first
        ? [
            {
              object,
              at,
              got,
              allowed: `a workload that ${first.kind} ${first.metadata.name} does not scale already`,
              fix: 'delete one of the two: each would overwrite what the other sets',
            },
          ]
        : []),
      ...shares.flatMap((share) => unrequested(share, target).map((finding) => ({ object, ...finding }))),
    ];
  });
}

/** A share of a request that a container does not make: the autoscaler then does nothing at all. */
function unrequested({ at, resource }: Autoscaler['shares'][number], target: Workload): Omit<Finding, 'object'>[] {
  return target.containers
    .filter(({ isInit, container: { resources } }) => {
      return !isInit && (resources?.requests?.[resource] ?? resources?.limits?.[resource]) === undefined;
    })
    .map(({ container, at: where }) => ({
      at,
      got: resource,
      allowed: `a resource that each container of ${target.object.kind} ${target.object.metadata.name} requests; ${container.name} does not`,
      fix: `set ${where}.resources.requests.${resource} there`,
    }));
}
