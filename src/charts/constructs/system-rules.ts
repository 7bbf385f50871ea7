import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { type Environment, type System, systemThresholdsOf } from '../../model/index.ts';
import { backupStore, gatewayName, inClusterStores, systemLabels } from '../identity.ts';
import type { Alert } from '../observability/alerts/alert.ts';
import { systemAlerts } from '../observability/alerts/system-alerts.ts';
import { isBackedUp, type Placement } from '../placement.ts';
import { alertRules } from './alert-rules.ts';

export interface SystemRulesProps {
  readonly system: System;
  readonly environment: Environment;
  /** Those of the system. */
  readonly placements: readonly Placement[];
}

/** What the object is called that tells of a system as a whole. */
export const systemRulesName = 'system';

/** What of a system is no service, as its alerts and dashboards name it. */
export function partsOfSystem({ system, environment, placements }: SystemRulesProps) {
  const backedUp = placements.filter(isBackedUp);
  const isUsed = (kind: keyof typeof inClusterStores) => placements.some(({ service }) => service.uses[kind]);
  const { database, keyValue, objects } = environment.stores;
  const stores = [
    ...(isUsed('database') && database?.kind === 'postgres' ? [inClusterStores.database.name] : []),
    ...(isUsed('keyValue') && keyValue?.kind === 'redis' ? [inClusterStores.keyValue.name] : []),
    ...(isUsed('objects') && objects?.kind === 'versitygw' ? [inClusterStores.objects.name] : []),
    ...(backedUp.length > 0 && environment.backups?.to.kind === 'versitygw' ? [backupStore.name] : []),
  ];
  const cluster = isUsed('database') && database?.kind === 'cloudnative-pg' ? database : undefined;
  return {
    deployments: environment.gateways[system.name] ? [gatewayName] : [],
    /** StatefulSets. */
    stores,
    /** The cluster of CloudNativePG, where it is that. */
    cluster,
    volumes: [
      ...stores.map((name) => `data-${name}-[0-9]+`),
      ...(cluster ? [`${inClusterStores.database.name}-[0-9]+(-wal)?`] : []),
    ],
    backedUp,
    hasCertificates:
      system.entrances.length > 0 &&
      environment.exposure.some((each) => each.kind === 'ingress' && each.clusterIssuer !== undefined),
  };
}

/** What somebody is told of a system as a whole, and of what in it is no service; apart from its gateway, its backups and the servers of its databases. */
export function alertsOfSystem(props: SystemRulesProps): Alert[] {
  const thresholds = systemThresholdsOf(props.environment.alerts);
  return systemAlerts({ ...partsOfSystem(props), namespace: props.system.name, thresholds });
}

/** What makes Prometheus tell somebody when something is wrong with a system as a whole, or with what in it is no service. */
export function systemRules(scope: Construct, props: SystemRulesProps): ApiObject {
  const { system, environment } = props;
  const metadata = { name: systemRulesName, namespace: system.name, labels: systemLabels(system, environment) };
  return alertRules(scope, { metadata, environment, alerts: alertsOfSystem(props) });
}
