import { expect, test } from 'vitest';
import { contractNamed, environmentWith, minimalService, systemOf } from '../../../test/declarations.ts';
import { objectsOf } from '../../../test/objects.ts';
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
