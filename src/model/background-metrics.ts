import { counter, histogram } from './metric.ts';

const labels = { service: 'open', job: 'open', outcome: ['ok', 'error'] } as const;

/** Every run of work that a service does beside its requests. */
export const backgroundRuns = counter({
  name: 'background_runs_total',
  help: 'Runs of background work, by service, job and outcome.',
  labels,
});

/** How long the runs took, in seconds. */
export const backgroundDuration = histogram({
  name: 'background_run_duration_seconds',
  help: 'Seconds that a run of background work took, by service, job and outcome.',
  labels,
  buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60],
});
