import type { SystemThresholds } from '../../../model/index.ts';
import { kubeStateMetrics as kube } from '../catalogue/index.ts';
import { podsAskedFor, podsAvailable } from '../measures/workloads.ts';
import { below, or } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import { missing } from './missing.ts';
import { unlessOff } from './unless-off.ts';

/** @see gatewayAlerts */
export interface GatewayAlertsProps {
  readonly namespace: string;
  /** The name of its Deployment. */
  readonly deployment: string;
  readonly thresholds: SystemThresholds;
}

/** The alert on a system's gateway as a whole, by what kube-state-metrics says of its Deployment. */
export function gatewayAlerts({ namespace, deployment, thresholds }: GatewayAlertsProps): Alert[] {
  const of = { namespace, deployment };
  const available = podsAvailable(of);
  const wanted = podsAskedFor(of);
  return unlessOff(thresholds.gatewayDegraded, (lasting) => ({
    name: 'GatewayDegraded',
    severity: 'critical',
    concern: 'pods',
    service: deployment,
    seen: { on: 'system', panel: 'lack-of-pods' },
    when: or(below(available, wanted), missing(namespace, kube.deploymentSpecReplicas, of)),
    for: lasting,
    summary: `The gateway of ${namespace} has fewer pods than it should`,
    description: `Deployment ${deployment} in ${namespace} has fewer available pods than it wants, or is not there. Everything from outside passes through these pods.`,
  }));
}
