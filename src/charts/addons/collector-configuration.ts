/** Where the collector keeps how far it has read, so that its own restart neither loses a line nor sends one twice. */
export const storedIn = '/var/lib/otelcol';

/** @see collectorConfiguration */
export interface CollectorProps {
  readonly traces?: {
    /** The port at which pods send them. */
    readonly takenAt: number;
    /** The base URL of what keeps them. */
    readonly to: string;
  };
  readonly logs?: {
    /** The folder of the node with a folder for each pod. */
    readonly from: string;
    /** The base URL of what keeps them. */
    readonly to: string;
  };
}

/**
 * The whole configuration of an OpenTelemetry Collector that hands on traces and logs. Which traces there are was decided where they began, so it leaves none out.
 * @see https://opentelemetry.io/docs/collector/configuration/
 */
export function collectorConfiguration({ traces, logs }: CollectorProps): object {
  const address = (port: number) => `\${env:MY_POD_IP}:${port}`;
  // The first refuses what there is no room for; who sends it tries again.
  const through = (receiver: string, exporter: string) => ({
    receivers: [receiver],
    processors: ['memory_limiter', 'batch'],
    exporters: [exporter],
  });
  return {
    extensions: {
      // What the probes of the chart ask.
      health_check: { endpoint: address(13_133) },
      ...(logs && { file_storage: { directory: storedIn } }),
    },
    receivers: {
      ...(traces && { otlp: { protocols: { http: { endpoint: address(traces.takenAt) } } } }),
      ...(logs && { file_log: linesOf(logs.from) }),
    },
    processors: {
      memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 25 },
      batch: {},
    },
    exporters: {
      ...(traces && { 'otlp_http/traces': { endpoint: traces.to } }),
      ...(logs && { 'otlp_http/logs': { endpoint: logs.to } }),
    },
    service: {
      extensions: ['health_check', ...(logs ? ['file_storage'] : [])],
      pipelines: {
        ...(traces && { traces: through('otlp', 'otlp_http/traces') }),
        ...(logs && { logs: through('file_log', 'otlp_http/logs') }),
      },
    },
  };
}

/** The fields of a line that say what it is part of, in the collector's own place for these. */
const ofTrace = ['trace_id', 'span_id', 'trace_flags'] as const;
/** Those by which lines are looked for before anything else: labels in Loki. */
const ofResource = ['service.name', 'service.namespace', 'service.version'] as const;

/**
 * Every line of every container of a node. What is in the format of our services and gateways becomes the record that it describes; of everything else the text stays as it is.
 * @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/filelogreceiver
 */
function linesOf(folder: string): object {
  const field = (name: string) => `attributes["${name}"]`;
  const where = (name: string) => ({ if: `${field(name)} != nil` });
  return {
    include: [`${folder}/*/*/*.log`],
    // Its own would be read as soon as it wrote that it read them.
    exclude: [`${folder}/*/opentelemetry-collector/*.log`],
    include_file_path: true,
    include_file_name: false,
    // What a pod said before the collector first came to its node is worth having.
    start_at: 'beginning',
    storage: 'file_storage',
    retry_on_failure: { enabled: true },
    operators: [
      // What the container runtime writes around each line, and the pod's name and namespace from the path.
      { type: 'container' },
      {
        type: 'json_parser',
        if: 'body matches "^{.*\\"severity_text\\":"',
        timestamp: {
          parse_from: field('timestamp'),
          layout_type: 'gotime',
          layout: '2006-01-02T15:04:05.999999999Z07:00',
        },
        severity: { parse_from: field('severity_text') },
      },
      {
        type: 'trace_parser',
        ...where('trace_id'),
        ...Object.fromEntries(ofTrace.map((name) => [name, { parse_from: field(name) }])),
      },
      ...ofResource.map((name) => ({ type: 'move', ...where(name), from: field(name), to: `resource["${name}"]` })),
      { type: 'move', ...where('body'), from: field('body'), to: 'body' },
      ...['timestamp', 'severity_text', 'severity_number', ...ofTrace, 'logtag', 'log.file.path'].map((name) => ({
        type: 'remove',
        ...where(name),
        field: field(name),
      })),
    ],
  };
}
