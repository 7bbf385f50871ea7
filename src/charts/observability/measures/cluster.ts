import { cloudNativePg as cnpg } from '../catalogue/index.ts';
import { type Matchers, max, minus, now, ratio, series, sum, times } from '../promql/index.ts';

/** The servers of a cluster of CloudNativePG, by the names of their pods. */
export type ServersOf = Matchers<typeof cnpg.pgReplicationLag>;

const byPod = ['pod'] as const;

/** How many of the connections of each server are in use, in per cent. */
export function serverConnectionsPercent(of: ServersOf) {
  const inUse = sum(series(cnpg.backendsTotal, of), byPod);
  const most = max(series(cnpg.pgSettingsSetting, { ...of, name: 'max_connections' }), byPod);
  return times(100, ratio(inUse, most, { on: byPod }));
}

/** How many seconds ago the last whole copy was made. */
export function lastCopyAge(of: ServersOf) {
  return minus(now, max(series(cnpg.barmanLastAvailableBackupTimestamp, of)));
}
