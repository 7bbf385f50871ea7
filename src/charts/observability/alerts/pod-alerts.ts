import type { ServiceThresholds } from '../../../model/index.ts';
import { kubeStateMetrics as kube } from '../catalogue/index.ts';
import { podsAskedFor, podsAvailable, podsIn, restartsInAnHour } from '../measures/workloads.ts';
import { above, and, atLeast, changes, equal, highest, max, minus, or, series, sum } from '../promql/index.ts';
import type { Alert, Seen } from './alert.ts';
import { unlessOff } from './unless-off.ts';

/** @see podAlerts */
export interface PodAlertsProps {
  readonly namespace: string;
  /** What the pods are of: a service, or a part of the system such as its gateway. */
  readonly service: string;
  readonly owner?: string;
  /** The dashboard on which they are to be seen. @default - that of the service */
  readonly on?: Seen['on'];
  /** What their names match. */
  readonly pods: string;
  readonly thresholds: Pick<ServiceThresholds, 'podCrashLooping' | 'podNotReady' | 'podPending'>;
}

/** The alerts on the pods of a workload, by what kube-state-metrics says of them. */
export function podAlerts({ namespace, service, owner, on, pods, thresholds }: PodAlertsProps): Alert[] {
  const of = { namespace, pod: { like: pods } };
  const common = { concern: 'pods', service, ...(owner !== undefined && { owner }) } as const;
  const notReady = series(kube.podStatusReady, { ...of, condition: 'false' });
  // In an hour it lost its readiness three times and found it again; the last time was not long ago.
  const inTurns = and(
    atLeast(max(changes(notReady, '1h'), ['pod']), 6),
    equal(max(highest(notReady, '20m'), ['pod']), 1),
    { on: ['pod'] },
  );
  return [
    ...unlessOff(thresholds.podCrashLooping, (restarts) => ({
      ...common,
      name: 'PodCrashLooping',
      seen: { on, panel: 'restarts', above: [restarts] },
      severity: 'critical',
      // Held back for ever longer, at last for five minutes: the restarts alone would come too seldom to go on telling.
      when: and(
        atLeast(restartsInAnHour(of), restarts),
        sum(highest(series(kube.podContainerStatusWaitingReason, { ...of, reason: 'CrashLoopBackOff' }), '10m'), [
          'pod',
        ]),
        { on: ['pod'] },
      ),
      for: '1m',
      summary: `A pod of ${namespace}/${service} crashes again and again`,
      description: `{{ $labels.pod }} was restarted {{ $value | printf "%.0f" }} times in the last hour and is held back before the next time. ${service} has one pod less to answer with, and none if all do so.`,
    })),
    ...unlessOff(thresholds.podNotReady, (lasting) => ({
      ...common,
      name: 'PodNotReady',
      seen: { on, panel: 'pod-states' },
      severity: 'warning',
      when: and(or(equal(max(notReady, ['pod']), 1), inTurns), podsIn('Running', of), { on: ['pod'] }),
      for: lasting,
      summary: `A pod of ${namespace}/${service} runs and is not ready, or now and then`,
      description: `The readiness probe of {{ $labels.pod }} fails all the while or again and again, or it has not passed its start-up probe: meanwhile it gets no requests.`,
    })),
    ...unlessOff(thresholds.podPending, (lasting) => ({
      ...common,
      name: 'PodPending',
      seen: { on, panel: 'pod-states' },
      severity: 'warning',
      when: podsIn('Pending', of),
      for: lasting,
      summary: `A pod of ${namespace}/${service} does not start`,
      description: `{{ $labels.pod }} waits: for room on a node, its image, a Secret or a volume. What was to carry more requests, or to take the place of another pod, is not there.`,
    })),
  ];
}

/** @see deploymentAlerts */
export interface DeploymentAlertsProps extends Omit<PodAlertsProps, 'on' | 'pods' | 'thresholds'> {
  readonly thresholds: Pick<ServiceThresholds, 'deploymentDegraded'>;
}

/** The alerts on a Deployment as a whole. They also see the pods that the cluster refuses to make, which are nowhere. */
export function deploymentAlerts({ namespace, service, owner, thresholds }: DeploymentAlertsProps): Alert[] {
  const of = { namespace, deployment: service };
  return unlessOff(thresholds.deploymentDegraded, (lasting) => ({
    name: 'DeploymentDegraded',
    seen: { panel: `pods-${service}` },
    severity: 'warning',
    concern: 'pods',
    service,
    ...(owner !== undefined && { owner }),
    when: above(minus(podsAskedFor(of), podsAvailable(of)), 0),
    for: lasting,
    summary: `${namespace}/${service} has fewer pods than it should`,
    description: `Its Deployment has lacked {{ $value }} pods for ${lasting}: it cannot carry what it was scaled for.`,
  }));
}
