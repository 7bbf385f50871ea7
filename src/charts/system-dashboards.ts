import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Environment, System } from '../model/index.ts';
import { alertsOfBackup } from './constructs/backup.ts';
import { alertsOfCluster } from './constructs/cloud-native-pg.ts';
import { alertsOfGateway } from './constructs/gateway.ts';
import { alertsOfService } from './constructs/service-rules.ts';
import { alertsOfSystem, partsOfSystem } from './constructs/system-rules.ts';
import { backupName, dashboardUid, inClusterStores } from './identity.ts';
import { runbookUrl } from './observability/alerts/rule-of.ts';
import { scalingDashboard } from './observability/dashboards/scaling-dashboard.ts';
import { serviceDashboard } from './observability/dashboards/service-dashboard.ts';
import { storesDashboard } from './observability/dashboards/stores-dashboard.ts';
import { systemDashboard } from './observability/dashboards/system-dashboard.ts';
import { storeKindsOf } from './observability/measures/stores.ts';
import type { Placement } from './placement.ts';

/** All dashboards of a system: of itself, of its stores, of its autoscalers, and of each of its services. @param placements those of the system */
export function systemDashboards(
  system: System,
  environment: Environment,
  placements: readonly Placement[],
): Dashboard[] {
  const namespace = system.name;
  const runbook = (alert: string) => runbookUrl(alert, environment);
  const { deployments, stores, cluster, volumes, backedUp, hasCertificates } = partsOfSystem({
    system,
    environment,
    placements,
  });
  const { backups } = environment;
  const ofServices = placements.map((placement) => ({ placement, alerts: alertsOfService(placement) }));
  const others = [
    ...alertsOfSystem({ system, environment, placements }),
    ...(deployments.length > 0 ? alertsOfGateway(system, environment) : []),
    ...(backups ? backedUp.flatMap((placement) => alertsOfBackup(placement, backups)) : []),
    ...(cluster ? alertsOfCluster({ system, environment, store: cluster }) : []),
  ];
  const kinds = [...new Set(placements.flatMap(({ service }) => storeKindsOf(service.uses)))];
  const storeNames = [...stores, ...(cluster ? [inClusterStores.database.name] : [])];
  const isCalled = (name: string) =>
    placements.some(({ service }) => service.calls.some(({ contract }) => contract.name === name));
  return [
    systemDashboard({
      namespace,
      services: placements,
      hasCertificates,
      parts: Object.fromEntries([
        ...deployments.map((name) => [name, dashboardUid(namespace)]),
        ...storeNames.map((name) => [name, dashboardUid(namespace, 'stores')]),
      ]),
      alerts: others.filter(({ seen }) => seen.on === 'system'),
      runbook,
    }),
    ...(kinds.length > 0
      ? [
          storesDashboard({
            namespace,
            kinds,
            stores,
            volumes,
            backups: backups ? backedUp.map(({ service }) => backupName(service.name)) : [],
            ...(cluster && {
              cluster: { name: inClusterStores.database.name, hasCopies: cluster.backups !== 'none' },
            }),
            alerts: others.filter(({ seen }) => seen.on === 'stores'),
            runbook,
          }),
        ]
      : []),
    ...(placements.some(({ scaling }) => scaling.kind !== 'fixed')
      ? [
          scalingDashboard({
            namespace,
            services: placements,
            alerts: ofServices.flatMap(({ alerts }) => alerts),
            runbook,
          }),
        ]
      : []),
    ...ofServices.map(({ placement: { service, scaling, wokenBy }, alerts }) =>
      serviceDashboard({
        namespace,
        service,
        scaling,
        isCalled: isCalled(service.name),
        mayBeIdle: wokenBy.length > 0,
        alerts,
        runbook,
      }),
    ),
  ];
}
