import type { Environment } from '../../model/index.ts';
import { telemetryPlaces, urlOf } from '../telemetry-places.ts';
import { collectorConfiguration, storedIn } from './collector-configuration.ts';
import type { HelmValues } from './helm-values.ts';

/** Where a node has the logs of its containers. */
const podLogs = '/var/log/pods';

/**
 * What the OpenTelemetry Collector is told, as one pod on each node: it takes traces from the pods there, and reads their logs, which needs no second program.
 * @see https://github.com/open-telemetry/opentelemetry-helm-charts/blob/main/charts/opentelemetry-collector/values.yaml
 * @returns undefined where there is nothing for it to do
 */
export function opentelemetryCollector(environment: Environment): HelmValues | undefined {
  const { collector, tempo, loki } = telemetryPlaces(environment);
  if (!collector) return undefined;
  const takes = tempo && {
    enabled: true,
    containerPort: collector.port,
    servicePort: collector.port,
    // The Service leads to it. By default it would also be a port of the node, for whoever reaches that.
    hostPort: 0,
    protocol: 'TCP',
  };
  const volumes = [
    { name: 'pod-logs', path: podLogs, readOnly: true },
    { name: 'checkpoints', path: storedIn, readOnly: false },
  ];
  return {
    chart: 'opentelemetry-collector',
    values: {
      fullnameOverride: collector.name,
      mode: 'daemonset',
      // Of the distributions that its makers build, the smallest that reads the logs of containers.
      image: { repository: 'ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-k8s' },
      command: { name: 'otelcol-k8s' },
      // In place of the chart's own, which is merged with what it is told: what is not here does not run.
      alternateConfig: collectorConfiguration({
        ...(tempo && { traces: { takenAt: collector.port, to: urlOf(tempo) } }),
        ...(loki && { logs: { from: podLogs, to: `${urlOf(loki)}/otlp` } }),
      }),
      ports: {
        // The chart's own, for what nobody sends.
        ...Object.fromEntries(
          ['otlp', 'jaeger-compact', 'jaeger-thrift', 'jaeger-grpc', 'zipkin'].map((name) => [
            name,
            { enabled: false },
          ]),
        ),
        'otlp-http': takes ?? { enabled: false },
      },
      service: { enabled: tempo !== undefined },
      // The chart makes a limit for Go's own collection of it too.
      resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
        // The files of a node's logs are root's. It owns what it reads, so it needs no capability.
        ...(loki ? { runAsUser: 0, runAsGroup: 0 } : { runAsNonRoot: true }),
      },
      ...(loki && {
        extraVolumes: volumes.map(({ name, path, readOnly }) => ({
          name,
          hostPath: { path, ...(!readOnly && { type: 'DirectoryOrCreate' }) },
        })),
        extraVolumeMounts: volumes.map(({ name, path, readOnly }) => ({ name, mountPath: path, readOnly })),
        // A pod of it on each node whose logs are read, also on those that take no other pods.
        tolerations: [{ operator: 'Exists' }],
      }),
    },
  };
}
