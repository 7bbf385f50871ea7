import { kubeStateMetrics as kube } from '../../catalogue/index.ts';
import { backupAge } from '../../measures/backups.ts';
import { labelled, or, series, sum } from '../../promql/index.ts';
import type { Panel } from '../panel.ts';
import { orNone } from './pods.ts';

/** The backups of the databases of a system. @param cronJobs by name; none: there are no panels */
export function backupPanels(namespace: string, [first, ...others]: readonly string[]): Panel[] {
  if (first === undefined) return [];
  const age = (cronjob: string) => labelled<never, 'cronjob'>(backupAge({ namespace, cronjob }), 'cronjob', cronjob);
  const jobs = { namespace, job_name: { like: `(${[first, ...others].join('|')})-[a-z0-9]+` } };
  return [
    {
      name: 'backup-age',
      title: 'Age of the last backup',
      description:
        'How long ago each database was last backed up; of one that never was, how long ago it could first have been.',
      unit: 's',
      look: 'lines',
      queries: [{ show: or(age(first), ...others.map(age)), as: '{{cronjob}}' }],
    },
    {
      name: 'backup-jobs',
      title: 'Jobs that back up',
      description:
        'Backups that run, and those that failed and are still there to be looked at. One that failed before the last success says nothing any more.',
      unit: 'none',
      look: 'areas',
      queries: [
        {
          show: sum(series(kube.cronjobStatusActive, { namespace, cronjob: { in: [first, ...others] } })),
          as: 'running',
        },
        { show: orNone(sum(series(kube.jobFailed, { ...jobs, condition: 'true' }))), as: 'failed' },
      ],
    },
  ];
}
