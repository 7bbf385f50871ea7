import type { KubernetesObject } from '../rendered-chart.ts';
import { autoscalersOf, type Share } from './autoscalers.ts';
import type { Finding, RenderedCheck } from './rendered-check.ts';
import type { RenderedCluster, Workload } from './rendered-cluster.ts';

/** What holds between autoscalers and what they scale. */
export const autoscalerChecks: readonly RenderedCheck[] = [
  { name: 'replicas', find: replicasBesideAutoscaler },
  { name: 'autoscaler', find: vainAutoscalers },
];

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
  return autoscalersOf(cluster).flatMap(({ object, kind, name, target, min, max, shares }): Finding[] => {
    const at = 'spec.scaleTargetRef';
    const got = `${kind} ${name}`;
    const limits =
      max.pods < min.pods
        ? [
            {
              object,
              at: max.at,
              got: max.pods,
              allowed: `at least ${min.at}, which is ${min.pods}`,
              fix: 'raise it, or lower the other',
            },
          ]
        : [];
    if (!target) {
      // Another kind is scaled by what its own operator offers.
      if (!kinds.has(kind)) return limits;
      return [...limits, { object, at, got, allowed: 'a workload of its namespace', fix: 'correct the name' }];
    }
    const first = firsts.get(target);
    firsts.set(target, first ?? object);
    return [
      ...limits,
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
function unrequested({ at, resource, container: only }: Share, target: Workload): Omit<Finding, 'object'>[] {
  const pods = `${target.object.kind} ${target.object.metadata.name}`;
  const counted = target.containers.filter(({ isInit, container: { name } }) => {
    return !isInit && (only === undefined || name === only);
  });
  if (only !== undefined && counted.length === 0)
    return [{ at, got: only, allowed: `a container of ${pods}`, fix: 'correct the name' }];
  return counted
    .filter(({ container: { resources } }) => {
      return (resources?.requests?.[resource] ?? resources?.limits?.[resource]) === undefined;
    })
    .map(({ container, at: where }) => ({
      at,
      got: resource,
      allowed: `a resource that ${only === undefined ? 'each container' : `container ${only}`} of ${pods} requests; ${container.name} does not`,
      fix: `set ${where}.resources.requests.${resource} there`,
    }));
}
