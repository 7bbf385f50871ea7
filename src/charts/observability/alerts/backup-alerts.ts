import type { SystemThresholds } from '../../../model/index.ts';
import { kubeStateMetrics as kube } from '../catalogue/index.ts';
import { backupAge, lastBackup } from '../measures/backups.ts';
import { above, and, equal, max, or, series, times } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import { missing } from './missing.ts';
import { unlessOff } from './unless-off.ts';

/** @see backupAlerts */
export interface BackupAlertsProps {
  readonly namespace: string;
  readonly cronJob: string;
  /** Whose database it is. */
  readonly service: string;
  readonly owner: string;
  /** How long after a backup the next one must be there, in seconds. */
  readonly within: number;
  readonly thresholds: SystemThresholds;
}

/** The alerts on the backups of one database, by what kube-state-metrics says of its CronJob and Jobs. */
export function backupAlerts({ namespace, cronJob, service, owner, within, thresholds }: BackupAlertsProps): Alert[] {
  const of = { namespace, cronjob: cronJob };
  const jobs = { namespace, job_name: { like: `${cronJob}-[a-z0-9]+` } };
  const common = { concern: 'backups', service, owner, labels: { cronjob: cronJob } } as const;
  const failed = and(series(kube.jobCreated, jobs), equal(series(kube.jobFailed, { ...jobs, condition: 'true' }), 1), {
    on: ['namespace', 'job_name'],
  });
  const hours = Math.floor(within / 360) / 10;
  return [
    ...unlessOff(
      thresholds.backupMissing,
      (): Alert => ({
        ...common,
        name: 'BackupMissing',
        seen: { on: 'stores', panel: 'backup-age', above: [within] },
        severity: 'critical',
        when: or(above(backupAge(of), within), missing(namespace, kube.cronjobCreated, of)),
        for: '15m',
        summary: `The database of ${namespace}/${service} has no recent backup`,
        description: `The CronJob ${cronJob} in ${namespace} had no success for more than ${hours} hours, or is not there. What the database loses now is lost.`,
      }),
    ),
    ...unlessOff(
      thresholds.backupFailed,
      (): Alert => ({
        ...common,
        name: 'BackupFailed',
        seen: { on: 'stores', panel: 'backup-jobs' },
        severity: 'warning',
        when: above(max(failed), or(lastBackup(of), times(0, max(series(kube.cronjobCreated, of)))), { on: [] }),
        for: '1m',
        summary: `The last backup of the database of ${namespace}/${service} failed`,
        description: `A Job of the CronJob ${cronJob} in ${namespace} failed, and none succeeded after it.`,
      }),
    ),
  ];
}
