import { kubeStateMetrics as kube } from '../catalogue/index.ts';
import { max, minus, now, or, series } from '../promql/index.ts';

/** The CronJob of a database. */
export interface BackupsOf {
  readonly namespace: string;
  readonly cronjob: string;
}

/** When it last succeeded; none before the first time. */
export function lastBackup(of: BackupsOf) {
  return max(series(kube.cronjobStatusLastSuccessfulTime, of));
}

/** How many seconds ago it last succeeded, or was made. */
export function backupAge(of: BackupsOf) {
  return minus(now, or(lastBackup(of), max(series(kube.cronjobCreated, of))));
}
