import { type Environment, httpRequests } from '../../model/index.ts';
import { dataSourceUids } from '../observability/data-sources.ts';
import { rate, series, sum } from '../observability/promql/index.ts';
import { queryPorts, telemetryPlaces, urlOf } from '../telemetry-places.ts';

/** The name of a trace's id: of the label of an exemplar, and of what Loki has beside a line. */
const traceId = 'trace_id';

/** How far around a span its log lines and its metrics are looked for: lines arrive late, and a metric is scraped each half minute. */
const around = { spanStartTimeShift: '-5m', spanEndTimeShift: '5m' };

/**
 * What Grafana of kube-prometheus-stack is told of data sources, each linked to the others: from a point of a metric to a trace that was counted there, from a span to the lines of
 * its whole trace and to the metrics of its service, and from a line to its trace. Prometheus and Alertmanager are the chart's own data sources.
 * @see https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
 */
export function grafanaDataSources(environment: Environment) {
  const { tempo, loki } = telemetryPlaces(environment);
  const named = (name: string, type: 'tempo' | 'loki') => ({
    name,
    type,
    uid: dataSourceUids[type],
    access: 'proxy',
    editable: false,
  });
  const sources = [
    ...(tempo
      ? [
          {
            ...named('Tempo', 'tempo'),
            url: urlOf(tempo, queryPorts.tempo),
            jsonData: {
              nodeGraph: { enabled: true },
              tracesToMetrics: {
                datasourceUid: dataSourceUids.prometheus,
                ...around,
                tags: [
                  { key: 'service.namespace', value: 'namespace' },
                  { key: 'service.name', value: 'service' },
                ],
                queries: [{ name: 'Requests per second', query: requestsOfTags() }],
              },
              ...(loki && {
                tracesToLogsV2: {
                  datasourceUid: dataSourceUids.loki,
                  ...around,
                  // Of every service and gateway of the system, so that the lines of one request stand together.
                  tags: [{ key: 'service.namespace', value: 'k8s_namespace_name' }],
                  customQuery: true,
                  query: escaped(`{\${__tags}} | ${traceId}="\${__trace.traceId}"`),
                },
              }),
            },
          },
        ]
      : []),
    ...(loki
      ? [
          {
            ...named('Loki', 'loki'),
            url: urlOf(loki, queryPorts.loki),
            jsonData: tempo
              ? {
                  derivedFields: [
                    {
                      name: 'Trace',
                      // Of what Loki has beside the line, not of its text.
                      matcherType: 'label',
                      matcherRegex: traceId,
                      url: escaped(`\${__value.raw}`),
                      datasourceUid: dataSourceUids.tempo,
                      urlDisplayLabel: 'Open the trace',
                    },
                  ],
                }
              : {},
          },
        ]
      : []),
  ];
  return {
    sidecar: {
      datasources: {
        uid: dataSourceUids.prometheus,
        alertmanager: { uid: dataSourceUids.alertmanager },
        ...(tempo && {
          exemplarTraceIdDestinations: { datasourceUid: dataSourceUids.tempo, traceIdLabelName: traceId },
        }),
      },
    },
    ...(sources.length > 0 && { additionalDataSources: sources }),
  };
}

/** Grafana takes `$` in what it is provisioned with for one of its own environment variables. */
function escaped(text: string): string {
  return text.replaceAll('$', '$$$$');
}

/** Of the service of a span. Grafana writes whole matchers in place of its variable, not a value. */
function requestsOfTags(): string {
  const variable = '$__tags';
  const query = sum(rate(series(httpRequests, { service: variable }), '5m')).text;
  return escaped(query.replace(`service="${variable}"`, variable));
}
