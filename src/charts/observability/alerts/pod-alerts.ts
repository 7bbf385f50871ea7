import type { ServiceThresholds } from '../../../model/index.ts';
import { kubeStateMetrics as kube } from '../catalogue/index.ts';
import { and, atLeast, highest, increase, series, sum } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import { unlessOff } from './unless-off.ts';

/** @see podAlerts */
export interface PodAlertsProps {
  readonly namespace: string;
  /** What the pods are of: a service, or a part of the system such as its gateway. */
  readonly service: string;
  readonly owner?: string;
  /** What their names match. */
  readonly pods: string;
  readonly thresholds: ServiceThresholds;
}

/** The names of the pods of a Deployment, and of no other whose name begins with the same. */
export function podsOfDeployment(name: string): string {
  return `${name}-[a-z0-9]+-[a-z0-9]{5}`;
}

/** The alerts on the pods of a workload, by what kube-state-metrics says of them. */
export function podAlerts({ namespace, service, owner, pods, thresholds }: PodAlertsProps): Alert[] {
  const of = { namespace, pod: { like: pods } };
  const common = { concern: 'pods', service, ...(owner !== undefined && { owner }) } as const;
  return [
    ...unlessOff(thresholds.podCrashLooping, (restarts) => ({
      ...common,
      name: 'PodCrashLooping',
      severity: 'critical',
      // Held back for ever longer, at last for five minutes: the restarts alone would come too seldom to go on telling.
      when: and(
        atLeast(sum(increase(series(kube.podContainerStatusRestartsTotal, of), '1h'), ['pod']), restarts),
        sum(highest(series(kube.podContainerStatusWaitingReason, { ...of, reason: 'CrashLoopBackOff' }), '10m'), [
          'pod',
        ]),
        { on: ['pod'] },
      ),
      for: '1m',
      summary: `A pod of ${namespace}/${service} crashes again and again`,
      description: `{{ $labels.pod }} was restarted {{ $value | printf "%.0f" }} times in the last hour and is held back before the next time. ${service} has one pod less to answer with, and none if all do so.`,
    })),
  ];
}
