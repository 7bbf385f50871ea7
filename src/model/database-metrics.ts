import { gauge, histogram } from './metric.ts';

/** How long a service's statements took, in seconds, as the code that waited saw it. */
export const databaseQueryDuration = histogram({
  name: 'database_query_duration_seconds',
  help: 'Seconds from asking the database to its answer, a wait for a connection included, by service, statement and outcome.',
  labels: { service: 'open', statement: 'open', outcome: ['ok', 'error'] },
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});

/** What the connections of a pod do. `waiting` counts the queries that wait for one. */
export const databaseConnections = gauge({
  name: 'database_connections',
  help: 'Connections to the database that are idle or busy, and queries waiting for one, by service and state.',
  labels: { service: 'open', state: ['idle', 'busy', 'waiting'] },
});
