import type { Environment } from '../../model/index.ts';
import { dashboardFolder, dashboardLabel } from '../identity.ts';
import { inhibitRuleOf } from '../observability/routing/alertmanager-configuration.ts';
import { stackInhibitRules } from '../observability/routing/inhibit-rules.ts';
import { receiverSecrets } from '../observability/routing/receiver-values.ts';
import { stackNames } from '../stack-names.ts';
import { telemetryPlaces } from '../telemetry-places.ts';
import { grafanaDataSources } from './grafana-data-sources.ts';
import type { HelmValues } from './helm-values.ts';

/**
 * What kube-prometheus-stack is told, so that it finds what systems have for it: everywhere, and by the label of its release.
 * @see https://github.com/prometheus-community/helm-charts/blob/main/charts/kube-prometheus-stack/values.yaml
 */
export function kubePrometheusStack(environment: Environment): HelmValues {
  return {
    chart: 'kube-prometheus-stack',
    values: {
      prometheus: {
        prometheusSpec: {
          serviceMonitorSelector: ofRelease(environment),
          serviceMonitorNamespaceSelector: {},
          podMonitorSelector: ofRelease(environment),
          podMonitorNamespaceSelector: {},
          ruleSelector: ofRelease(environment),
          ruleNamespaceSelector: {},
          // Without it a point of a metric names no trace, and nothing says so.
          ...(telemetryPlaces(environment).tempo && { enableFeatures: ['exemplar-storage'] }),
        },
      },
      grafana: grafanaValues(environment),
      ...alertmanagerValues(environment),
    },
  };
}

/** What `metadataForPrometheus` labels. */
function ofRelease({ monitoring }: Environment) {
  return { matchLabels: { release: monitoring.release } };
}

function grafanaValues(environment: Environment) {
  const { sidecar, ...rest } = grafanaDataSources(environment);
  return {
    sidecar: {
      // Dashboards are ConfigMaps in the namespaces of systems.
      dashboards: {
        enabled: true,
        label: dashboardLabel.name,
        labelValue: dashboardLabel.value,
        searchNamespace: 'ALL',
        folderAnnotation: dashboardFolder,
        provider: { foldersFromFilesStructure: true },
      },
      ...sidecar,
    },
    ...rest,
  };
}

function alertmanagerValues(environment: Environment) {
  const { alerting } = environment;
  if (!alerting) return {};
  if (alerting.kind === 'secret') {
    return {
      alertmanager: {
        alertmanagerSpec: {
          // Else the chart writes a Secret of that name itself.
          useExistingSecret: true,
          configSecret: stackNames(environment).alertmanagerSecret,
          secrets: receiverSecrets(alerting),
        },
      },
    };
  }
  return {
    alertmanager: {
      // A list takes the place of the chart's own; all else of its configuration stays.
      config: { inhibit_rules: stackInhibitRules.map(inhibitRuleOf) },
      alertmanagerSpec: {
        alertmanagerConfigSelector: ofRelease(environment),
        alertmanagerConfigNamespaceSelector: {},
        alertmanagerConfigMatcherStrategy: { type: 'OnNamespace' },
      },
    },
  };
}
