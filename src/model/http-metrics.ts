import { counter, gauge, histogram } from './metric.ts';

/** What labels the metrics of every service's routes. `route` is the template, never the URL; `unmatched` stands for all URLs that no route knows. */
const labels = { service: 'open', method: 'open', route: 'open', status: 'open' } as const;

/** Every request that a service answered. */
export const httpRequests = counter({
  name: 'http_requests_total',
  help: 'Requests answered, by service, method, route template and status.',
  labels,
});

/** How long the answers took, in seconds. */
export const httpRequestDuration = histogram({
  name: 'http_request_duration_seconds',
  help: 'Seconds from the first byte of a request to the last of its answer, by service, method, route template and status.',
  labels,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

/** What labels the metrics of an edge between a caller and what it calls: another service, or an API outside. */
const edgeLabels = {
  service: 'open',
  peer: 'open',
  outcome: ['ok', 'status', 'timeout', 'network', 'invalid'],
} as const;

/** Every attempt that a service's client made. */
export const clientRequests = counter({
  name: 'http_client_requests_total',
  help: 'Attempts to call another service or an API outside, by caller, peer and outcome.',
  labels: edgeLabels,
});

/** How long the attempts took, in seconds, as the caller saw it. */
export const clientRequestDuration = histogram({
  name: 'http_client_request_duration_seconds',
  help: 'Seconds that an attempt took as the caller saw it, by caller, peer and outcome.',
  labels: edgeLabels,
  buckets: httpRequestDuration.buckets,
});

/**
 * The requests that wait for a service that is asleep, by who waits: the demand of a service that has no pods to count it. It is there at 0 from the start of a caller,
 * so that nobody who waits can be told from nobody who says so.
 */
export const clientWaiting = gauge({
  name: 'http_client_waiting_requests',
  help: 'Requests that wait for a service that has no Ready pod, by caller and peer.',
  labels: { service: 'open', peer: 'open' },
});
