import type { Environment } from '../model/index.ts';

/**
 * What the Helm chart kube-prometheus-stack calls what it makes: its release's name decides. It cuts the first part of each name at 26 characters, which is where `stack` at the
 * end of it goes for a release called monitoring.
 */
export function stackNames({ monitoring: { release, prometheus } }: Pick<Environment, 'monitoring'>) {
  const chart = 'kube-prometheus-stack';
  const whole = release.includes(chart) ? release : `${release}-${chart}`;
  const fullName = whole.slice(0, 26).replace(/-$/, '');
  return {
    /** Where the release is. */
    namespace: prometheus.namespace,
    prometheus: `${fullName}-prometheus`,
    /** The Secret with the whole configuration of its Alertmanager. */
    alertmanagerSecret: `alertmanager-${fullName}-alertmanager`,
  };
}
