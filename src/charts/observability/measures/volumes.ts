import { kubelet } from '../catalogue/index.ts';
import { type Matchers, max, ratio, series, times } from '../promql/index.ts';

/** Claims of volumes, by their names. */
export type VolumesOf = Matchers<typeof kubelet.volumeStatsAvailableBytes>;

const by = ['persistentvolumeclaim'] as const;

/** How much of each volume is free, in per cent. */
export function volumesFree(of: VolumesOf) {
  const free = max(series(kubelet.volumeStatsAvailableBytes, of), by);
  return times(100, ratio(free, max(series(kubelet.volumeStatsCapacityBytes, of), by), { on: by }));
}
