import { longestPause, toSeconds } from '../../src/model/index.ts';
import { type ProofOf, type ProvedRule, scraped } from './proof.ts';

const hour = 3_600;

/** kube-state-metrics is there. */
export const watched = (namespace = '', minutes = 3_000) =>
  scraped('kube_namespace_status_phase', { namespace, phase: 'Active' }, `1x${minutes}`);

const of = ({ labels: { namespace = '', cronjob = '' } }: ProvedRule<unknown>) => ({
  made: scraped('kube_cronjob_created', { namespace, cronjob }, '0x3000'),
  success: (values: string) => scraped('kube_cronjob_status_last_successful_time', { namespace, cronjob }, values),
  failed: (name: string, created: string, condition = 'true') => [
    scraped('kube_job_created', { namespace, job_name: name }, created),
    scraped('kube_job_failed', { namespace, job_name: name, condition }, '1x3000'),
  ],
});

const backupMissing: ProofOf<string> = (rule) => {
  const { made, success } = of(rule);
  const { backups } = rule.environment;
  if (!backups) throw new Error(`${rule.environment.name} has no backups`);
  const within = (longestPause(backups.schedule) + toSeconds(backups.timeLimit) + hour) / 60;
  const namespace = rule.labels['namespace'];
  return {
    fires: [
      { what: 'none since the last one', series: [made, success('0x3000'), watched(namespace)], since: within + 1 },
      { what: 'none ever', series: [made, watched(namespace)], since: within + 1 },
      { what: 'no CronJob', series: [watched(namespace)] },
    ],
    silent: [
      // A bit later on the second day.
      { what: 'each day', series: [made, success('0x1470 88200x1500'), watched(namespace)], until: 2_900 },
      { what: 'nobody can tell of anything', series: [], until: 60 },
    ],
  };
};

const backupFailed: ProofOf<string> = (rule) => {
  const { made, success, failed } = of(rule);
  const name = rule.labels['cronjob'] ?? '';
  return {
    fires: [
      { what: 'after the last success', series: [made, success('0x3000'), ...failed(`${name}-29381234`, '60x3000')] },
      { what: 'none has ever succeeded', series: [made, ...failed(`${name}-a1b2c3`, '60x3000')] },
    ],
    silent: [
      {
        what: 'one succeeded after it',
        series: [made, success('120x200'), ...failed(`${name}-1`, '60x200')],
        until: 100,
      },
      {
        what: 'it is tried again',
        series: [made, success('0x200'), ...failed(`${name}-1`, '60x200', 'false')],
        until: 100,
      },
      { what: "another's", series: [made, success('0x200'), ...failed('other-backup-1', '60x200')], until: 100 },
    ],
  };
};

export const backupProofs = { BackupMissing: backupMissing, BackupFailed: backupFailed };
