import { kubeStateMetrics as kube, prometheus } from '../catalogue/index.ts';
import { below, series } from '../promql/index.ts';
import type { Mark } from './dashboard.ts';

/** What dashboards mark: roll-outs while they last, and alerts while they fire. @param service @default - all of the system */
export function marks({
  namespace,
  service,
}: {
  readonly namespace: string;
  readonly service?: string;
}): Readonly<Record<string, Mark>> {
  const deployment = { namespace, ...(service !== undefined && { deployment: service }) };
  const alerts = { namespace, ...(service !== undefined && { service }) };
  return {
    // More pods of the same alone are all up to date.
    'Roll-outs': {
      when: below(
        series(kube.deploymentStatusReplicasUpdated, deployment),
        series(kube.deploymentStatusReplicas, deployment),
        { on: ['namespace', 'deployment'] },
      ),
      color: 'blue',
      says: 'Roll-out of {{deployment}}',
    },
    Alerts: {
      when: series(prometheus.alerts, {
        ...alerts,
        alertstate: 'firing',
        severity: { in: ['critical', 'warning'] },
      }),
      color: 'red',
      says: '{{alertname}} {{service}}',
    },
  };
}
