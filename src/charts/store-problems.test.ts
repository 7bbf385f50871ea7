import { describe, expect, test } from 'vitest';
import { contractNamed, environmentWith } from '../../test/declarations.ts';
import { problemsOf } from '../../test/problems-of.ts';
import {
  cloudNativePg,
  cpu,
  defineService,
  defineSystem,
  fixed,
  objectStore,
  outsideBuckets,
  outsideStore,
  postgres,
  redis,
  runObjectStore,
  runPostgres,
  runRedis,
  type Service,
  secret,
} from '../model/index.ts';
import insta from '../systems/insta.ts';
import { renderPlatform } from './platform.ts';

function using(
  name: string,
  uses: Service['uses'] | object,
  scaling: Parameters<typeof defineService>[0]['scaling'] = fixed(1),
  env: Parameters<typeof defineService>[0]['env'] = {},
): Service {
  return defineService({
    contract: contractNamed(name),
    owner: 'team',
    description: 'Keeps.',
    scaling,
    uses,
    env,
  }) as Service;
}

const shopOf = (...services: [Service, ...Service[]]) => defineSystem({ name: 'shop', services });
const database = { database: postgres() };
const keyValue = { keyValue: redis() };
const objects = { objects: objectStore() };
const anywhere = { networks: ['10.1.0.0/16'], port: 443 };
const bucketsAt = (shop: Record<string, string>) => ({ objects: outsideBuckets({ at: anywhere, buckets: { shop } }) });
const reading = (name: string, secretName: string, key = 'url') =>
  using(name, {}, fixed(1), { KEY: secret({ secret: secretName, key, optional: true }) });
const notReadable = (path: string, name: string, owner: string) =>
  `${path}.secret: got "${name}"; allowed: a Secret of no store; this one is of that of ${owner}; fix: name another; a service reaches its own store by uses, and what another keeps by calls`;

const at = { networks: ['10.20.0.0/16'], port: 443 };
const api = { networks: ['10.10.0.0/28'], port: 6443 };
const clusterWith = (props: Partial<Parameters<typeof cloudNativePg>[0]> = {}) => ({
  database: cloudNativePg({ backups: { to: 'https://s3.example/copies', at }, api, ...props }),
});
const ofCluster =
  'postgres, postgres-pooler, postgres-rw, postgres-ro, postgres-r, postgresql, template0, template1, public, none, app';

type Stores = NonNullable<Parameters<typeof environmentWith>[0]>['stores'];

