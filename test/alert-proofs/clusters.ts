import type { Duration } from '../../src/model/index.ts';
import { type ProofOf, scraped } from './proof.ts';

const of = (labels: Readonly<Record<string, string>>) => {
  const { namespace = '', service = '' } = labels;
  return (metric: string, values: string, server = 1, more = {}) =>
    scraped(metric, { namespace, pod: `${service}-${server}`, ...more }, values);
};

const databaseDown: ProofOf<Duration> = ({ labels }) => {
  const series = of(labels);
  const up = (values: string, server?: number) => series('cnpg_collector_up', values, server);
  const pooler = scraped(
    'cnpg_collector_up',
    { namespace: labels['namespace'] ?? '', pod: `${labels['service']}-pooler-a` },
    '1x60',
  );
  return {
    fires: [
      { what: 'all are down', series: [up('0x60'), up('0x60', 2)] },
      { what: 'none is scraped', series: [] },
      { what: 'a pooler is up', series: [pooler] },
    ],
    silent: [
      { what: 'one is up', series: [up('0x60'), up('1x60', 2)], until: 60 },
      { what: 'one takes over', series: [up('1x20 0x3 _x40'), up('0x23 1x40', 2)], until: 60 },
    ],
  };
};

const connections: ProofOf<number> = ({ labels, threshold }) => {
  const series = of(labels);
  const most = series('cnpg_pg_settings_setting', '200x60', 1, { name: 'max_connections' });
  const used = (percent: number, user: string) =>
    series('cnpg_backends_total', `${percent * 2}x60`, 1, { usename: user });
  return {
    fires: [{ what: 'of all roles together', series: [most, used(threshold - 20, 'a'), used(22, 'b')] }],
    silent: [
      { what: 'fewer', series: [most, used(threshold - 20, 'a'), used(18, 'b')], until: 60 },
      {
        what: 'beside another setting',
        series: [most, used(50, 'a'), series('cnpg_pg_settings_setting', '10x60', 1, { name: 'max_worker_processes' })],
        until: 60,
      },
    ],
  };
};

const standbyMissing: ProofOf<Duration> = ({ labels, environment }) => {
  const series = of(labels);
  const { database } = environment.stores;
  const wanted = (database?.kind === 'cloudnative-pg' ? database.instances : 1) - 1;
  const standbys = (values: string, server?: number) =>
    series('cnpg_pg_replication_streaming_replicas', values, server);
  return {
    fires: [{ what: 'one is missing', series: [standbys(`${wanted - 1}x60`), standbys('0x60', 2)] }],
    silent: [{ what: 'all are there', series: [standbys(`${wanted}x60`), standbys('0x60', 2)], until: 60 }],
  };
};

const archiveFailing: ProofOf<Duration> = ({ labels }) => {
  const series = of(labels);
  const archived = (last: string, failed: string, server?: number) => [
    series('cnpg_pg_stat_archiver_last_archived_time', last, server),
    series('cnpg_pg_stat_archiver_last_failed_time', failed, server),
  ];
  return {
    fires: [{ what: 'since its last success', series: archived('400x60', '500x60') }],
    silent: [
      { what: 'it succeeded after', series: archived('500x60', '400x60'), until: 60 },
      { what: 'it never failed, on a standby', series: archived('-1x60', '-1x60', 2), until: 60 },
    ],
  };
};

const backupMissing: ProofOf<string> = ({ labels, environment }) => {
  const series = of(labels);
  const { database } = environment.stores;
  if (database?.kind !== 'cloudnative-pg' || database.backups === 'none')
    throw new Error(`${environment.name} has no copies`);
  const copy = (values: string) => series('barman_cloud_cloudnative_pg_io_last_available_backup_timestamp', values);
  return {
    fires: [
      { what: 'none is known', series: [] },
      { what: 'none ever', series: [copy('0x3000')], since: 1_801 },
    ],
    // At the same time each day.
    silent: [{ what: 'each day', series: [copy('0x1440 86400x1440')], until: 2_880 }],
  };
};

export const clusterProofs = {
  DatabaseDown: databaseDown,
  DatabaseServerConnectionsExhausted: connections,
  DatabaseStandbyMissing: standbyMissing,
  DatabaseArchiveFailing: archiveFailing,
  DatabaseBackupMissing: backupMissing,
};
