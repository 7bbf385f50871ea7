import type { Environment } from '../../model/index.ts';
import { queryPorts, telemetryPlaces } from '../telemetry-places.ts';
import type { HelmValues } from './helm-values.ts';

/**
 * What Tempo is told, as one process that keeps traces on a volume.
 * @see https://github.com/grafana-community/helm-charts/blob/main/charts/tempo/values.yaml
 * @returns undefined where no traces come to it
 */
export function tempo(environment: Environment): HelmValues | undefined {
  const { tempo: place } = telemetryPlaces(environment);
  if (!place) return undefined;
  return {
    chart: 'tempo',
    values: {
      fullnameOverride: place.name,
      tempo: {
        // A trace is read within days of what it explains, and costs more to keep than its metrics.
        retention: '168h',
        // By default it tells its makers how it is used.
        reportingEnabled: false,
        server: { http_listen_port: queryPorts.tempo },
        // What is not named stays as it is in the chart, so what nobody sends is taken out by name.
        receivers: { jaeger: null, otlp: { protocols: { grpc: null, http: { endpoint: `0.0.0.0:${place.port}` } } } },
      },
      persistence: { enabled: true, size: '10Gi' },
    },
  };
}
