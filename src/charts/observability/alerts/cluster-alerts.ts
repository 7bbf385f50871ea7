import type { SystemThresholds } from '../../../model/index.ts';
import { cloudNativePg as cnpg } from '../catalogue/index.ts';
import { lastCopyAge, serverConnectionsPercent } from '../measures/cluster.ts';
import { above, absent, below, equal, max, or, series } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import { unlessOff } from './unless-off.ts';

/** @see clusterAlerts */
export interface ClusterAlertsProps {
  readonly namespace: string;
  /** What the operator knows the cluster by; its pods are called so, with a number. */
  readonly cluster: string;
  /** How many servers it has. */
  readonly instances: number;
  /** How long after a whole copy the next one must be there, in seconds. @default - there are no copies */
  readonly within?: number;
  readonly thresholds: SystemThresholds;
}

/**
 * The alerts on a cluster of CloudNativePG, by the metrics that its servers and the Barman Cloud plugin beside them have.
 * @see https://cloudnative-pg.io/plugin-barman-cloud/docs/observability
 */
export function clusterAlerts({ namespace, cluster, instances, within, thresholds }: ClusterAlertsProps): Alert[] {
  const of = { namespace, pod: { like: `${cluster}-[0-9]+` } };
  const database = { concern: 'database', service: cluster } as const;
  const backups = { concern: 'backups', service: cluster } as const;
  const lastCopy = series(cnpg.barmanLastAvailableBackupTimestamp, of);
  return [
    ...unlessOff(
      thresholds.databaseDown,
      (lasting): Alert => ({
        ...database,
        name: 'DatabaseDown',
        seen: { on: 'stores', panel: 'database-servers' },
        severity: 'critical',
        when: absent(equal(series(cnpg.collectorUp, of), 1)),
        for: lasting,
        summary: `No server of the databases of ${namespace} answers`,
        description: `No pod of the cluster ${cluster} in ${namespace} says that its Postgres is up, or none is scraped. The services that use it answer 503.`,
      }),
    ),
    ...unlessOff(
      thresholds.databaseServerConnectionsExhausted,
      (percent): Alert => ({
        ...database,
        name: 'DatabaseServerConnectionsExhausted',
        seen: { on: 'stores', panel: 'server-connections', above: [percent] },
        severity: 'warning',
        when: above(serverConnectionsPercent(of), percent),
        for: '10m',
        summary: `A server of the databases of ${namespace} has few connections left`,
        description: `{{ $value | printf "%.0f" }} % of the connections of {{ $labels.pod }} are in use. With none left no new pod of any service gets one.`,
      }),
    ),
    ...(instances > 1
      ? unlessOff(
          thresholds.databaseStandbyMissing,
          (lasting): Alert => ({
            ...database,
            name: 'DatabaseStandbyMissing',
            seen: { on: 'stores', panel: 'standbys', below: instances - 1 },
            severity: 'warning',
            when: below(max(series(cnpg.pgReplicationStreamingReplicas, of)), instances - 1),
            for: lasting,
            summary: `A standby of the databases of ${namespace} is missing`,
            description: `The server that writes in the cluster ${cluster} in ${namespace} has less than ${instances - 1} standbys. With none, nobody takes over, and what is written is on one volume alone.`,
          }),
        )
      : []),
    ...(within === undefined
      ? []
      : [
          ...unlessOff(
            thresholds.databaseArchiveFailing,
            (lasting): Alert => ({
              ...backups,
              name: 'DatabaseArchiveFailing',
              seen: { on: 'stores', panel: 'archive' },
              severity: 'critical',
              // Only the server that writes archives; the others say -1 for both.
              when: max(
                above(series(cnpg.pgStatArchiverLastFailedTime, of), series(cnpg.pgStatArchiverLastArchivedTime, of), {
                  on: ['namespace', 'pod'],
                }),
              ),
              for: lasting,
              summary: `The changes of the databases of ${namespace} do not reach the bucket`,
              description: `The archiver of the cluster ${cluster} in ${namespace} fails since its last success. One cannot go back to any moment after that, and the volume fills up.`,
            }),
          ),
          ...unlessOff(
            thresholds.databaseBackupMissing,
            (): Alert => ({
              ...backups,
              name: 'DatabaseBackupMissing',
              seen: { on: 'stores', panel: 'copy-age', above: [within] },
              severity: 'critical',
              // 0 before the first one.
              when: or(above(lastCopyAge(of), within), absent(lastCopy)),
              for: '1h',
              summary: `The databases of ${namespace} have no recent copy`,
              description: `There is no whole copy of the cluster ${cluster} in ${namespace} from the last ${Math.floor(within / 360) / 10} hours, or nobody can tell.`,
            }),
          ),
        ]),
  ];
}
