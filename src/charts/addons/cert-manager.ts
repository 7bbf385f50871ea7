import type { Environment } from '../../model/index.ts';
import type { HelmValues } from './helm-values.ts';

/**
 * What cert-manager is told, so that Prometheus scrapes it: alerts about certificates that end soon read its metrics.
 * @see https://github.com/cert-manager/cert-manager/blob/master/deploy/charts/cert-manager/values.yaml
 * @returns undefined where it signs nothing
 */
export function certManager({ exposure, monitoring }: Environment): HelmValues | undefined {
  if (!exposure.some((each) => each.kind === 'ingress' && each.clusterIssuer)) return undefined;
  const servicemonitor = { enabled: true, labels: { release: monitoring.release } };
  return { chart: 'cert-manager', values: { prometheus: { enabled: true, servicemonitor } } };
}
