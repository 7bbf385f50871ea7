import { describe, expect, test } from 'vitest';
import { contractNamed, environmentWith, fullService, minimalService, systemOf } from '../../test/declarations.ts';
import { objectNamed, objectsOf } from '../../test/objects.ts';
import {
  cloudNativePg,
  defineService,
  defineSystem,
  fixed,
  keepBackups,
  outsideBucket,
  outsideBuckets,
  outsideStore,
  runObjectStore,
  type Service,
  secret,
} from '../model/index.ts';
import { canBeMade, type NeededSecret, neededSecrets, newValues } from './needed-secrets.ts';

const { service, callee } = fullService();
const system = systemOf(service, callee);
const anywhere = { networks: ['10.1.0.0/16'], port: 443 };
const outside = environmentWith({
  stores: {
    database: outsideStore(anywhere),
    keyValue: outsideStore(anywhere),
    objects: outsideBuckets({ at: anywhere, buckets: { shop: { full: 'https://s3.example/full' } } }),
  },
});

const withCluster = (props: Partial<Parameters<typeof cloudNativePg>[0]> = {}) =>
  environmentWith({
    stores: {
      ...environmentWith().stores,
      database: cloudNativePg({
        backups: { to: 'https://s3.example/copies', at: anywhere },
        api: { networks: ['10.10.0.0/28'], port: 6443 },
        ...props,
      }),
    },
  });

/** Each key with where its value is from: `?` behind what is optional. */
function overview(secrets: readonly NeededSecret[]): Record<string, Record<string, string>> {
  return Object.fromEntries(
    secrets.map(({ name, keys }) => [
      name,
      Object.fromEntries(
        Object.entries(keys).map(([key, value]) => [
          key,
          value.from === 'person' ? `${value.readers.join(' ')}${value.optional ? '?' : ''}` : value.from,
        ]),
      ),
    ]),
  );
}

const reading = (name: string, env: Parameters<typeof defineService>[0]['env']): Service =>
  defineService({
    contract: contractNamed(name),
    owner: 'team',
    description: 'Reads.',
    scaling: fixed(1),
    env,
  }) as Service;

test('none where nothing is kept and nothing is secret', () => {
  expect(neededSecrets(systemOf(minimalService()), environmentWith())).toEqual([]);
});

test('of stores in the cluster: one of Postgres itself, and one of each user', () => {
  expect(overview(neededSecrets(system, environmentWith()))).toEqual({
    postgres: { password: 'random' },
    'full-database': { password: 'random', url: 'password' },
    'full-redis': { password: 'random', url: 'password' },
    'full-objects': { 'access-key-id': 'random', 'secret-access-key': 'random' },
    weather: { 'api-key': 'full.API_KEY' },
  });
});

