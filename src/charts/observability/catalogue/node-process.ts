import { counter, gauge, histogram } from '../../../model/index.ts';

/**
 * What every process of Node says of itself, by the defaults of prom-client.
 * @see https://github.com/siimon/prom-client#default-metrics
 */
export const nodeProcess = {
  processCpuSecondsTotal: counter({
    name: 'process_cpu_seconds_total',
    help: 'Seconds of a core that the process has used.',
  }),
  processResidentMemoryBytes: gauge({
    name: 'process_resident_memory_bytes',
    help: 'Bytes of memory that the process has.',
  }),
  processOpenFds: gauge({ name: 'process_open_fds', help: 'Files and connections that are open.' }),
  nodejsEventloopLagP99Seconds: gauge({
    name: 'nodejs_eventloop_lag_p99_seconds',
    help: 'Seconds that the event loop came late, at most in 99 of 100 turns since the last scrape.',
  }),
  nodejsEventloopLagMeanSeconds: gauge({
    name: 'nodejs_eventloop_lag_mean_seconds',
    help: 'Seconds that the event loop came late on average since the last scrape.',
  }),
  nodejsHeapSizeUsedBytes: gauge({ name: 'nodejs_heap_size_used_bytes', help: 'Bytes of the heap that are taken.' }),
  nodejsGcDurationSeconds: histogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'Seconds that a garbage collection took, by kind.',
    labels: { kind: ['minor', 'major', 'incremental', 'weakcb'] },
    buckets: [0.001, 0.01, 0.1, 1, 2, 5],
  }),
} as const;
