import type { Environment } from '../../model/index.ts';
import type { Placement } from '../placement.ts';
import type { HelmValues } from './helm-values.ts';

/**
 * What KEDA is told, so that Prometheus scrapes its operator: alerts about what cannot be scaled read its metrics.
 * @see https://github.com/kedacore/charts/blob/main/keda/values.yaml
 * @returns undefined where nothing is scaled by it
 */
export function keda(environment: Environment, placements: readonly Placement[]): HelmValues | undefined {
  if (!placements.some(({ scaling }) => scaling.kind === 'requests' || scaling.kind === 'steps')) return undefined;
  const serviceMonitor = { enabled: true, additionalLabels: { release: environment.monitoring.release } };
  return { chart: 'keda', values: { prometheus: { operator: { enabled: true, serviceMonitor } } } };
}
