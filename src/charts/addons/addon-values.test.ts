import { expect, test } from 'vitest';
import { contractNamed, environmentWith, minimalService, systemOf } from '../../../test/declarations.ts';
import { objectsOf, type Manifest as Values } from '../../../test/objects.ts';
import { alertmanagerConfig, alertmanagerSecret, ingress, requests, steps } from '../../model/index.ts';
import { place } from '../placement.ts';
import { addonValues } from './addon-values.ts';

const systems = [systemOf(minimalService(contractNamed('cart')))];
const controllers = [{ namespace: 'edge' }];
const url = (secret: string) => ({ secret, key: 'url' });
const receivers = {
  team: { slack: { url: url('chat'), channel: '#team' } },
  people: { slack: { url: url('chat'), channel: '#people' } },
};

/** What an add-on is told in an environment. */
function told(chart: string, props: Parameters<typeof environmentWith>[0] = {}) {
  const environment = environmentWith(props);
  return addonValues(environment, place(environment, systems)).find((each) => each.chart === chart)?.values;
}

test('Prometheus finds by the label of its release what is rendered with it, in every namespace', () => {
  const selector = { matchLabels: { release: 'kps' } };
  expect(told('kube-prometheus-stack')).toEqual({
    prometheus: {
      prometheusSpec: {
        serviceMonitorSelector: selector,
        serviceMonitorNamespaceSelector: {},
        podMonitorSelector: selector,
        podMonitorNamespaceSelector: {},
        ruleSelector: selector,
        ruleNamespaceSelector: {},
      },
    },
    grafana: {
      sidecar: {
        dashboards: {
          enabled: true,
          label: 'grafana_dashboard',
          labelValue: '1',
          searchNamespace: 'ALL',
          folderAnnotation: 'grafana_folder',
          provider: { foldersFromFilesStructure: true },
        },
        datasources: { uid: 'prometheus', alertmanager: { uid: 'alertmanager' } },
      },
    },
  });
  const kinds = ['ServiceMonitor', 'PodMonitor', 'PrometheusRule', 'AlertmanagerConfig'];
  const environment = environmentWith({ alerting: alertmanagerConfig({ receivers }) });
  const found = objectsOf({ environment, systems }).filter(({ kind }) => kinds.includes(kind));
  expect(found.length).toBeGreaterThan(1);
  for (const { metadata } of found) expect(metadata.labels).toMatchObject(selector.matchLabels);
});

test('Alertmanager finds AlertmanagerConfigs by the same label, and its own inhibitions are for its own alerts', () => {
  const { alertmanager } = told('kube-prometheus-stack', { alerting: alertmanagerConfig({ receivers }) }) as {
    alertmanager: { config: { inhibit_rules: object[] } };
  };
  expect(alertmanager).toMatchObject({
    alertmanagerSpec: {
      alertmanagerConfigSelector: { matchLabels: { release: 'kps' } },
      alertmanagerConfigNamespaceSelector: {},
      alertmanagerConfigMatcherStrategy: { type: 'OnNamespace' },
    },
  });
  expect(Object.keys(alertmanager.config)).toEqual(['inhibit_rules']);
  for (const rule of alertmanager.config.inhibit_rules)
    expect(rule).toMatchObject({
      source_matchers: expect.arrayContaining(['system=""']),
      target_matchers: expect.arrayContaining(['system=""']),
    });
});

test('Alertmanager reads the Secret with the whole configuration, and has those with its passwords as files', () => {
  const heartbeat = { url: url('beat') };
  expect(told('kube-prometheus-stack', { alerting: alertmanagerSecret({ receivers, heartbeat }) })).toMatchObject({
    alertmanager: {
      alertmanagerSpec: {
        useExistingSecret: true,
        configSecret: 'alertmanager-kps-kube-prometheus-stack-alertmanager',
        secrets: ['chat', 'beat'],
      },
    },
  });
});

test.each([requests({ min: 1, max: 3, perPod: 5 }), steps()])(
  'KEDA is scraped where $kind is scaled by it',
  (scaling) => {
    expect(told('keda')).toBeUndefined();
    expect(told('keda', { overrides: { shop: { cart: { scaling } } } })).toEqual({
      prometheus: {
        operator: { enabled: true, serviceMonitor: { enabled: true, additionalLabels: { release: 'kps' } } },
      },
    });
  },
);

test('cert-manager is scraped where it signs certificates', () => {
  expect(told('cert-manager')).toBeUndefined();
  expect(told('cert-manager', { exposure: [ingress({ controllers, clusterIssuer: 'acme' })] })).toEqual({
    prometheus: { enabled: true, servicemonitor: { enabled: true, labels: { release: 'kps' } } },
  });
});

/** Where the collector is that the values below make. */
const collector = { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'opentelemetry-collector' } };
const tracing = { endpoint: 'http://otel-collector.monitoring.svc:4318', collector };
const telemetry = ['opentelemetry-collector', 'tempo', 'loki'];

test('without traces and logs to keep there is nobody to keep them, and no data source for them', () => {
  for (const chart of telemetry) expect(told(chart)).toBeUndefined();
  expect(told('kube-prometheus-stack')).not.toHaveProperty('grafana.additionalDataSources');
});

