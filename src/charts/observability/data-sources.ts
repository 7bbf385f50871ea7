/**
 * What Grafana knows its data sources by, wherever it runs: panels ask the first, and the links between metrics, traces and logs name the others. The first and the last are
 * as kube-prometheus-stack calls them itself.
 */
export const dataSourceUids = {
  prometheus: 'prometheus',
  tempo: 'tempo',
  loki: 'loki',
  alertmanager: 'alertmanager',
} as const;
