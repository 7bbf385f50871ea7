import { kubeStateMetrics as kube } from '../../catalogue/index.ts';
import { type VolumesOf, volumesFree } from '../../measures/volumes.ts';
import { max, series } from '../../promql/index.ts';
import type { Panel } from '../panel.ts';

const by = ['statefulset'] as const;

/** The pods of the stores that run in the namespace of a system. @param stores StatefulSets, by name */
export function storePods(namespace: string, stores: readonly string[]): Panel {
  const of = { namespace, statefulset: { in: stores } };
  return {
    name: 'store-pods',
    title: 'Pods of stores',
    description:
      'Ready pods of each store that runs in the cluster. At 0 the store is away, and what needs it is answered with 503.',
    unit: 'none',
    look: 'lines',
    queries: [
      { show: max(series(kube.statefulsetStatusReplicasReady, of), by), as: '{{statefulset}} Ready' },
      { show: max(series(kube.statefulsetReplicas, of), by), as: '{{statefulset}} wanted' },
    ],
  };
}

/** How full volumes are, where their driver says so: folders of a node do not. */
export function volumes(of: VolumesOf): Panel {
  return {
    name: 'volumes',
    title: 'Room left on volumes',
    description:
      'How much of each volume is free. A store without room takes nothing more. Volumes that are folders of a node do not say so, and are not here.',
    unit: 'percent',
    look: 'lines',
    max: 100,
    queries: [{ show: volumesFree(of), as: '{{persistentvolumeclaim}}' }],
  };
}
