import type { KubernetesObject } from '../rendered-chart.ts';
import type { Found, RenderedCluster, Workload } from './rendered-cluster.ts';

/** Something that writes `replicas` of a workload. */
export interface Autoscaler {
  readonly object: KubernetesObject;
  /** The kind and name of what it scales. */
  readonly kind: string;
  readonly name: string;
  readonly target: Workload | undefined;
  readonly min: Limit;
  readonly max: Limit;
  /** The resources whose use it takes as a share of what the pods request. */
  readonly shares: readonly Share[];
}

interface Limit {
  /** The field that says it, such as `spec.minReplicas`. */
  readonly at: string;
  readonly pods: number;
}

/** A resource that an autoscaler takes as a share of what is requested of it. */
export interface Share {
  readonly at: string;
  readonly resource: string;
  /** The one container that counts. @default - all of a pod */
  readonly container?: string | undefined;
}

/** All autoscalers. The HPA that KEDA writes for a ScaledObject is not among what we render. */
export function autoscalersOf(cluster: RenderedCluster): Autoscaler[] {
  return [
    ...cluster.all('autoscaling/HorizontalPodAutoscaler').map((object) => ofHpa(object, cluster)),
    ...cluster.all('keda.sh/ScaledObject').map((object) => ofScaledObject(object, cluster)),
  ];
}

function ofHpa(object: Found<'autoscaling/HorizontalPodAutoscaler'>, cluster: RenderedCluster): Autoscaler {
  const { scaleTargetRef, minReplicas = 1, maxReplicas = minReplicas, metrics = [] } = object.spec ?? {};
  return {
    object,
    ...scaled(object, scaleTargetRef?.kind ?? '', scaleTargetRef?.name, cluster),
    min: { at: 'spec.minReplicas', pods: minReplicas },
    max: { at: 'spec.maxReplicas', pods: maxReplicas },
    shares: metrics.flatMap(({ resource, containerResource }, index): Share[] => {
      const at = `spec.metrics[${index}]`;
      if (resource?.name && resource.target?.averageUtilization !== undefined)
        return [{ at: `${at}.resource`, resource: resource.name }];
      if (containerResource?.name && containerResource.target?.averageUtilization !== undefined) {
        const { name, container } = containerResource;
        return [{ at: `${at}.containerResource`, resource: name, container }];
      }
      return [];
    }),
  };
}

/** @see https://keda.sh/docs/latest/reference/scaledobject-spec/ */
function ofScaledObject(object: Found<'keda.sh/ScaledObject'>, cluster: RenderedCluster): Autoscaler {
  const { scaleTargetRef, minReplicaCount = 0, maxReplicaCount = 100, triggers = [] } = object.spec ?? {};
  return {
    object,
    // Without a kind KEDA takes it for a Deployment.
    ...scaled(object, scaleTargetRef?.kind ?? 'Deployment', scaleTargetRef?.name, cluster),
    min: { at: 'spec.minReplicaCount', pods: minReplicaCount },
    max: { at: 'spec.maxReplicaCount', pods: maxReplicaCount },
    // It refuses one of what is not requested whatever its metricType.
    shares: triggers.flatMap(({ type = '', metadata }, index): Share[] =>
      isOfUse(type) ? [{ at: `spec.triggers[${index}]`, resource: type, container: metadata?.['containerName'] }] : [],
    ),
  };
}

function scaled({ metadata }: KubernetesObject, kind: string, name = '', cluster: RenderedCluster) {
  return { kind, name, target: cluster.workloadNamed(kind, name, metadata.namespace) };
}

/** Whether a trigger of KEDA is by the use of a resource, which the HPA looks at by itself. */
export function isOfUse(type: string | undefined): boolean {
  return type === 'cpu' || type === 'memory';
}