test('each has a place where the other expects it: pods their collector, the collector Tempo and Loki, and Grafana both', () => {
  const props = { tracing, logging: {} };
  const { alternateConfig, ports, fullnameOverride } = told('opentelemetry-collector', props) as Values;
  const taken = new URL(tracing.endpoint);
  expect(taken.host).toBe(`${fullnameOverride}.${collector.namespace}.svc:${ports['otlp-http'].servicePort}`);
  expect(alternateConfig.receivers.otlp.protocols.http.endpoint).toBe(
    `\${env:MY_POD_IP}:${ports['otlp-http'].containerPort}`,
  );
  const { traces, logs } = alternateConfig.service.pipelines;
  const sentTo = ({ exporters: [name] }: Values) => alternateConfig.exporters[name].endpoint;

  const tempo = told('tempo', props) as Values;
  const port = tempo.tempo.receivers.otlp.protocols.http.endpoint.split(':')[1];
  expect(sentTo(traces)).toBe(`http://${tempo.fullnameOverride}.monitoring.svc:${port}`);
  const loki = told('loki', props) as Values;
  expect(sentTo(logs)).toBe(`http://${loki.fullnameOverride}.monitoring.svc:3100/otlp`);

  const { grafana } = told('kube-prometheus-stack', props) as Values;
  expect(grafana.additionalDataSources.map(({ uid, url }: Values) => [uid, url])).toEqual([
    ['tempo', `http://${tempo.fullnameOverride}.monitoring.svc:${tempo.tempo.server.http_listen_port}`],
    ['loki', `http://${loki.fullnameOverride}.monitoring.svc:3100`],
  ]);
});

test('the data sources lead from metric to trace, from trace to logs and metrics, and from logs to trace, each to one that there is', () => {
  const { grafana, prometheus } = told('kube-prometheus-stack', { tracing, logging: {} }) as Values;
  const { datasources } = grafana.sidecar;
  const [tempo, loki] = grafana.additionalDataSources;
  expect(prometheus.prometheusSpec.enableFeatures).toEqual(['exemplar-storage']);
  const { exemplarTraceIdDestinations: exemplars } = datasources;
  expect(exemplars).toEqual({ datasourceUid: tempo.uid, traceIdLabelName: 'trace_id' });
  expect(tempo.jsonData.tracesToLogsV2).toMatchObject({
    datasourceUid: loki.uid,
    // Grafana makes one `$` of two.
    query: '{$${__tags}} | trace_id="$${__trace.traceId}"',
  });
  expect(tempo.jsonData.tracesToMetrics).toMatchObject({
    datasourceUid: datasources.uid,
    queries: [{ query: 'sum(rate(http_requests_total{$$__tags}[5m]))' }],
  });
  expect(loki.jsonData.derivedFields).toMatchObject([
    { matcherRegex: 'trace_id', datasourceUid: tempo.uid, url: '$${__value.raw}' },
  ]);
});

test('a link needs both ends: traces alone have none to logs, logs alone none to traces', () => {
  const [tempo, ...noLoki] = (told('kube-prometheus-stack', { tracing }) as Values).grafana.additionalDataSources;
  expect(tempo.jsonData).not.toHaveProperty('tracesToLogsV2');
  expect(noLoki).toEqual([]);
  const logs = told('kube-prometheus-stack', { logging: {} }) as Values;
  expect(logs.grafana.additionalDataSources).toMatchObject([{ uid: 'loki', jsonData: {} }]);
  expect(logs.grafana.sidecar.datasources).not.toHaveProperty('exemplarTraceIdDestinations');
  expect(logs.prometheus.prometheusSpec).not.toHaveProperty('enableFeatures');
  expect(told('tempo', { logging: {} })).toBeUndefined();
});

test('whoever runs a collector elsewhere keeps the traces too, and the logs of the cluster still need one here', () => {
  const elsewhere = { ...tracing, endpoint: 'https://otlp.example.com' };
  for (const chart of telemetry) expect(told(chart, { tracing: elsewhere })).toBeUndefined();
  const { alternateConfig, ports, service } = told('opentelemetry-collector', {
    tracing: elsewhere,
    logging: {},
  }) as Values;
  expect(Object.keys(alternateConfig.service.pipelines)).toEqual(['logs']);
  expect([ports['otlp-http'].enabled, service.enabled]).toEqual([false, false]);
});

test('the collector is root where it reads the files of a node, without any other right, and else is nobody', () => {
  const rights = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
  expect(told('opentelemetry-collector', { logging: {} })).toMatchObject({
    securityContext: { ...rights, runAsUser: 0 },
    extraVolumeMounts: [{ mountPath: '/var/log/pods', readOnly: true }, { mountPath: '/var/lib/otelcol' }],
  });
  const { securityContext, extraVolumes } = told('opentelemetry-collector', { tracing }) as Values;
  expect(securityContext).toEqual({ ...rights, runAsNonRoot: true });
  expect(extraVolumes).toBeUndefined();
});

test('every part of a pipeline of the collector is one that is set up, and none is set up for nothing', () => {
  for (const props of [{ tracing }, { logging: {} }, { tracing, logging: {} }]) {
    const { alternateConfig: all } = told('opentelemetry-collector', props) as Values;
    const used = (kind: string) => new Set(Object.values<Values>(all.service.pipelines).flatMap((each) => each[kind]));
    for (const kind of ['receivers', 'processors', 'exporters'])
      expect(used(kind)).toEqual(new Set(Object.keys(all[kind])));
    expect(new Set(all.service.extensions)).toEqual(new Set(Object.keys(all.extensions)));
  }
});

test('logs are kept for as long as is declared, and then deleted', () => {
  expect(told('loki', { logging: { keptFor: '3d', storage: '7Gi' } })).toMatchObject({
    singleBinary: { persistence: { size: '7Gi' } },
    loki: { limits_config: { retention_period: '72h' }, compactor: { retention_enabled: true } },
  });
});
