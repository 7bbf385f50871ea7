import { type SystemThresholds, toSeconds } from '../../../model/index.ts';
import { kubeStateMetrics as kube, kubelet } from '../catalogue/index.ts';
import { certificatesLeft } from '../measures/certificates.ts';
import { volumesFree } from '../measures/volumes.ts';
import { podsOfDeployment } from '../measures/workloads.ts';
import { absent, and, below, constant, max, or, predicted, series } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import { missing } from './missing.ts';
import { podAlerts } from './pod-alerts.ts';
import { unlessOff } from './unless-off.ts';

/** @see systemAlerts */
export interface SystemAlertsProps {
  readonly namespace: string;
  /** Deployments that are no service, by name: its gateway. */
  readonly deployments: readonly string[];
  /** StatefulSets, by name: the stores that run in its namespace. */
  readonly stores: readonly string[];
  /** The names of the claims of its volumes, each as a regular expression. */
  readonly volumes: readonly string[];
  /** Whether cert-manager makes certificates for its hosts. */
  readonly hasCertificates: boolean;
  readonly thresholds: SystemThresholds;
}

/** The alerts on a system as a whole, and on what in it is no service. */
export function systemAlerts(props: SystemAlertsProps): Alert[] {
  const { namespace, deployments, stores, thresholds } = props;
  const pods = [
    ...deployments.map((service) => ({ service, on: 'system' as const, pods: podsOfDeployment(service) })),
    ...stores.map((service) => ({ service, on: 'stores' as const, pods: `${service}-[0-9]+` })),
  ];
  return [
    ...monitoringAlerts(props),
    ...pods.flatMap((each) => podAlerts({ ...each, namespace, thresholds })),
    ...stores.flatMap((service) =>
      unlessOff(
        thresholds.storeDown,
        (lasting): Alert => ({
          name: 'StoreDown',
          seen: { on: 'stores', panel: 'store-pods' },
          severity: 'critical',
          concern: 'stores',
          service,
          when: or(
            below(
              max(series(kube.statefulsetStatusReplicasReady, { namespace, statefulset: service })),
              max(series(kube.statefulsetReplicas, { namespace, statefulset: service })),
              { on: [] },
            ),
            missing(namespace, kube.statefulsetReplicas, { namespace, statefulset: service }),
          ),
          for: lasting,
          summary: `The store ${service} of ${namespace} is away`,
          description: `Its pod is not ready, or its StatefulSet is not there. What services keep there they cannot read or write: they answer 503 to what needs it.`,
        }),
      ),
    ),
    ...certificateAlerts(props),
    ...volumeAlerts(props),
  ];
}

function monitoringAlerts({ namespace, thresholds }: SystemAlertsProps): Alert[] {
  const common = { concern: 'monitoring' } as const;
  return [
    ...unlessOff(
      thresholds.watchdog,
      (): Alert => ({
        ...common,
        name: 'Watchdog',
        seen: { on: 'system', panel: 'alerts-now' },
        severity: 'none',
        when: constant(1),
        for: '1m',
        summary: `The alerts of ${namespace} are evaluated`,
        description: `It always fires. Where it no longer arrives, no other alert does either.`,
      }),
    ),
    ...unlessOff(
      thresholds.kubeStateMetricsMissing,
      (lasting): Alert => ({
        ...common,
        name: 'KubeStateMetricsMissing',
        seen: { on: 'system', panel: 'pods-now' },
        severity: 'warning',
        when: absent(series(kube.namespaceStatusPhase, { namespace })),
        for: lasting,
        summary: `Nobody knows how the pods of ${namespace} are`,
        description: `kube-state-metrics is not scraped, or not with its own labels. No alert on pods, Jobs and backups of ${namespace} can fire.`,
      }),
    ),
  ];
}

function certificateAlerts({ namespace, hasCertificates, thresholds }: SystemAlertsProps): Alert[] {
  if (!hasCertificates) return [];
  const alert = (name: string, severity: Alert['severity'], ending: Parameters<typeof toSeconds>[0]): Alert => ({
    name,
    severity,
    concern: 'certificates',
    seen: { on: 'system', panel: 'certificates', below: toSeconds(ending) },
    when: below(certificatesLeft(namespace), toSeconds(ending)),
    for: '1h',
    summary: `A certificate of ${namespace} ends in {{ $value | humanizeDuration }}`,
    description: `{{ $labels.name }} should have been renewed long before: cert-manager fails at it. Once it ends no browser opens the host.`,
  });
  return [
    ...unlessOff(thresholds.certificateExpiring, (ending) => alert('CertificateExpiring', 'warning', ending)),
    ...unlessOff(thresholds.certificateAlmostExpired, (ending) =>
      alert('CertificateAlmostExpired', 'critical', ending),
    ),
  ];
}

function volumeAlerts({ namespace, volumes, thresholds }: SystemAlertsProps): Alert[] {
  if (volumes.length === 0) return [];
  const of = { namespace, persistentvolumeclaim: { like: volumes.join('|') } };
  const free = series(kubelet.volumeStatsAvailableBytes, of);
  const by = ['persistentvolumeclaim'] as const;
  const share = volumesFree(of);
  const soonFull = below(max(predicted(free, '6h', '4d'), by), 0);
  return [
    ...unlessOff(
      thresholds.volumeFilling,
      (percent): Alert => ({
        name: 'VolumeFilling',
        seen: { on: 'stores', panel: 'volumes', below: percent },
        severity: 'warning',
        concern: 'volumes',
        // Twice as much is little too, if it will not last four days.
        when: or(below(share, percent), and(below(share, 2 * percent), soonFull, { on: by })),
        for: '1h',
        summary: `A volume of ${namespace} fills up`,
        description: `{{ $labels.persistentvolumeclaim }} has {{ $value | printf "%.0f" }} % of its room left.`,
      }),
    ),
    ...unlessOff(
      thresholds.volumeAlmostFull,
      (percent): Alert => ({
        name: 'VolumeAlmostFull',
        seen: { on: 'stores', panel: 'volumes', below: percent },
        severity: 'critical',
        concern: 'volumes',
        when: below(share, percent),
        for: '5m',
        summary: `A volume of ${namespace} is nearly full`,
        description: `{{ $labels.persistentvolumeclaim }} has {{ $value | printf "%.1f" }} % of its room left. A store without room takes nothing more, and a database stops.`,
      }),
    ),
  ];
}
