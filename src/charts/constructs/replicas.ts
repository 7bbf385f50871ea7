import { k8s } from 'cdk8s-plus-27';

/** A rollout that never has fewer pods than there are to be. */
export const surgeFirst: k8s.DeploymentStrategy = {
  type: 'RollingUpdate',
  rollingUpdate: {
    maxSurge: k8s.IntOrString.fromString('25%'),
    maxUnavailable: k8s.IntOrString.fromNumber(0),
  },
};

/** Pods on different nodes and in different zones, where there are such. @param matchLabels what they all have */
export function spread(
  matchLabels: Readonly<Record<string, string>>,
): Pick<k8s.PodSpec, 'topologySpreadConstraints' | 'affinity'> {
  return {
    topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels },
      // Only pods of the same revision count: else the old ones, which are about to end, push the new ones together.
      matchLabelKeys: ['pod-template-hash'],
    })),
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels } } },
        ],
      },
    },
  };
}
