import { histogram } from './metric.ts';

/** How long an object store took, in seconds, as its caller saw it. */
export const objectStoreCommandDuration = histogram({
  name: 'object_store_command_duration_seconds',
  help: 'Seconds that a command of an object store took, of a get until its content began, by service, command and outcome.',
  labels: {
    service: 'open',
    command: ['put', 'get', 'head', 'delete', 'list'],
    // What the caller aborted, or the content of a put broke off, says nothing about the store and is not counted.
    outcome: ['ok', 'error'],
  } as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
});
