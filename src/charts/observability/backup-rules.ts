import type { AlertRule } from './alert-rule.ts';

/** @see backupRules */
export interface BackupRulesProps {
  readonly namespace: string;
  readonly cronJob: string;
  /** Whose database it is. */
  readonly service: string;
  /** How long after a backup the next one must be there, in seconds. */
  readonly within: number;
}

/**
 * The alerts on the backups of one database, by what kube-state-metrics says of its CronJob and Jobs. Its being silent is no good news either: then nobody
 * knows of a backup.
 */
export function backupRules({ namespace, cronJob, service, within }: BackupRulesProps): AlertRule[] {
  const of = `namespace="${namespace}",cronjob="${cronJob}"`;
  const jobs = `namespace="${namespace}",job_name=~"${cronJob}-[a-z0-9]+"`;
  const max = (series: string) => `max by (namespace, cronjob) (${series})`;
  const lastSuccess = max(`kube_cronjob_status_last_successful_time{${of}}`);
  const made = max(`kube_cronjob_created{${of}}`);
  const failed = `kube_job_created{${jobs}} and on (namespace, job_name) kube_job_failed{${jobs},condition="true"} == 1`;
  const labelled = max(`label_replace(${failed}, "cronjob", "${cronJob}", "", "")`);
  const hours = Math.floor(within / 360) / 10;
  return [
    {
      alert: 'BackupMissing',
      expr: `time() - (${lastSuccess} or on (namespace, cronjob) ${made}) > ${within} or absent(kube_cronjob_created{${of}})`,
      for: '15m',
      labels: { severity: 'critical', service },
      annotations: {
        summary: `The database of ${namespace}/${service} has no recent backup`,
        description: `The CronJob ${cronJob} in ${namespace} had no success for more than ${hours} hours, or nobody can tell, as it is not there or kube-state-metrics is not scraped. What the database loses now is lost.`,
        runbook_url: 'docs/runbooks/backup-missing.md',
      },
    },
    {
      alert: 'BackupFailed',
      expr: `${labelled} > on (namespace, cronjob) (${lastSuccess} or on (namespace, cronjob) 0 * ${made})`,
      for: '1m',
      labels: { severity: 'warning', service },
      annotations: {
        summary: `The last backup of the database of ${namespace}/${service} failed`,
        description: `A Job of the CronJob ${cronJob} in ${namespace} failed, and none succeeded after it.`,
        runbook_url: 'docs/runbooks/backup-failed.md',
      },
    },
  ];
}
