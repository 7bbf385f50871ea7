import {
  type Environment,
  type Problem,
  quantityValue,
  type StoreKind,
  type Stores,
  type System,
  storeSecret,
} from '../model/index.ts';
import { closedPort } from './closed-port.ts';
import { type CloudNativePgStore, cloudNativePgNames, operatorsNames } from './cloud-native-pg.ts';
import { clusterConnections, ownConnections } from './constructs/database-connections.ts';
import { connectionMemory, connectionsInMemory, mebibytesFor } from './constructs/database-memory.ts';
import { databaseRoles, inClusterStores } from './identity.ts';
import { connectionsAtMost, connectionsOfRole, type Placement } from './placement.ts';

/** What an environment can write in each of its stores. */
const fixes: Record<StoreKind, string> = {
  database: 'add runPostgres(), cloudNativePg(...) or outsideStore(...)',
  keyValue: 'add runRedis() or outsideStore(...)',
  objects: 'add runObjectStore() or outsideBuckets(...)',
};

/** Names of databases and roles that every Postgres has, or takes for something else. */
const ofPostgres = ['template0', 'template1', 'public', 'none'];

/**
 * Names that services may not have beside a store, as it has them itself: of objects and pods, which every service would share, and of roles, databases and
 * users, which only its users would.
 */
const takenNames: Record<InClusterKind, { readonly objects: readonly string[]; readonly users: readonly string[] }> = {
  postgres: { objects: [inClusterStores.database.name, databaseRoles], users: ofPostgres },
  'cloudnative-pg': {
    // Its pods are labelled as those of a service called `postgresql` would be.
    objects: [cloudNativePgNames.cluster, cloudNativePgNames.pooler, ...operatorsNames.services, 'postgresql'],
    users: [...ofPostgres, 'app'],
  },
  redis: { objects: [inClusterStores.keyValue.name], users: ['default'] },
  versitygw: { objects: [inClusterStores.objects.name], users: [] },
};

type InClusterKind = Exclude<NonNullable<Stores[StoreKind]>['kind'], 'outside'>;

const kinds = Object.keys(inClusterStores) as StoreKind[];

/** Connections that are for nobody's pool: Postgres keeps three for its superuser, and one is for the helper that looks after the roles. */
const reservedConnections = 4;

/** Where services and the stores of an environment do not go together. */
export function storeProblems(environment: Environment, placements: readonly Placement[]): Problem[] {
  const systems = [...new Set(placements.map(({ system }) => system))];
  const ofStores = kinds.flatMap((kind): Problem[] => {
    const path = `${environment.name}.stores.${kind}`;
    const users = placements.filter(({ service }) => service.uses[kind]);
    const store = environment.stores[kind];
    if (users.length === 0) return [];
    if (!store) {
      const allowed = `a store, which ${users.map(nameOf).join(', ')} ${users.length > 1 ? 'use' : 'uses'}`;
      return [{ path, got: undefined, allowed, fix: fixes[kind] }];
    }
    if (store.kind === 'outside') return 'buckets' in store ? bucketProblems(path, store, users) : [];
    const ofSystems = systems.flatMap((system) => {
      const inSystem = users.filter((user) => user.system === system);
      if (inSystem.length === 0) return [];
      return [
        ...nameProblems(kind, store.kind, system, path),
        ...(store.kind === 'versitygw' ? objectProblems(path, inSystem) : []),
      ];
    });
    if (store.kind === 'cloudnative-pg') return [...ofSystems, ...clusterProblems(path, store, users)];
    return [...ofSystems, ...(store.kind === 'postgres' ? databaseProblems(path, store, users) : [])];
  });
  return [...ofStores, ...systems.flatMap((system) => secretProblems(environment, system))];
}

function nameOf({ system, service }: Placement): string {
  return `${system.name}.${service.name}`;
}

function nameProblems(kind: StoreKind, inCluster: InClusterKind, system: System, path: string): Problem[] {
  const { objects, users } = takenNames[inCluster];
  return system.services.flatMap(({ name, uses }, index) => {
    const taken: string[] = [...objects, ...(uses[kind] ? users : [])];
    if (!taken.includes(name)) return [];
    return [
      {
        path: `${system.name}.services[${index}]`,
        got: name,
        allowed: `a name that the store of ${path} does not have itself: not ${[...objects, ...users].join(', ')}`,
        fix: 'rename the service',
      },
    ];
  });
}

