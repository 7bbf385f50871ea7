import type { AlertRule } from './alert-rule.ts';

/** @see clusterRules */
export interface ClusterRulesProps {
  readonly namespace: string;
  /** What the operator knows the cluster by; its pods are called so, with a number. */
  readonly cluster: string;
  /** How many servers it has. */
  readonly instances: number;
  /** How long after a whole copy the next one must be there, in seconds. @default - there are no copies */
  readonly within?: number;
}

const runbook = 'docs/runbooks/cloud-native-pg.md';

/**
 * The alerts on a cluster of CloudNativePG, by the metrics that its servers and the Barman Cloud plugin beside them have.
 * @see https://cloudnative-pg.io/plugin-barman-cloud/docs/observability
 */
export function clusterRules({ namespace, cluster, instances, within }: ClusterRulesProps): AlertRule[] {
  const of = (metric: string) => `${metric}{namespace="${namespace}",pod=~"${cluster}-[0-9]+"}`;
  const max = (series: string) => `max by (namespace) (${series})`;
  const alert = (
    rule: Omit<AlertRule, 'labels' | 'annotations'>,
    severity: string,
    summary: string,
    description: string,
    section: string,
  ): AlertRule => ({
    ...rule,
    labels: { severity },
    annotations: { summary, description, runbook_url: `${runbook}#${section}` },
  });
  const lastCopy = of('barman_cloud_cloudnative_pg_io_last_available_backup_timestamp');
  return [
    alert(
      { alert: 'DatabaseDown', expr: `absent(${of('cnpg_collector_up')} == 1)`, for: '5m' },
      'critical',
      `No server of the databases of ${namespace} answers`,
      `No pod of the cluster ${cluster} in ${namespace} says that its Postgres is up, or none is scraped. The services that use it answer 503.`,
      'databasedown',
    ),
    ...(instances > 1
      ? [
          alert(
            {
              alert: 'DatabaseStandbyMissing',
              expr: `${max(of('cnpg_pg_replication_streaming_replicas'))} < ${instances - 1}`,
              for: '15m',
            },
            'warning',
            `A standby of the databases of ${namespace} is missing`,
            `The server that writes in the cluster ${cluster} in ${namespace} has less than ${instances - 1} standbys. With none, nobody takes over, and what is written is on one volume alone.`,
            'databasestandbymissing',
          ),
        ]
      : []),
    ...(within === undefined
      ? []
      : [
          alert(
            {
              alert: 'DatabaseArchiveFailing',
              // Only the server that writes archives; the others say -1 for both.
              expr: max(
                `${of('cnpg_pg_stat_archiver_last_failed_time')} > ${of('cnpg_pg_stat_archiver_last_archived_time')}`,
              ),
              for: '10m',
            },
            'critical',
            `The changes of the databases of ${namespace} do not reach the bucket`,
            `The archiver of the cluster ${cluster} in ${namespace} fails since its last success. One cannot go back to any moment after that, and the volume fills up.`,
            'databasearchivefailing',
          ),
          alert(
            {
              alert: 'DatabaseBackupMissing',
              // 0 before the first one.
              expr: `time() - ${max(lastCopy)} > ${within} or absent(${lastCopy})`,
              for: '1h',
            },
            'critical',
            `The databases of ${namespace} have no recent copy`,
            `There is no whole copy of the cluster ${cluster} in ${namespace} from the last ${Math.floor(within / 360) / 10} hours, or nobody can tell.`,
            'databasebackupmissing',
          ),
        ]),
  ];
}
