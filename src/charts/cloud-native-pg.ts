import type { Stores } from '../model/index.ts';
import { inClusterStores } from './identity.ts';

/** A cluster of Postgres as an environment declares it. */
export type CloudNativePgStore = Extract<NonNullable<Stores['database']>, { kind: 'cloudnative-pg' }>;

const { name: cluster, port } = inClusterStores.database;

/** What the objects are called that we make for CloudNativePG. */
export const cloudNativePgNames = {
  cluster,
  /** Its Deployment, Service and ServiceAccount have this name too. Never that of a cluster. */
  pooler: `${cluster}-pooler`,
  /** The ObjectStore and the ScheduledBackup. */
  backups: `${cluster}-backups`,
} as const;

/** What the operator makes for them in the same namespace. */
export const operatorsNames = {
  services: ['rw', 'ro', 'r'].map((role) => `${cluster}-${role}`),
  /** They hold keys of the cluster: no service may read one, save the certificate of its authority. */
  secrets: [...['ca', 'server', 'replication', 'app'].map((role) => `${cluster}-${role}`), cloudNativePgNames.pooler],
} as const;

/**
 * How the operator labels the pods that it makes. Its jobs, which make and join servers, are of the cluster and have no `podRole`; poolers are of the cluster too.
 * @see https://cloudnative-pg.io/documentation/current/labels_annotations/
 */
export const operatorsLabels = {
  cluster: { 'cnpg.io/cluster': cluster },
  instance: { 'cnpg.io/cluster': cluster, 'cnpg.io/podRole': 'instance' },
  pooler: { 'cnpg.io/cluster': cluster, 'cnpg.io/podRole': 'pooler', 'cnpg.io/poolerName': cloudNativePgNames.pooler },
} as const;

/** The servers of the cluster and the jobs that make them. */
export const clusterPods = {
  matchLabels: operatorsLabels.cluster,
  matchExpressions: [{ key: 'cnpg.io/poolerName', operator: 'DoesNotExist' }],
};

/** The poolers. */
export const poolerPods = { matchLabels: { 'cnpg.io/poolerName': cloudNativePgNames.pooler } };

/** Where the pods answer, and what the operator calls the port of their metrics. */
export const operatorsPorts = {
  postgres: port,
  /** Of the operator's own, by which it looks at a server and the servers at one another. */
  status: 8000,
  instanceMetrics: 9187,
  poolerMetrics: 9127,
  metricsName: 'metrics',
} as const;

/** Where services reach their databases: at the poolers or, where there are none, at the server that writes. */
export function databaseAddress({ pooler }: CloudNativePgStore) {
  return pooler.instances > 0
    ? { host: cloudNativePgNames.pooler, port, labels: poolerPods.matchLabels }
    : { host: `${cluster}-rw`, port, labels: operatorsLabels.instance };
}

/** The authority that signs the certificates of the servers and poolers, and where a service finds its own certificate. It is made anew before it ends, in the same Secret. */
export const databaseAuthority = { secret: `${cluster}-ca`, key: 'ca.crt', folder: '/etc/trellis/database' } as const;
