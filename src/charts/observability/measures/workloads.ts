import { kubeStateMetrics as kube } from '../catalogue/index.ts';
import { and, equal, increase, type Matchers, max, series, sum } from '../promql/index.ts';

/** A Deployment by its name: that of a service is called like it. */
export interface DeploymentOf {
  readonly namespace: string;
  readonly deployment: string;
}

/** Pods by their names. */
export type PodsNamed = Matchers<typeof kube.podInfo>;

const byPod = ['pod'] as const;

/** The names of the pods of a Deployment, and of no other whose name begins with the same. */
export function podsOfDeployment(name: string): string {
  return `${name}-[a-z0-9]+-[a-z0-9]{5}`;
}

/** The pods that a Deployment is to have, as it was told last. */
export function podsAskedFor(of: DeploymentOf) {
  return max(series(kube.deploymentSpecReplicas, of));
}

/** Those that are there and have been Ready for long enough. */
export function podsAvailable(of: DeploymentOf) {
  return max(series(kube.deploymentStatusReplicasAvailable, of));
}

/** 1 for each pod that is in a phase. */
export function podsIn(phase: 'Running' | 'Pending', of: PodsNamed) {
  return equal(max(series(kube.podStatusPhase, { ...of, phase }), byPod), 1);
}

/** 1 for each pod that runs and is not Ready. */
export function unreadyPods(of: PodsNamed) {
  const unready = equal(max(series(kube.podStatusReady, { ...of, condition: 'false' }), byPod), 1);
  return and(unready, podsIn('Running', of), { on: byPod });
}

/** How often each pod was restarted in the last hour. */
export function restartsInAnHour(of: PodsNamed) {
  return sum(increase(series(kube.podContainerStatusRestartsTotal, of), '1h'), byPod);
}