describe('of a cluster of Postgres', () => {
  const needed = neededSecrets(system, withCluster());
  const role = needed.find(({ name }) => name === 'full-database');

  test('one of each role, as the operator reads it, and the keys of the bucket, which a person knows', () => {
    expect(overview(needed)).toMatchObject({
      'full-database': { username: 'declaration', password: 'random', url: 'password' },
      'postgres-backups': {
        'access-key-id': 'the backups of the database',
        'secret-access-key': 'the backups of the database',
      },
    });
    expect(overview(needed)).not.toHaveProperty('postgres');
    expect(role).toMatchObject({ type: 'kubernetes.io/basic-auth', labels: { 'cnpg.io/reload': 'true' } });
    expect(needed.filter(({ name }) => name !== 'full-database').map(({ type }) => type)).toEqual(
      needed.slice(1).map(() => undefined),
    );
  });

  test('with a URL to the pooler that asks for TLS and names the authority, where the pod has its certificate', () => {
    const { username, password, url } = role ? newValues(role) : {};
    expect(username).toBe('full');
    expect(url).toBe(
      `postgres://full:${password}@postgres-pooler:5432/full?sslmode=verify-full&sslrootcert=/etc/trellis/database/ca.crt`,
    );
    const pod = objectNamed(objectsOf({ environment: withCluster(), systems: [system] }), 'Deployment', 'full').spec
      .template.spec;
    expect(pod.containers[0].volumeMounts).toContainEqual({
      name: 'postgres-ca',
      mountPath: '/etc/trellis/database',
      readOnly: true,
    });
    expect(pod.volumes).toContainEqual({
      name: 'postgres-ca',
      secret: { secretName: 'postgres-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    });
  });

  test('without poolers to the server that writes, and without copies no keys of a bucket', () => {
    const [direct, ...others] = neededSecrets(system, withCluster({ pooler: { instances: 0 }, backups: 'none' }));
    expect(direct && newValues(direct)['url']).toContain('@postgres-rw:5432/full?sslmode=verify-full&');
    expect(others.map(({ name }) => name)).not.toContain('postgres-backups');
  });

  test('none where no service uses it', () => {
    expect(neededSecrets(systemOf(minimalService()), withCluster())).toEqual([]);
  });
});

test('of stores outside: what only a person knows', () => {
  const needed = neededSecrets(system, outside);
  expect(overview(needed)).toEqual({
    'full-database': { url: 'full.DATABASE_URL' },
    'full-redis': { url: 'full.REDIS_URL' },
    'full-objects': {
      'access-key-id': 'full.OBJECTS_ACCESS_KEY_ID?',
      'secret-access-key': 'full.OBJECTS_SECRET_ACCESS_KEY?',
    },
    weather: { 'api-key': 'full.API_KEY' },
  });
  expect(needed.filter(canBeMade)).toEqual([]);
});

test('of the store of backups: made in the cluster, known to a person outside, and for no service', () => {
  const { backups } = overview(
    neededSecrets(system, environmentWith({ backups: keepBackups({ to: runObjectStore() }) })),
  );
  expect(backups).toEqual({ 'access-key-id': 'random', 'secret-access-key': 'random' });
  const to = outsideBucket({ url: 'https://s3.example/backups', at: anywhere });
  expect(overview(neededSecrets(system, environmentWith({ backups: keepBackups({ to }) })))['backups']).toEqual({
    'access-key-id': 'the backups of full, as BACKUPS_ACCESS_KEY_ID?',
    'secret-access-key': 'the backups of full, as BACKUPS_SECRET_ACCESS_KEY?',
  });
});

test.each([
  ['in the cluster', environmentWith()],
  ['of a cluster of Postgres', withCluster()],
  ['outside', outside],
])('every Secret and key that the manifests refer to is one of them, with stores %s', (_, environment) => {
  const references = JSON.stringify(objectsOf({ environment, systems: [system] }));
  const named = [
    ...references.matchAll(
      /"secretKeyRef":\{"name":"([^"]+)","key":"([^"]+)"|"secretKeyRef":\{"key":"([^"]+)","name":"([^"]+)"/g,
    ),
  ].map(([, name, key, otherKey, otherName]) => `${name ?? otherName}/${key ?? otherKey}`);
  const needed = neededSecrets(system, environment).flatMap(({ name, keys }) =>
    Object.keys(keys).map((key) => `${name}/${key}`),
  );
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((each) => !needed.includes(each))).toEqual([]);
});

test('what is read twice is one key: required if one reader requires it, made if one says that any value does', () => {
  const shared = defineSystem({
    name: 'shop',
    services: [
      reading('one', {
        KEY: secret({ secret: 'keys', key: 'known', optional: true }),
        SEED: secret({ secret: 'keys', key: 'seed' }),
        SAME_SEED: secret({ secret: 'keys', key: 'seed', generated: true }),
      }),
      reading('two', {
        KEY: secret({ secret: 'keys', key: 'known', description: 'The key.' }),
      }),
    ],
  });
  const [needed, ...others] = neededSecrets(shared, environmentWith());
  expect(others).toEqual([]);
  expect(needed).toEqual({
    name: 'keys',
    namespace: 'shop',
    keys: {
      known: { from: 'person', readers: ['one.KEY', 'two.KEY'], optional: false, description: 'The key.' },
      seed: { from: 'random' },
    },
  });
  expect(needed && canBeMade(needed)).toBe(false);
});

test('a key that the Secret of a store does not have is one that a person knows, never left out', () => {
  const lost = reading('lost', { LOST: secret({ secret: 'full-database', key: 'pasword' }) });
  expect(overview(neededSecrets(systemOf(service, callee, lost), environmentWith()))['full-database']).toEqual({
    password: 'random',
    url: 'password',
    pasword: 'lost.LOST',
  });
});

test('what is optional keeps nothing else from being made', () => {
  const both = reading('both', {
    SEED: secret({ secret: 'keys', key: 'seed', generated: true }),
    OLD: secret({ secret: 'keys', key: 'old', optional: true }),
  });
  const [needed] = neededSecrets(systemOf(both), environmentWith());
  expect(needed && canBeMade(needed)).toBe(true);
  expect(Object.keys(needed ? newValues(needed) : {})).toEqual(['seed']);
});

test('values are 256 random bits each, new each time, and URLs have the password of their Secret', () => {
  const values = () =>
    Object.fromEntries(neededSecrets(system, environmentWith()).map((each) => [each.name, newValues(each)]));
  const [one, other] = [values(), values()];
  const { password = '', url } = one['full-database'] ?? {};
  expect(password).toMatch(/^[\w-]{43}$/);
  expect(url).toBe(`postgres://full:${password}@postgres:5432/full`);
  expect(one['full-redis']?.['url']).toBe(`redis://full:${one['full-redis']?.['password']}@redis:6379`);
  const random = [one, other].flatMap((each) =>
    Object.values(each).flatMap((keys) =>
      Object.entries(keys).flatMap(([key, value]) => (key === 'url' ? [] : [value])),
    ),
  );
  expect(new Set(random).size).toBe(random.length);
  expect(one['weather']).toEqual({});
});

test('what alerts go out by is for people to know, in the namespace that reads it', () => {
  const receivers = {
    people: {
      email: {
        to: ['a@b.example'],
        from: 'c@d.example',
        smarthost: 'mail.example:587',
        username: 'me',
        password: { secret: 'alerting', key: 'password' },
      },
      slack: { url: { secret: 'alerting', key: 'url' }, channel: '#alerts' },
    },
  };
  const services = systemOf(minimalService());
  const told = neededSecrets(services, environmentWith({ alerting: { kind: 'alertmanagerConfig', receivers } }));
  expect(overview(told)).toEqual({ alerting: { password: 'alerts', url: 'alerts' } });
  expect(told[0]?.keys['password']).toMatchObject({
    description: 'the password of me at mail.example:587, to tell people',
  });
  expect(neededSecrets(services, environmentWith({ alerting: { kind: 'secret', receivers } }))).toEqual([]);
});
