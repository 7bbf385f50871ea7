import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { testAlerts } from '../../../test/promtool.ts';
import { clusterRules } from './cluster-rules.ts';

const hour = 3_600;
const rules = clusterRules({ namespace: 'shop', cluster: 'postgres', instances: 3, within: 30 * hour });
const names = (given: typeof rules) => given.map(({ alert }) => alert);

test('what a cluster does not have is no reason for an alert', () => {
  expect(names(rules)).toEqual([
    'DatabaseDown',
    'DatabaseStandbyMissing',
    'DatabaseArchiveFailing',
    'DatabaseBackupMissing',
  ]);
  expect(names(clusterRules({ namespace: 'shop', cluster: 'postgres', instances: 1 }))).toEqual(['DatabaseDown']);
});

test.each(rules)('the runbook of $alert has a section on it', ({ alert, annotations }) => {
  const [file = '', section] = (annotations['runbook_url'] ?? '').split('#');
  const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
  expect(text).toContain(`\n## ${alert}\n`);
  expect(section).toBe(alert.toLowerCase());
});

test('the alerts fire when they should, and not a minute before', { timeout: 120_000 }, async (context) => {
  const of = (metric: string, values: string, pod = 'postgres-1', namespace = 'shop') => ({
    series: `${metric}{namespace="${namespace}",pod="${pod}"}`,
    values,
  });
  const up = (values: string, pod?: string) => of('cnpg_collector_up', values, pod);
  const standbys = (values: string, pod?: string) => of('cnpg_pg_replication_streaming_replicas', values, pod);
  const copy = (values: string, namespace?: string) =>
    of('barman_cloud_cloudnative_pg_io_last_available_backup_timestamp', values, 'postgres-1', namespace);
  const archived = (last: string, failed: string, pod?: string) => [
    of('cnpg_pg_stat_archiver_last_archived_time', last, pod),
    of('cnpg_pg_stat_archiver_last_failed_time', failed, pod),
  ];
  /** 30 hours after the copy it is true for the first time a minute later, and is so for an hour. */
  const missingAt = 30 * 60 + 1 + 60;
  const cases: { alert: string; input_series: object[]; quiet: number; fires?: number }[] = [
    { alert: 'DatabaseDown', input_series: [up('1x60')], quiet: 60 },
    { alert: 'DatabaseDown', input_series: [up('0x60'), up('1x60', 'postgres-2')], quiet: 60 },
    { alert: 'DatabaseDown', input_series: [up('0x60'), up('0x60', 'postgres-2')], quiet: 4, fires: 5 },
    { alert: 'DatabaseDown', input_series: [up('1x60', 'postgres-pooler-abc')], quiet: 4, fires: 5 },
    { alert: 'DatabaseStandbyMissing', input_series: [standbys('2x60'), standbys('0x60', 'postgres-2')], quiet: 60 },
    {
      alert: 'DatabaseStandbyMissing',
      input_series: [standbys('1x60'), standbys('0x60', 'postgres-2')],
      quiet: 14,
      fires: 15,
    },
    { alert: 'DatabaseArchiveFailing', input_series: archived('500x60', '400x60'), quiet: 60 },
    { alert: 'DatabaseArchiveFailing', input_series: archived('-1x60', '-1x60', 'postgres-2'), quiet: 60 },
    { alert: 'DatabaseArchiveFailing', input_series: archived('400x60', '500x60'), quiet: 9, fires: 10 },
    { alert: 'DatabaseBackupMissing', input_series: [copy('0x3000')], quiet: missingAt - 1, fires: missingAt },
    // Each day at the same time.
    { alert: 'DatabaseBackupMissing', input_series: [copy('0x1440 86400x1440')], quiet: 2_880 },
    // Of another namespace it is nobody's copy here.
    { alert: 'DatabaseBackupMissing', input_series: [copy('0x100', 'elsewhere')], quiet: 59, fires: 60 },
  ];
  await testAlerts(context, {
    groups: [{ name: 'shop.postgres', rules }],
    tests: cases.map(({ alert, input_series, quiet, fires }) => {
      const expr = `count(ALERTS{alertname="${alert}",alertstate="firing"})`;
      const firing = { expr, eval_time: `${fires}m`, exp_samples: [{ labels: '{}', value: 1 }] };
      return {
        interval: '1m',
        input_series,
        promql_expr_test: [{ expr, eval_time: `${quiet}m`, exp_samples: [] }, ...(fires === undefined ? [] : [firing])],
      };
    }),
  });
});
