import { type Environment, toSeconds } from '../../model/index.ts';
import { telemetryPlaces } from '../telemetry-places.ts';
import type { HelmValues } from './helm-values.ts';

/**
 * What Loki is told, as one process that keeps logs on a volume: enough for some tens of gigabytes a day.
 * @see https://github.com/grafana-community/helm-charts/blob/main/charts/loki/values.yaml
 * @returns undefined where no logs are kept
 */
export function loki(environment: Environment): HelmValues | undefined {
  const { loki: place } = telemetryPlaces(environment);
  if (!place || !environment.logging) return undefined;
  const { keptFor, storage } = environment.logging;
  return {
    chart: 'loki',
    values: {
      fullnameOverride: place.name,
      deploymentMode: 'SingleBinary',
      singleBinary: { replicas: 1, persistence: { enabled: true, size: storage } },
      // Left at the chart's own three each, it renders nothing: these need an object store.
      read: { replicas: 0 },
      write: { replicas: 0 },
      backend: { replicas: 0 },
      // Who asks or sends is inside the cluster, at the Service itself.
      gateway: { enabled: false },
      // Gigabytes of memory for what one process answers from its own.
      chunksCache: { enabled: false },
      resultsCache: { enabled: false },
      lokiCanary: { enabled: false },
      test: { enabled: false },
      loki: {
        // Whoever reaches it reads all: one tenant, for whom no header has to be sent.
        auth_enabled: false,
        // By default it tells its makers how it is used.
        analytics: { reporting_enabled: false },
        commonConfig: { replication_factor: 1 },
        storage: { type: 'filesystem' },
        schemaConfig: {
          configs: [
            {
              from: '2024-04-01',
              store: 'tsdb',
              object_store: 'filesystem',
              // The first that keeps what is known of a line beside it, such as its trace.
              schema: 'v13',
              index: { prefix: 'loki_index_', period: '24h' },
            },
          ],
        },
        limits_config: { retention_period: `${toSeconds(keptFor) / 3_600}h` },
        // Without it nothing is ever deleted, whatever the period says.
        compactor: { retention_enabled: true, delete_request_store: 'filesystem' },
      },
    },
  };
}
