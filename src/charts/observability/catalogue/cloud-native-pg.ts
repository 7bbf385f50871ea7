import { counter, gauge } from '../../../model/index.ts';

/**
 * What each server of a cluster of CloudNativePG says of itself, and the Barman Cloud plugin beside it, each called as it is without the prefix. The labels of the pod are those of its PodMonitor.
 * @see https://cloudnative-pg.io/documentation/current/monitoring/
 * @see https://cloudnative-pg.io/plugin-barman-cloud/docs/observability
 */
export const cloudNativePg = {
  collectorUp: gauge({ name: 'cnpg_collector_up', help: 'Whether Postgres is up.', labels: { cluster: 'open' } }),
  collectorPgWalArchiveStatus: gauge({
    name: 'cnpg_collector_pg_wal_archive_status',
    help: 'Segments of the log that wait for the archive, and that are there.',
    labels: { value: ['ready', 'done'] },
  }),
  backendsTotal: gauge({
    name: 'cnpg_backends_total',
    help: 'Connections, by database, user, program and state.',
    labels: { datname: 'open', usename: 'open', application_name: 'open', state: 'open' },
  }),
  backendsWaitingTotal: gauge({ name: 'cnpg_backends_waiting_total', help: 'Connections that wait for a lock.' }),
  pgSettingsSetting: gauge({
    name: 'cnpg_pg_settings_setting',
    help: 'What a setting that is a number has, such as max_connections.',
    labels: { name: 'open' },
  }),
  pgDatabaseSizeBytes: gauge({
    name: 'cnpg_pg_database_size_bytes',
    help: 'Bytes of a database on the volume.',
    labels: { datname: 'open' },
  }),
  pgReplicationLag: gauge({
    name: 'cnpg_pg_replication_lag',
    help: 'Seconds that a standby is behind; 0 on the server that writes.',
  }),
  pgReplicationStreamingReplicas: gauge({
    name: 'cnpg_pg_replication_streaming_replicas',
    help: 'Standbys that are connected.',
  }),
  pgStatArchiverLastArchivedTime: gauge({
    name: 'cnpg_pg_stat_archiver_last_archived_time',
    help: 'When a segment of the log last reached the archive, in seconds since 1970; -1 on a standby.',
  }),
  pgStatArchiverLastFailedTime: gauge({
    name: 'cnpg_pg_stat_archiver_last_failed_time',
    help: 'When a segment of the log last failed to reach the archive, in seconds since 1970; -1 on a standby.',
  }),
  pgStatArchiverFailedCount: counter({
    name: 'cnpg_pg_stat_archiver_failed_count',
    help: 'Attempts to archive a segment of the log that failed.',
  }),
  barmanLastAvailableBackupTimestamp: gauge({
    name: 'barman_cloud_cloudnative_pg_io_last_available_backup_timestamp',
    help: 'When the last whole copy was made, in seconds since 1970; 0 before the first one.',
  }),
} as const;
