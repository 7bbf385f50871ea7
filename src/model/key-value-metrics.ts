import { histogram } from './metric.ts';

/** Every command to the key-value store of a service, with the time that it waited for a connection. */
export const keyValueCommandDuration = histogram({
  name: 'key_value_command_duration_seconds',
  help: 'Seconds that a command to the key-value store took as the service saw it, by service, command and outcome.',
  labels: {
    service: 'open',
    command: ['get', 'set', 'replace', 'delete', 'increment', 'addTo', 'removeFrom', 'membersOf'],
    outcome: ['ok', 'error'],
  },
  buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
});
