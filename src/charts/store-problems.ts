import {
  type Environment,
  type Problem,
  quantityValue,
  type StoreKind,
  type Stores,
  type System,
  storeSecret,
} from '../model/index.ts';
import { connectionMemory, connectionsInMemory, mebibytesFor } from './constructs/database-memory.ts';
import { databaseRoles, inClusterStores } from './identity.ts';
import { connectionsAtMost, type Placement } from './placement.ts';

/** What an environment can write in each of its stores. */
const fixes: Record<StoreKind, string> = {
  database: 'add runPostgres() or outsideStore(...)',
  keyValue: 'add runRedis() or outsideStore(...)',
  objects: 'add runObjectStore() or outsideBuckets(...)',
};

/**
 * Names that services may not have beside a store, as it has them itself: of objects, which every service would share, and of roles, databases and users,
 * which only its users would.
 */
const takenNames: Record<StoreKind, { readonly objects: readonly string[]; readonly users: readonly string[] }> = {
  database: {
    objects: [inClusterStores.database.name, databaseRoles],
    users: ['template0', 'template1', 'public', 'none'],
  },
  keyValue: { objects: [inClusterStores.keyValue.name], users: ['default'] },
  objects: { objects: [inClusterStores.objects.name], users: [] },
};

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
        ...nameProblems(kind, system, path),
        ...(store.kind === 'versitygw' ? objectProblems(path, inSystem) : []),
      ];
    });
    return [...ofSystems, ...(store.kind === 'postgres' ? databaseProblems(path, store, users) : [])];
  });
  return [...ofStores, ...systems.flatMap((system) => secretProblems(environment, system))];
}

function nameOf({ system, service }: Placement): string {
  return `${system.name}.${service.name}`;
}

function nameProblems(kind: StoreKind, system: System, path: string): Problem[] {
  const { objects, users } = takenNames[kind];
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
  if (stores.database?.kind === 'postgres' && system.services.some(({ uses }) => uses.database))
    owners.set(inClusterStores.database.name, `${environment}.stores.database`);
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

type Postgres = Extract<Stores['database'], { kind: 'postgres' }>;

/** Each system has a database of its own, all of them as the environment declares it: the system that needs most decides. */
function databaseProblems(path: string, store: Postgres, users: readonly Placement[]): Problem[] {
  const needed = [...new Set(users.map(({ system }) => system))].map((system) =>
    connectionsNeeded(users.filter((user) => user.system === system)),
  );
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
      allowed: `at least ${connections}: those of all pods at their most (${list}), and ${reservedConnections} of its own`,
      fix: `${raise}, or lower connections or the pods of a service`,
    }));
}

/** The connections that the services of a system and the database itself have at most, and who has them. */
function connectionsNeeded(users: readonly Placement[]): { readonly connections: number; readonly list: string } {
  return {
    connections: users.reduce((sum, user) => sum + connectionsAtMost(user), reservedConnections),
    list: users.map((user) => `${nameOf(user)} ${connectionsAtMost(user)}`).join(', '),
  };
}

/**
 * Past its memory the server is killed, with everybody's connections, and that in the busiest moment.
 *
 * @param least the connections without which the services would be refused
 */
function memoryProblems(path: string, { connections, resources: { memory } }: Postgres, least: number): Problem[] {
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
      const { host, pathname, port, protocol } = new URL(url);
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
      const urlPort = Number(port) || (protocol === 'https:' ? 443 : 80);
      // In front of pods is a Service, whose port may be another.
      const closed =
        'networks' in store.at && store.at.port !== urlPort
          ? [
              {
                path: at,
                got: url,
                allowed: `a URL at port ${store.at.port}, which ${path}.at opens`,
                fix: 'correct one of the two',
              },
            ]
          : [];
      return [...shared, ...closed];
    }),
  ];
}
