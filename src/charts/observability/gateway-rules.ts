import type { AlertRule } from './alert-rule.ts';

/** @see gatewayRules */
export interface GatewayRulesProps {
  readonly namespace: string;
  /** The name of its Deployment. */
  readonly deployment: string;
}

/**
 * The alert on a system's gateway, by what kube-state-metrics says of its Deployment. Its being silent is no good news either: then nobody knows whether anything is
 * reachable.
 */
export function gatewayRules({ namespace, deployment }: GatewayRulesProps): AlertRule[] {
  const max = (metric: string) =>
    `max by (namespace, deployment) (${metric}{namespace="${namespace}",deployment="${deployment}"})`;
  const wanted = max('kube_deployment_spec_replicas');
  const available = max('kube_deployment_status_replicas_available');
  return [
    {
      alert: 'GatewayDegraded',
      expr: `${available} < ${wanted} or absent(kube_deployment_spec_replicas{namespace="${namespace}",deployment="${deployment}"})`,
      for: '5m',
      labels: { severity: 'critical' },
      annotations: {
        summary: `The gateway of ${namespace} has fewer pods than it should`,
        description: `Deployment ${deployment} in ${namespace} has fewer available pods than it wants, or nobody can tell, as it is not there or kube-state-metrics is not scraped. Everything from outside passes through these pods.`,
        runbook_url: 'docs/runbooks/gateway-degraded.md',
      },
    },
  ];
}
