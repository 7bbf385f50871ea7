import type { Environment } from '../model/index.ts';
import { portOfUrl } from './port-of-url.ts';

/** A Service of the cluster that takes traces or logs. */
export interface TelemetryPlace {
  /** The Service's name, and that of its Helm release. */
  readonly name: string;
  readonly namespace: string;
  /** The port at which it takes them, by OTLP over HTTP. */
  readonly port: number;
}

/** The ports of the charts of Tempo and Loki at which they are asked. Loki takes logs at the same one. */
export const queryPorts = { tempo: 3200, loki: 3100 } as const;

/** That of OTLP over HTTP. @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-default-port */
const otlpPort = 4318;

/**
 * What traces and logs of an environment go through, and where they are kept: all of it beside the cluster's Prometheus. Where the traces go to a collector that is no Service of
 * the cluster, whoever runs it keeps them too.
 */
export function telemetryPlaces({ tracing, logging, monitoring }: Environment): {
  /** Takes traces from pods, and reads the logs of its node. */
  readonly collector?: TelemetryPlace;
  /** Keeps traces. */
  readonly tempo?: TelemetryPlace;
  /** Keeps logs. */
  readonly loki?: TelemetryPlace;
} {
  const { namespace } = monitoring.prometheus;
  const takesTraces = tracing && serviceOf(tracing.endpoint);
  return {
    ...((takesTraces || logging) && {
      collector: takesTraces ?? { name: 'otel-collector', namespace, port: otlpPort },
    }),
    ...(takesTraces && { tempo: { name: 'tempo', namespace, port: otlpPort } }),
    ...(logging && { loki: { name: 'loki', namespace, port: queryPorts.loki } }),
  };
}

/** Where it answers inside the cluster. @param port one of its ports. @default - that of OTLP */
export function urlOf({ name, namespace, port: otlp }: TelemetryPlace, port = otlp): string {
  return `http://${name}.${namespace}.svc:${port}`;
}

/** The Service that a URL names, where it names one of the cluster. */
function serviceOf(url: string): TelemetryPlace | undefined {
  const [name = '', namespace = '', kind] = new URL(url).hostname.split('.');
  return kind === 'svc' ? { name, namespace, port: portOfUrl(url) } : undefined;
}
