import { describe, expect, test } from 'vitest';
import { environmentWith, fullService, minimalService, systemOf } from '../../test/declarations.ts';
import {
  cpu,
  defineService,
  fixed,
  integer,
  outsideBuckets,
  outsideStore,
  type Problem,
  type Service,
  scaling,
  secret,
} from '../model/index.ts';
import { connectionsAtMost, place } from './placement.ts';

const { service, callee } = fullService();
const system = systemOf(service, callee);

function problemsOf(run: () => unknown): readonly Problem[] {
  try {
    run();
  } catch (error) {
    return (error as { problems: readonly Problem[] }).problems;
  }
  return [];
}

function overriding(name: string, override: object) {
  return environmentWith({ overrides: { shop: { [name]: override } } });
}

describe('what an environment may not say', () => {
  const cases: [what: string, override: Record<string, unknown>, expected: Partial<Problem>][] = [
    [
      'a variable that nobody declared',
      { env: { PAGE_SISE: 3 } },
      { path: 'test.overrides.shop.full.env.PAGE_SISE', allowed: 'PAGE_SIZE | API_KEY | LOG_LEVEL | LOG_REQUESTS' },
    ],
    [
      'a value beyond its limits',
      { env: { PAGE_SIZE: 101 } },
      { path: 'test.overrides.shop.full.env.PAGE_SIZE', got: 101, allowed: 'a whole number, at least 1, at most 100' },
    ],
    [
      'a port that the declaration sets',
      { env: { HTTP_PORT: 8080 } },
      { path: 'test.overrides.shop.full.env.HTTP_PORT' },
    ],
    [
      'an API that nobody declared',
      { outside: { wether: 'https://example.com' } },
      { path: 'test.overrides.shop.full.outside.wether', allowed: 'weather | maps' },
    ],
    [
      'a threshold of an alert that the service never has',
      { alerts: { failedLogInsSurge: 5 } },
      {
        path: 'test.overrides.shop.full.alerts.failedLogInsSurge',
        got: 5,
        allowed: 'nothing, as full has no counter failedLogins in metrics',
        fix: 'delete it, or declare that',
      },
    ],
    [
      'and that it does not have as it scales there',
      { scaling: fixed(2), alerts: { autoscalerAtMaximum: 'off' } },
      {
        path: 'test.overrides.shop.full.alerts.autoscalerAtMaximum',
        got: 'off',
        allowed: 'nothing, as full has no autoscaler with a max above its min',
      },
    ],
    [
      'a promise that cannot be counted',
      { slo: { latency: { below: '600ms' } } },
      {
        path: 'test.overrides.shop.full.slo.latency.below',
        got: '600ms',
        allowed:
          'an edge of its histogram: 5ms, 10ms, 25ms, 50ms, 100ms, 250ms, 500ms, 700ms, 1000ms, 2500ms, 5000ms, 10000ms',
        fix: 'choose one of these, or promise it in the service itself: only that makes another edge',
      },
    ],
    [
      'an API inside the cluster by URL alone',
      { outside: { maps: 'http://maps.tools.svc:80' } },
      { path: 'test.overrides.shop.full.outside.maps' },
    ],
  ];
  test.each(cases)('%s', (_, override, expected) => {
    expect(problemsOf(() => place(overriding('full', override), [system]))).toEqual([
      expect.objectContaining(expected),
    ]);
  });

  test.each([
    [minimalService(), { availability: 0.99 }, 'slo', 'nothing, as minimal promises nothing'],
    [
      { ...service, slo: { availability: 0.99, minimumErrors: 10 } },
      { latency: { quantile: 0.99 } },
      'slo.latency',
      'nothing, as full promises no latency',
    ],
  ] as const)('a promise that is none of the service', (promising, slo, at, allowed) => {
    const name = promising.name;
    const problems = problemsOf(() => place(overriding(name, { slo }), [systemOf(promising, callee)]));
    expect(problems).toEqual([
      {
        path: `test.overrides.shop.${name}.${at}`,
        got: 'latency' in slo ? slo.latency : slo,
        allowed,
        fix: 'declare it in the service itself, or delete it',
      },
    ]);
  });

  test("a secret's value, which the message does not repeat", () => {
    const [problem, ...others] = problemsOf(() => place(overriding('full', { env: { API_KEY: 'hunter2' } }), [system]));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      path: 'test.overrides.shop.full.env.API_KEY',
      allowed: 'no value: the key api-key of Secret weather holds it',
    });
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });

  test('systems and services that are not there, all at once', () => {
    const environment = environmentWith({
      overrides: { shopp: { full: {} }, shop: { fool: {}, callee: { env: { X: 1 } } } },
    });
    expect(problemsOf(() => place(environment, [system])).map((problem) => problem.path)).toEqual([
      'test.overrides.shopp',
      'test.overrides.shop.fool',
      'test.overrides.shop.callee.env.X',
    ]);
  });
});

test('an environment changes single promises, and leaves the others', () => {
  const promised = (slo: object) => place(overriding('full', { slo }), [system])[0]?.service.slo;
  expect(promised({})).toEqual(service.slo);
  expect(promised({ availability: 0.95, latency: { below: '2.5s' } })).toEqual({
    availability: 0.95,
    latency: { quantile: 0.99, below: '2.5s' },
    minimumErrors: 20,
  });
  expect(promised({ latency: { quantile: 0.96 }, minimumErrors: 1 })).toEqual({
    availability: 0.995,
    latency: { quantile: 0.96, below: '700ms' },
    minimumErrors: 1,
  });
});