/** With the Secret of another's store, or with the superuser's, a service would be in data that are not its own. */
function secretProblems({ name: environment, stores }: Environment, system: System): Problem[] {
  const owners = new Map<string, string>();
  for (const { name, uses } of system.services)
    for (const kind of kinds) if (uses[kind]) owners.set(storeSecret(name, kind), `${system.name}.${name}`);
  if (system.services.some(({ uses }) => uses.database))
    for (const name of secretsOf(stores.database)) owners.set(name, `${environment}.stores.database`);
  return system.services.flatMap((service) =>
    Object.entries(service.env).flatMap(([variable, declared]) => {
      const owner = declared.type === 'secret' ? owners.get(declared.secret) : undefined;
      if (declared.type !== 'secret' || owner === undefined) return [];
      return [
        {
          path: `${service.name}.env.${variable}.secret`,
          got: declared.secret,
          allowed: `a Secret of no store; this one is of that of ${owner}`,
          fix: 'name another; a service reaches its own store by uses, and what another keeps by calls',
        },
      ];
    }),
  );
}

/** The Secrets by which one is in all the databases of a system, or in their copies. */
function secretsOf(store: Stores['database']): readonly string[] {
  if (store?.kind === 'postgres') return [inClusterStores.database.name];
  if (store?.kind !== 'cloudnative-pg') return [];
  return [...operatorsNames.secrets, ...(store.backups === 'none' ? [] : [store.backups.secret])];
}

type Postgres = Extract<Stores['database'], { kind: 'postgres' }>;

/** What each connection of a database is for. */
interface ConnectionBudget {
  /** How many a system needs. */
  readonly needed: (users: readonly Placement[]) => number;
  /** How many of them are of one service. */
  readonly of: (user: Placement) => number;
  /** How many are for the database itself. */
  readonly own: number;
  /** Whose those of a service are, in words. */
  readonly whose: string;
}

function databaseProblems(path: string, store: Postgres, users: readonly Placement[]): Problem[] {
  return connectionProblems(path, store, users, {
    needed: (ofSystem) => ofSystem.reduce((sum, user) => sum + connectionsAtMost(user), reservedConnections),
    of: connectionsAtMost,
    own: reservedConnections,
    whose: 'those of all pods at their most',
  });
}

function clusterProblems(path: string, store: CloudNativePgStore, users: readonly Placement[]): Problem[] {
  return [
    ...connectionProblems(path, store, users, {
      needed: (ofSystem) => clusterConnections(store, ofSystem),
      of: connectionsOfRole,
      own: ownConnections(store),
      whose: 'twice those of all pods at their most, and one for each service',
    }),
    ...clusterBackupProblems(path, store, users),
    ...recoveryProblems(path, store, users),
  ];
}

/** Each system has a database of its own, all of them as the environment declares it: the system that needs most decides. */
function connectionProblems(
  path: string,
  store: Postgres | CloudNativePgStore,
  users: readonly Placement[],
  budget: ConnectionBudget,
): Problem[] {
  const needed = [...new Set(users.map(({ system }) => system))].map((system) => {
    const ofSystem = users.filter((user) => user.system === system);
    return {
      connections: budget.needed(ofSystem),
      list: ofSystem.map((user) => `${nameOf(user)} ${budget.of(user)}`).join(', '),
    };
  });
  const least = Math.max(...needed.map(({ connections }) => connections));
  if (store.connections >= least) return memoryProblems(path, store, least);
  const isRoom = connectionsInMemory(quantityValue(store.resources.memory)) >= least;
  // Both in one go: of the connections alone the next run would say that the memory has no room for them.
  const raise = isRoom
    ? 'raise it'
    : `write connections: ${least} and resources: { memory: '${mebibytesFor(least)}Mi' }`;
  return needed
    .filter(({ connections }) => connections > store.connections)
    .map(({ connections, list }) => ({
      path: `${path}.connections`,
      got: store.connections,
      allowed: `at least ${connections}: ${budget.whose} (${list}), and ${budget.own} of its own`,
      fix: `${raise}, or lower connections or the pods of a service`,
    }));
}

/**
 * Past its memory the server is killed, with everybody's connections, and that in the busiest moment.
 *
 * @param least the connections without which the services would be refused
 */