describe('is refused', () => {
  test.each<[what: string, stores: Stores, services: [Service, ...Service[]], problems: string[]]>([
    [
      'a store that the environment does not have',
      {},
      [using('users', { ...database, ...keyValue }), using('posts', database), using('media', objects)],
      [
        'test.stores.database: got nothing; allowed: a store, which shop.users, shop.posts use; fix: add runPostgres(), cloudNativePg(...) or outsideStore(...)',
        'test.stores.keyValue: got nothing; allowed: a store, which shop.users uses; fix: add runRedis() or outsideStore(...)',
        'test.stores.objects: got nothing; allowed: a store, which shop.media uses; fix: add runObjectStore() or outsideBuckets(...)',
      ],
    ],
    [
      'a bucket that is missing, and one of nobody',
      bucketsAt({ medai: 'https://s3.example/media' }),
      [using('media', objects)],
      [
        'test.stores.objects.buckets.shop.medai: got "shop.medai"; allowed: a service that keeps objects: shop.media; fix: correct the name, or delete it',
        "test.stores.objects.buckets.shop.media: got nothing; allowed: a bucket, as shop.media keeps objects; fix: add its URL, such as 'https://s3.example.com/shop-media?region=eu-central-1'",
      ],
    ],
    [
      'a bucket of two services',
      bucketsAt({ media: 'https://s3.example/all', backup: 'https://s3.example/all?region=eu-west-1' }),
      [using('media', objects), using('backup', objects)],
      [
        'test.stores.objects.buckets.shop.backup: got "https://s3.example/all?region=eu-west-1"; allowed: a bucket for shop.backup that shop.media does not have; fix: name another',
      ],
    ],
    [
      'a bucket at another port than that which is opened',
      bucketsAt({ media: 'http://s3.example/media' }),
      [using('media', objects)],
      [
        'test.stores.objects.buckets.shop.media: got "http://s3.example/media"; allowed: a URL at port 443, which test.stores.objects.at opens; fix: correct one of the two',
      ],
    ],
    [
      'objects of two services in the cluster, with the one account of the gateway',
      { objects: runObjectStore() },
      [using('media', objects), using('backup', objects)],
      [
        'test.stores.objects: got "shop.media, shop.backup"; allowed: one service of a system, as a store in the cluster has one account, with which each could read what the others keep; fix: let one service keep the objects of the others too, or use outsideBuckets(...)',
      ],
    ],
    [
      'a name too short for a bucket',
      { objects: runObjectStore() },
      [using('s3', objects)],
      [
        'shop.services[0]: got "s3"; allowed: a name of 3 to 63 characters, as its bucket has it too; fix: rename the service',
      ],
    ],
    ...['postgres', 'postgres-roles', 'template0', 'template1', 'public', 'none'].map(
      (name): [string, Stores, [Service, ...Service[]], string[]] => [
        `a user of Postgres called ${name}`,
        { database: runPostgres() },
        [using(name, database)],
        [
          `shop.services[0]: got "${name}"; allowed: a name that the store of test.stores.database does not have itself: not postgres, postgres-roles, template0, template1, public, none; fix: rename the service`,
        ],
      ],
    ),
    ...ofCluster
      .split(', ')
      .map((name): [string, Stores, [Service, ...Service[]], string[]] => [
        `a user of a cluster of Postgres called ${name}`,
        clusterWith(),
        [using(name, database)],
        [
          `shop.services[0]: got "${name}"; allowed: a name that the store of test.stores.database does not have itself: not ${ofCluster}; fix: rename the service`,
        ],
      ]),
    [
      'a service beside a cluster of Postgres, with the label of its pods',
      clusterWith(),
      [using('users', database), using('postgresql', {})],
      [
        `shop.services[1]: got "postgresql"; allowed: a name that the store of test.stores.database does not have itself: not ${ofCluster}; fix: rename the service`,
      ],
    ],
    [
      'fewer connections than the roles of a cluster may have together, its servers and its poolers',
      clusterWith({ instances: 2, connections: 45 }),
      [using('users', database, fixed(2)), using('posts', { database: postgres({ connections: 4 }) }, fixed(1))],
      [
        'test.stores.database.connections: got 45; allowed: at least 46: twice those of all pods at their most, and one for each service (shop.users 21, shop.posts 9), and 16 of its own; fix: raise it, or lower connections or the pods of a service',
      ],
    ],
    [
      'a cluster with less memory than its connections may need',
      clusterWith({ resources: { memory: '1Gi' } }),
      [using('users', database)],
      [
        'test.stores.database.resources.memory: got "1Gi"; allowed: at least 2667Mi: a quarter is the server\'s cache, and of the rest each of 500 connections may need 4Mi; fix: raise it, or lower test.stores.database.connections to 192',
      ],
    ],
    [
      'copies at another port than that which is opened',
      clusterWith({ backups: { to: 'http://s3.example/copies', at } }),
      [using('users', database)],
      [
        'test.stores.database.backups.to: got "http://s3.example/copies"; allowed: a URL at port 443, which test.stores.database.backups.at opens; fix: correct one of the two',
      ],
    ],
    [
      'the keys of the copies in the Secret of a service',
      clusterWith({ backups: { to: 'https://s3.example/copies', at, secret: 'users-database' } }),
      [using('users', database)],
      [
        'test.stores.database.backups.secret: got "users-database"; allowed: a Secret of its own: not postgres-ca, postgres-server, postgres-replication, postgres-app, postgres-pooler, users-database; fix: name another',
      ],
    ],
    [
      'a recovery of a system without a database',
      clusterWith({ recovery: { shpo: { from: 'postgres', archive: 'postgres-2' } } }),
      [using('users', database)],
      [
        'test.stores.database.recovery.shpo: got "shpo"; allowed: a system with a database: shop; fix: correct the name, or delete it',
      ],
    ],
    [
      'a recovery where there is no archive',
      clusterWith({ backups: 'none', recovery: { shop: { from: 'postgres', archive: 'postgres-2' } } }),
      [using('users', database)],
      [
        'test.stores.database.recovery.shop: got "shop"; allowed: no recovery, as test.stores.database.backups is \'none\'; fix: name the bucket that has its archive in backups',
      ],
    ],
    ...[
      'postgres-ca',
      'postgres-server',
      'postgres-replication',
      'postgres-app',
      'postgres-pooler',
      'postgres-backups',
    ].map((name): [string, Stores, [Service, ...Service[]], string[]] => [
      `a variable with the Secret of a cluster, ${name}`,
      clusterWith(),
      [using('auth', database), reading('posts', name)],
      [notReadable('posts.env.KEY', name, 'test.stores.database')],
    ]),
    ...['redis', 'default'].map((name): [string, Stores, [Service, ...Service[]], string[]] => [
      `a user of Redis called ${name}`,
      { keyValue: runRedis() },
      [using(name, keyValue)],
      [
        `shop.services[0]: got "${name}"; allowed: a name that the store of test.stores.keyValue does not have itself: not redis, default; fix: rename the service`,
      ],
    ]),
    [
      'a service that has the name of a store which others use',
      { database: runPostgres(), keyValue: runRedis(), objects: runObjectStore() },
      [
        using('all', { ...database, ...keyValue, ...objects }),
        using('postgres', {}),
        using('redis', {}),
        using('objects', {}),
      ],
      [
        'shop.services[1]: got "postgres"; allowed: a name that the store of test.stores.database does not have itself: not postgres, postgres-roles, template0, template1, public, none; fix: rename the service',
        'shop.services[2]: got "redis"; allowed: a name that the store of test.stores.keyValue does not have itself: not redis, default; fix: rename the service',
        'shop.services[3]: got "objects"; allowed: a name that the store of test.stores.objects does not have itself: not objects; fix: rename the service',
      ],
    ],
    [
      'more connections than the database admits, at most',
      { database: runPostgres({ connections: 33 }) },
      [
        using('users', { database: postgres({ connections: 2 }) }, cpu({ min: 1, max: 10, cpu: 50 })),
        using('posts', { database: postgres({ connections: 5 }) }, fixed(2)),
      ],
      [
        'test.stores.database.connections: got 33; allowed: at least 34: those of all pods at their most (shop.users 20, shop.posts 10), and 4 of its own; fix: raise it, or lower connections or the pods of a service',
      ],
    ],
    [
      'less memory than its connections may need',
      { database: runPostgres({ connections: 200, resources: { memory: '256Mi' } }) },
      [using('users', database)],
      [
        'test.stores.database.resources.memory: got "256Mi"; allowed: at least 1067Mi: a quarter is the server\'s cache, and of the rest each of 200 connections may need 4Mi; fix: raise it, or lower test.stores.database.connections to 48',
      ],
    ],
    [
      'less memory than the connections may need that its services need',
      { database: runPostgres({ connections: 60, resources: { memory: '256Mi' } }) },
      [using('users', database, fixed(10))],
      [
        'test.stores.database.resources.memory: got "256Mi"; allowed: at least 320Mi: a quarter is the server\'s cache, and of the rest each of 60 connections may need 4Mi; fix: raise it',
      ],
    ],
    [
      'fewer connections than its services need, and less memory than those may need',
      { database: runPostgres({ connections: 50, resources: { memory: '256Mi' } }) },
      [using('users', database, fixed(10))],
      [
        "test.stores.database.connections: got 50; allowed: at least 54: those of all pods at their most (shop.users 50), and 4 of its own; fix: write connections: 54 and resources: { memory: '288Mi' }, or lower connections or the pods of a service",
      ],
    ],
    ...(
      [
        ['auth-database', database],
        ['auth-redis', keyValue],
        ['auth-objects', objects],
      ] as const
    ).map(([name, uses]): [string, Stores, [Service, ...Service[]], string[]] => [
      `a variable with another's Secret, ${name}`,
      { database: runPostgres(), keyValue: runRedis(), objects: runObjectStore() },
      [using('auth', uses), reading('posts', name)],
      [notReadable('posts.env.KEY', name, 'shop.auth')],
    ]),
    [
      "a variable with the Secret of another's store outside",
      { database: outsideStore(anywhere) },
      [using('auth', database), reading('posts', 'auth-database')],
      [notReadable('posts.env.KEY', 'auth-database', 'shop.auth')],
    ],
    [
      "a variable with the superuser's Secret",
      { database: runPostgres() },
      [using('auth', database), reading('posts', 'postgres', 'password')],
      [notReadable('posts.env.KEY', 'postgres', 'test.stores.database')],
    ],
    [
      "a variable with the Secret of the service's own store, whatever the key",
      { database: runPostgres() },
      [using('auth', database, fixed(1), { KEY: secret({ secret: 'auth-database', key: 'pasword' }) })],
      [notReadable('auth.env.KEY', 'auth-database', 'shop.auth')],
    ],
  ])('%s', (_what, stores, services, problems) => {
    const environment = environmentWith({ stores });
    expect(problemsOf(() => renderPlatform({ environment, systems: [shopOf(...services)] }))).toEqual(problems);
  });
});