test('a required variable without a value stops the synth and says where to set it', () => {
  const needy = defineService({
    contract: minimalService().contract,
    owner: 'team',
    description: 'Needs a number.',
    scaling: fixed(1),
    env: { SIZE: integer({}) },
  }) as Service;
  expect(problemsOf(() => place(environmentWith(), [systemOf(needy)]))).toEqual([
    {
      path: 'test.overrides.shop.minimal.env.SIZE',
      got: undefined,
      allowed: 'a value: minimal needs it and has no default',
      fix: 'set it here, or declare a default',
    },
  ]);
});

test('what an environment says takes the place of what the service says', () => {
  const environment = overriding('full', {
    env: { PAGE_SIZE: 50, LOG_LEVEL: 'debug' },
    outside: { maps: { url: 'http://maps.tools:80', pods: { namespace: 'tools', port: 8080 } } },
    scaling: fixed(2),
  });
  const [placement] = place(environment, [system]);
  expect(placement?.scaling).toEqual(fixed(2));
  expect(placement?.variables).toEqual(
    expect.arrayContaining([
      { name: 'PAGE_SIZE', value: '50' },
      { name: 'LOG_LEVEL', value: 'debug' },
      { name: 'MAPS_URL', value: 'http://maps.tools:80' },
    ]),
  );
});

test('a service is told the share of request lines of its environment, unless all are written', () => {
  const told = (props: Parameters<typeof environmentWith>[0]) =>
    place(environmentWith(props), [system])[0]?.variables.filter(({ name }) => name === 'LOG_REQUESTS');
  expect(told({})).toEqual([]);
  expect(told({ requestLogs: 0.25 })).toEqual([{ name: 'LOG_REQUESTS', value: '0.25' }]);
  const overrides = { shop: { full: { env: { LOG_REQUESTS: 0.5 } } } };
  expect(told({ requestLogs: 0.25, overrides })).toEqual([{ name: 'LOG_REQUESTS', value: '0.5' }]);
});

test('an optional Secret may be absent from the cluster', () => {
  const keyed = defineService({
    contract: minimalService().contract,
    owner: 'team',
    description: 'May have a key.',
    scaling: fixed(1),
    env: { KEY: secret({ secret: 'keys', key: 'key', optional: true }) },
  }) as Service;
  expect(place(environmentWith(), [systemOf(keyed)])[0]?.variables).toContainEqual({
    name: 'KEY',
    secret: 'keys',
    key: 'key',
    optional: true,
  });
});

describe('stores', () => {
  const at = { networks: ['10.1.0.0/16'], port: 443 };
  const inCluster = place(environmentWith(), [system])[0];
  const outside = place(
    environmentWith({
      stores: {
        database: outsideStore(at),
        keyValue: outsideStore({ namespace: 'data', port: 6380 }),
        objects: outsideBuckets({ at, buckets: { shop: { full: 'https://s3.example/parts?region=eu-west-1' } } }),
      },
    }),
    [system],
  )[0];

  test('in the cluster: pods of the system, and keys that are required', () => {
    expect(inCluster?.stores).toEqual([
      { kind: 'database', inCluster: true, labels: { 'app.kubernetes.io/name': 'postgres' }, port: 5432 },
      { kind: 'keyValue', inCluster: true, labels: { 'app.kubernetes.io/name': 'redis' }, port: 6379 },
      { kind: 'objects', inCluster: true, labels: { 'app.kubernetes.io/name': 'objects' }, port: 7070 },
    ]);
    expect(inCluster?.authorities).toEqual([]);
    expect(inCluster?.variables).toEqual(
      expect.arrayContaining([
        { name: 'DATABASE_URL', secret: 'full-database', key: 'url', optional: false },
        { name: 'REDIS_URL', secret: 'full-redis', key: 'url', optional: false },
        { name: 'OBJECTS_URL', value: 'http://objects:7070/full?region=us-east-1' },
        { name: 'OBJECTS_ACCESS_KEY_ID', secret: 'full-objects', key: 'access-key-id', optional: false },
        { name: 'OBJECTS_SECRET_ACCESS_KEY', secret: 'full-objects', key: 'secret-access-key', optional: false },
      ]),
    );
  });

  test('outside: where the environment says, and keys that workload identity stands in for', () => {
    expect(outside?.stores).toEqual([
      { kind: 'database', inCluster: false, at },
      { kind: 'keyValue', inCluster: false, at: { namespace: 'data', port: 6380 } },
      { kind: 'objects', inCluster: false, at },
    ]);
    expect(outside?.variables).toEqual(
      expect.arrayContaining([
        { name: 'DATABASE_URL', secret: 'full-database', key: 'url', optional: false },
        { name: 'OBJECTS_URL', value: 'https://s3.example/parts?region=eu-west-1' },
        { name: 'OBJECTS_ACCESS_KEY_ID', secret: 'full-objects', key: 'access-key-id', optional: true },
        { name: 'OBJECTS_SECRET_ACCESS_KEY', secret: 'full-objects', key: 'secret-access-key', optional: true },
      ]),
    );
  });

  test('a service that uses none has none', () => {
    expect(place(environmentWith(), [systemOf(minimalService())])[0]?.stores).toEqual([]);
  });

  test('where a store is cannot be said a second time', () => {
    const problems = problemsOf(() => place(overriding('full', { env: { OBJECTS_URL: 'http://x/y' } }), [system]));
    expect(problems.map((problem) => problem.path)).toEqual(['test.overrides.shop.full.env.OBJECTS_URL']);
  });

  test.each([
    ['fixed', fixed(3), 12],
    ['by CPU', cpu({ min: 1, max: 7, cpu: 50 }), 28],
  ])('connections at most, %s', (_, declared, connections) => {
    expect(connectionsAtMost({ service, scaling: scaling.parse(declared) })).toBe(connections);
  });
});