function memoryProblems(
  path: string,
  { connections, resources: { memory } }: Postgres | CloudNativePgStore,
  least: number,
): Problem[] {
  const room = connectionsInMemory(quantityValue(memory));
  if (room >= connections) return [];
  const each = `${connectionMemory / 2 ** 20}Mi`;
  return [
    {
      path: `${path}.resources.memory`,
      got: memory,
      allowed: `at least ${mebibytesFor(connections)}Mi: a quarter is the server's cache, and of the rest each of ${connections} connections may need ${each}`,
      fix: room >= least ? `raise it, or lower ${path}.connections to ${room}` : 'raise it',
    },
  ];
}

function clusterBackupProblems(path: string, { backups }: CloudNativePgStore, users: readonly Placement[]): Problem[] {
  if (backups === 'none') return [];
  const taken = [...operatorsNames.secrets, ...users.map(({ service }) => storeSecret(service.name, 'database'))];
  return [
    ...closedPort(`${path}.backups.to`, backups.to, backups.at, `${path}.backups`),
    ...(taken.includes(backups.secret)
      ? [
          {
            path: `${path}.backups.secret`,
            got: backups.secret,
            allowed: `a Secret of its own: not ${taken.join(', ')}`,
            fix: 'name another',
          },
        ]
      : []),
  ];
}

function recoveryProblems(path: string, store: CloudNativePgStore, users: readonly Placement[]): Problem[] {
  const systems = [...new Set(users.map(({ system }) => system.name))];
  return Object.keys(store.recovery).flatMap((name): Problem[] => {
    const at = `${path}.recovery.${name}`;
    if (!systems.includes(name)) {
      const allowed = `a system with a database: ${systems.join(' | ')}`;
      return [{ path: at, got: name, allowed, fix: 'correct the name, or delete it' }];
    }
    if (store.backups !== 'none') return [];
    return [
      {
        path: at,
        got: name,
        allowed: `no recovery, as ${path}.backups is 'none'`,
        fix: 'name the bucket that has its archive in backups',
      },
    ];
  });
}

/** The gateway has one account, and whoever has it reads every bucket. */
function objectProblems(path: string, users: readonly Placement[]): Problem[] {
  const more: Problem[] =
    users.length > 1
      ? [
          {
            path,
            got: users.map(nameOf).join(', '),
            allowed:
              'one service of a system, as a store in the cluster has one account, with which each could read what the others keep',
            fix: 'let one service keep the objects of the others too, or use outsideBuckets(...)',
          },
        ]
      : [];
  const short = users.filter(({ service }) => service.name.length < 3);
  return [
    ...more,
    ...short.map((user) => ({
      path: `${user.system.name}.services[${user.system.services.indexOf(user.service)}]`,
      got: user.service.name,
      allowed: 'a name of 3 to 63 characters, as its bucket has it too',
      fix: 'rename the service',
    })),
  ];
}

function bucketProblems(
  path: string,
  store: Extract<Stores['objects'], { kind: 'outside' }>,
  users: readonly Placement[],
): Problem[] {
  const names = users.map(nameOf);
  const taken = new Map<string, string>();
  return [
    ...Object.entries(store.buckets)
      .flatMap(([system, buckets]) => Object.keys(buckets).map((service) => `${system}.${service}`))
      .filter((name) => !names.includes(name))
      .map((name) => ({
        path: `${path}.buckets.${name}`,
        got: name,
        allowed: `a service that keeps objects: ${names.join(' | ')}`,
        fix: 'correct the name, or delete it',
      })),
    ...users.flatMap((user): Problem[] => {
      const { system, service } = user;
      const at = `${path}.buckets.${nameOf(user)}`;
      const url = store.buckets[system.name]?.[service.name];
      if (url === undefined) {
        const fix = `add its URL, such as 'https://s3.example.com/${system.name}-${service.name}?region=eu-central-1'`;
        return [{ path: at, got: undefined, allowed: `a bucket, as ${nameOf(user)} keeps objects`, fix }];
      }
      const { host, pathname } = new URL(url);
      const owner = taken.get(host + pathname);
      taken.set(host + pathname, nameOf(user));
      const shared =
        owner === undefined
          ? []
          : [
              {
                path: at,
                got: url,
                allowed: `a bucket for ${nameOf(user)} that ${owner} does not have`,
                fix: 'name another',
              },
            ];
      return [...shared, ...closedPort(at, url, store.at, path)];
    }),
  ];
}
