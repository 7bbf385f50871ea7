import type { CloudNativePgStore } from '../cloud-native-pg.ts';
import { connectionsOfRole, type Placement } from '../placement.ts';

/** Connections by which one pooler looks passwords up. It opens one after the other, and each look takes some milliseconds. */
const lookUps = 5;

/**
 * Connections that are for no service: Postgres keeps three for its superuser, as which the operator comes; one reads the metrics, and each server may look at
 * the one that writes.
 */
export function ownConnections({ instances, pooler }: CloudNativePgStore): number {
  return 4 + instances + pooler.instances * lookUps;
}

/**
 * The connections that a cluster needs for the services of a system. Each role has a limit, so with these no service can take what another needs, however its
 * connections are spread over the poolers.
 */
export function clusterConnections(store: CloudNativePgStore, users: readonly Placement[]): number {
  return users.reduce((sum, user) => sum + connectionsOfRole(user), ownConnections(store));
}

/**
 * The connections to the server that one pooler opens for one service at most. The operator lets one number stand for all services, and all connections of a
 * service may come to one pooler, as when the others are away: so what the largest needs. Its role's limit is what holds a smaller one.
 */
export function poolSize(users: readonly Placement[]): number {
  return Math.max(...users.map(connectionsOfRole));
}

/** Connections to a pooler by which its metrics are read, and by which a person looks at it. */
const lookAts = 4;

/** The connections that one pooler admits: those of all services, as the other poolers may be away. What is past a pool's size waits. */
export function poolerClients(users: readonly Placement[]): number {
  return users.reduce((sum, user) => sum + connectionsOfRole(user), lookAts);
}
