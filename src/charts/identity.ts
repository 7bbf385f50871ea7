import type { Environment, Service, StoreKind, System } from '../model/index.ts';

type Labels = Readonly<Record<string, string>>;

/** A service where it runs. */
interface Placed {
  readonly service: Service;
  readonly system: System;
  readonly environment: Environment;
}

/** The label by which an object says of which environment it is. */
export const environmentLabel = 'trellis.dev/environment';

/**
 * What every object of a system is labelled with.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function systemLabels(system: System, environment: Environment): Labels {
  return {
    'app.kubernetes.io/part-of': system.name,
    'app.kubernetes.io/managed-by': 'trellis',
    [environmentLabel]: environment.name,
  };
}

/** What a store is called that runs in a system's namespace, and where it answers. */
export const inClusterStores = {
  database: { name: 'postgres', port: 5432 },
  keyValue: { name: 'redis', port: 6379 },
  objects: { name: 'objects', port: 7070 },
} as const satisfies Record<StoreKind, { name: string; port: number }>;

/** The store of backups, apart from that of the services: its pod and volume are others, and no service has its keys. */
export const backupStore = { name: 'backups', port: 7070 } as const;

/** The CronJob that backs up the database of a service, its pods, and what belongs to them. */
export function backupName(service: string): string {
  return `${service}-backup`;
}

/** The key of the Secrets of stores in the cluster that has a password by itself, beside the URL with it. */
export const passwordKey = 'password';

/** The helper that keeps a role and a database for each service that uses Postgres. */
export const databaseRoles = `${inClusterStores.database.name}-roles`;

/** What every object of a service is labelled with. */
export function serviceLabels({ service, system, environment }: Placed): Labels {
  return {
    ...selector(service.name),
    'app.kubernetes.io/instance': service.name,
    'app.kubernetes.io/component': 'service',
    'app.kubernetes.io/version': environment.images.tag,
    ...systemLabels(system, environment),
    'trellis.dev/owner': service.owner,
  };
}

/** What every object of the backups of a service's database is labelled with. No selector of the service finds its pods. */
export function backupLabels(placed: Placed): Labels {
  const name = backupName(placed.service.name);
  return {
    ...serviceLabels(placed),
    ...selector(name),
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/component': 'backup',
  };
}

/** What every object of a store that runs in the cluster is labelled with. @param version the tag of its image */
export function storeLabels(
  name: string,
  component: string,
  version: string,
  system: System,
  environment: Environment,
): Labels {
  return {
    ...selector(name),
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/version': version,
    ...systemLabels(system, environment),
  };
}

/** What the gateway of a system is called. */
export const gatewayName = 'gateway';

/** What says whom to tell of a system's alerts. */
export const alertRoutingName = 'alerting';

/** What every object of a system's gateway is labelled with. @param version the tag of its image */
export function gatewayLabels(version: string, system: System, environment: Environment): Labels {
  return storeLabels(gatewayName, 'gateway', version, system, environment);
}

/**
 * What selects a service's pods. A Deployment's selector can never be changed, so it is the one label that never does: no version, no owner, no
 * environment, and nothing that follows from where a construct stands in the code.
 */
export function selector(serviceName: string): Labels {
  return { 'app.kubernetes.io/name': serviceName };
}

/** Dashboards of a system that are of no service: no service is called so. */
export const systemDashboardNames = ['system', 'stores', 'scaling'] as const;

/** What the dashboard of a service is known by, or one of those of a system: its address in Grafana ends in it. */
export function dashboardUid(system: string, service = 'system'): string {
  return `${system}-${service}`;
}

/** The label by which Grafana's sidecar finds a dashboard. */
export const dashboardLabel = { name: 'grafana_dashboard', value: '1' } as const;

/** The annotation by which it knows the folder of a dashboard. */
export const dashboardFolder = 'grafana_folder';