describe('is fine', () => {
  test.each([
    ['one', runPostgres()],
    ['a cluster', clusterWith().database],
  ])('insta on %s Postgres, with the defaults', (_what, database) => {
    const environment = environmentWith({ stores: { ...environmentWith().stores, database } });
    expect(problemsOf(() => renderPlatform({ environment, systems: [insta] }))).toEqual([]);
  });

  test('one more service with a database in insta, with the defaults', () => {
    const notes = using('notes', database, cpu({ min: 2, max: 6, cpu: 70 }));
    const system = defineSystem({ name: 'insta', services: [...insta.services, notes] });
    const stores = { database: runPostgres(), keyValue: runRedis(), objects: runObjectStore() };
    const environment = environmentWith({ stores });
    expect(problemsOf(() => renderPlatform({ environment, systems: [system] }))).toEqual([]);
  });

  test.each<[what: string, stores: Stores, services: [Service, ...Service[]]]>([
    ['no store where nobody uses one', {}, [using('plain', {})]],
    ['a service called postgres where none runs', { database: outsideStore(anywhere) }, [using('postgres', database)]],
    [
      'a service called default beside a Redis that it does not use',
      { keyValue: runRedis() },
      [using('auth', keyValue), using('default', {})],
    ],
    [
      'a service called postgres-roles beside a cluster, which has no such helper',
      clusterWith(),
      [using('users', database), using('postgres-roles', database)],
    ],
    ['a cluster without copies, where that is said', clusterWith({ backups: 'none' }), [using('users', database)]],
    [
      'just as many connections as a cluster needs',
      clusterWith({ instances: 2, connections: 46 }),
      [using('users', database, fixed(2)), using('posts', { database: postgres({ connections: 4 }) }, fixed(1))],
    ],
    [
      'just as many connections as there are',
      { database: runPostgres({ connections: 14 }) },
      [using('users', database, fixed(2))],
    ],
    [
      'just as much memory as the connections may need',
      { database: runPostgres({ connections: 200, resources: { memory: '1067Mi' } }) },
      [using('users', database)],
    ],
    [
      'the connections and the memory that the message about both names',
      { database: runPostgres({ connections: 54, resources: { memory: '288Mi' } }) },
      [using('users', database, fixed(10))],
    ],
    [
      'too little memory for a database that nobody uses',
      { database: runPostgres({ resources: { memory: '64Mi' } }) },
      [using('plain', {})],
    ],
    [
      'a Secret that has the name of a store which is not there',
      { database: outsideStore(anywhere), keyValue: runRedis() },
      [using('auth', database), reading('one', 'postgres'), reading('two', 'auth-redis')],
    ],
    [
      'a bucket behind a Service of another port than its pods',
      {
        objects: outsideBuckets({
          at: { namespace: 'minio', port: 9000 },
          buckets: { shop: { media: 'http://minio.minio/media' } },
        }),
      },
      [using('media', objects)],
    ],
  ])('%s', (_what, stores, services) => {
    const environment = environmentWith({ stores });
    expect(problemsOf(() => renderPlatform({ environment, systems: [shopOf(...services)] }))).toEqual([]);
  });

  test('one service with objects in each of two systems in the cluster, and outside with a bucket each, but not with one', () => {
    const systems = ['one', 'two'].map((name) => defineSystem({ name, services: [using('media', objects)] }));
    const render = (stores: Stores) => () => renderPlatform({ environment: environmentWith({ stores }), systems });
    expect(problemsOf(render({ objects: runObjectStore() }))).toEqual([]);
    const outside = (one: string, two: string) => ({
      objects: outsideBuckets({ at: anywhere, buckets: { one: { media: one }, two: { media: two } } }),
    });
    expect(problemsOf(render(outside('https://s3.example/one', 'https://s3.example/two')))).toEqual([]);
    expect(problemsOf(render(outside('https://s3.example/media', 'https://s3.example/media')))).toEqual([
      'test.stores.objects.buckets.two.media: got "https://s3.example/media"; allowed: a bucket for two.media that one.media does not have; fix: name another',
    ]);
  });
});

test('each system whose services need more connections than a database admits is told of, with what is enough for all of them', () => {
  const systems = [fixed(20), fixed(1), fixed(30)].map((scaling, index) =>
    defineSystem({ name: `shop-${index}`, services: [using('users', database, scaling)] }),
  );
  const environment = environmentWith({
    stores: { database: runPostgres({ connections: 100, resources: { memory: '512Mi' } }) },
  });
  const fix =
    "write connections: 154 and resources: { memory: '822Mi' }, or lower connections or the pods of a service";
  const problem = (least: number, list: string) =>
    `test.stores.database.connections: got 100; allowed: at least ${least}: those of all pods at their most (${list}), and 4 of its own; fix: ${fix}`;
  expect(problemsOf(() => renderPlatform({ environment, systems }))).toEqual([
    problem(104, 'shop-0.users 100'),
    problem(154, 'shop-2.users 150'),
  ]);
});
