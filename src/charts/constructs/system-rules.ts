import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { type Environment, type System, systemThresholdsOf } from '../../model/index.ts';
import { backupStore, gatewayName, inClusterStores, systemLabels } from '../identity.ts';
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

/** What makes Prometheus tell somebody when something is wrong with a system as a whole, or with what in it is no service. */
export function systemRules(scope: Construct, { system, environment, placements }: SystemRulesProps): ApiObject {
  const backedUp = placements.filter(isBackedUp);
  const isUsed = (kind: keyof typeof inClusterStores) => placements.some(({ service }) => service.uses[kind]);
  const { database, keyValue, objects } = environment.stores;
  const stores = [
    ...(isUsed('database') && database?.kind === 'postgres' ? [inClusterStores.database.name] : []),
    ...(isUsed('keyValue') && keyValue?.kind === 'redis' ? [inClusterStores.keyValue.name] : []),
    ...(isUsed('objects') && objects?.kind === 'versitygw' ? [inClusterStores.objects.name] : []),
    ...(backedUp.length > 0 && environment.backups?.to.kind === 'versitygw' ? [backupStore.name] : []),
  ];
  const ofOperator = isUsed('database') && database?.kind === 'cloudnative-pg';
  const alerts = systemAlerts({
    namespace: system.name,
    deployments: environment.gateways[system.name] ? [gatewayName] : [],
    stores,
    volumes: [
      ...stores.map((name) => `data-${name}-[0-9]+`),
      ...(ofOperator ? [`${inClusterStores.database.name}-[0-9]+(-wal)?`] : []),
    ],
    hasCertificates:
      system.entrances.length > 0 &&
      environment.exposure.some((each) => each.kind === 'ingress' && each.clusterIssuer !== undefined),
    thresholds: systemThresholdsOf(environment.alerts),
  });
  const metadata = { name: systemRulesName, namespace: system.name, labels: systemLabels(system, environment) };
  return alertRules(scope, { metadata, environment, alerts });
}
