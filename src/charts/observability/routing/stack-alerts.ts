import { podsOfDeployment } from '../measures/workloads.ts';
import { is, isOneOf, like, type Matcher } from './alert-route.ts';

/** A system, and the services in its namespace. */
export interface Watched {
  readonly name: string;
  readonly services: readonly string[];
}

/**
 * Alerts of kube-prometheus-stack that say of a service what an alert of ours says too: by what they name the service, and which of ours it is. Of all else in the namespaces of
 * systems, such as a store, and everywhere else they are all there is.
 * @see https://runbooks.prometheus-operator.dev
 */
export const stackAlerts: readonly {
  readonly label: string;
  /** What the value of the label matches, of a service. */
  readonly of: (service: string) => string;
  readonly ours: Readonly<Record<string, string>>;
}[] = [
  {
    label: 'pod',
    of: podsOfDeployment,
    ours: {
      KubePodCrashLooping: 'PodCrashLooping',
      KubePodNotReady: 'PodNotReady',
      KubeContainerWaiting: 'PodPending',
    },
  },
  {
    label: 'deployment',
    of: (service) => service,
    ours: { KubeDeploymentReplicasMismatch: 'DeploymentDegraded', KubeDeploymentRolloutStuck: 'DeploymentDegraded' },
  },
  {
    label: 'horizontalpodautoscaler',
    // KEDA's are called so, and ours like the service.
    of: (service) => `(keda-hpa-)?${service}`,
    ours: { KubeHpaMaxedOut: 'AutoscalerAtMaximum', KubeHpaReplicasMismatch: 'AutoscalerFailing' },
  },
  { label: 'service', of: (service) => service, ours: { TargetDown: 'ServiceDown' } },
];

/** What takes those of a system, each of these by itself. */
export function saidTwice({ name, services }: Watched): Matcher[][] {
  return stackAlerts.map(({ label, of, ours }) => [
    is('system', ''),
    is('namespace', name),
    isOneOf('alertname', Object.keys(ours)),
    like(label, services.map(of).join('|')),
  ]);
}
