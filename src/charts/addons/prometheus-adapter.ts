import type { Environment, Scaling, ScalingOf } from '../../model/index.ts';
import { adapterRule } from '../observability/adapter-rules.ts';
import type { Placement } from '../placement.ts';
import { prometheusUrl } from '../prometheus-url.ts';
import type { HelmValues } from './helm-values.ts';

/**
 * What prometheus-adapter is told, so that it answers the HPA of each service that scales by `custom`.
 * @see https://github.com/prometheus-community/helm-charts/blob/main/charts/prometheus-adapter/values.yaml
 * @returns undefined where no service does
 */
export function prometheusAdapter(environment: Environment, placements: readonly Placement[]): HelmValues | undefined {
  const custom = placements.flatMap(({ service, system, scaling }) =>
    isCustom(scaling) ? [adapterRule({ namespace: system.name, service: service.name, scaling })] : [],
  );
  if (custom.length === 0) return undefined;
  // The chart's own rules list every series of the cluster, and where one rule's list fails the adapter takes over none: those of ours would hang on them.
  return {
    chart: 'prometheus-adapter',
    values: { prometheus: addressOf(prometheusUrl(environment)), rules: { default: false, custom } },
  };
}

function isCustom(scaling: Scaling): scaling is ScalingOf<'custom'> {
  return scaling.kind === 'custom';
}

/** In the parts of which the chart makes the URL again. Its own default of the port is not that of the scheme. */
function addressOf(url: string): { url: string; port: number; path: string } {
  const { protocol, hostname, port, pathname } = new URL(url);
  return {
    url: `${protocol}//${hostname}`,
    port: port ? Number(port) : { 'http:': 80, 'https:': 443 }[protocol as 'http:' | 'https:'],
    path: pathname.replace(/\/$/, ''),
  };
}
