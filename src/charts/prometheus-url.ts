import type { Environment } from '../model/index.ts';

/** Where the cluster's pods reach its Prometheus. */
export function prometheusUrl({ monitoring: { url, release, prometheus } }: Environment): string {
  return url ?? `http://${release}-kube-prometheus-prometheus.${prometheus.namespace}.svc:9090`;
}
