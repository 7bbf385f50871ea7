import { gauge } from '../../../model/index.ts';

const labels = { persistentvolumeclaim: 'open' } as const;

/**
 * What the kubelet says of the volumes that pods on its node have, each called as it is without `kubelet_`. Only drivers that know how full a volume is have these: folders of a node have none.
 * @see https://kubernetes.io/docs/reference/instrumentation/metrics/
 */
export const kubelet = {
  volumeStatsCapacityBytes: gauge({
    name: 'kubelet_volume_stats_capacity_bytes',
    help: 'Bytes that a volume has.',
    labels,
  }),
  volumeStatsAvailableBytes: gauge({
    name: 'kubelet_volume_stats_available_bytes',
    help: 'Bytes of a volume that are free.',
    labels,
  }),
} as const;
