import { expect, test } from 'vitest';
import { contractNamed, environmentWith, fullService, minimalService, systemOf } from '../../test/declarations.ts';
import { objectsOf } from '../../test/objects.ts';
import {
  defineService,
  defineSystem,
  fixed,
  outsideBuckets,
  outsideStore,
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

test.each([
  ['in the cluster', environmentWith()],
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
