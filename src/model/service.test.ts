import { describe, expect, test } from 'vitest';
import { fullService } from '../../test/declarations.ts';
import { problemsOf } from '../../test/problems-of.ts';
import { defineContract } from './contract.ts';
import { DeclarationError, show } from './declaration-error.ts';
import type { Duration } from './duration.ts';
import { text } from './env.ts';
import { gracePeriodSeconds } from './lifecycle.ts';
import { counter, histogram } from './metric.ts';
import { cpu, fixed, requests, steps } from './scaling.ts';
import { callTo, coldStartVariable, defineService, urlVariable, variablesOf } from './service.ts';
import { objectStore, postgres, redis, storeSecret } from './uses.ts';

const contract = defineContract({ name: 'shop', port: 3000, routes: {} });
const users = defineContract({ name: 'users', port: 3001, routes: {} });
const minimal = { contract, owner: 'team', description: 'Sells.', scaling: fixed(1) } as const;
const usersService = defineService({ ...minimal, contract: users });
const total = { name: 'sold_total', help: 'Sold.' };
const label = 'a DNS label: 1 to 63 of a-z, 0-9 and -, a letter first, no - at the end';
const duration = "a duration such as '300ms', '5s', '10m', '1h' or '1d'";
const kinds = 'kind: "fixed" | kind: "cpu" | kind: "requests" | kind: "steps" | kind: "custom"';
const keys =
  'contract, owner, description, calls, outside, uses, env, metrics, scaling, resources, lifecycle, slo, bodyLimit, shedAbove, alerts';

const declare = (props: unknown) => () => defineService(props as Parameters<typeof defineService>[0]);
const withProps = (props: object) => declare({ ...minimal, ...props });

test('minimal props', () => {
  // By its names alone: the mark of a checked service is not one of them.
  expect(Object.fromEntries(Object.entries(defineService(minimal)))).toEqual({
    ...minimal,
    name: 'shop',
    calls: [],
    outside: {},
    uses: {},
    env: {},
    metrics: {},
    resources: { cpu: '50m', memory: '160Mi', memoryLimit: '256Mi', ephemeralStorage: '64Mi' },
    lifecycle: { startup: '60s', request: '15s', drainDelay: '5s', drain: '20s', keepAlive: '100s' },
    bodyLimit: '1Mi',
    shedAbove: '500ms',
    alerts: {},
  });
});

test('all props stay as they are written', () => {
  const { service } = fullService();
  const { name: _name, ...props } = service;
  expect(defineService(props)).toEqual(service);
});

test('a call is a contract alone, or one with other limits', () => {
  const other = defineContract({ name: 'other', port: 3002, routes: {} });
  const { calls } = defineService({ ...minimal, calls: [users, callTo(other, { timeout: '9s' })] });
  expect(calls).toEqual([
    { contract: users, timeout: '2s', retries: 2, waits: false },
    { contract: other, timeout: '9s', retries: 2, waits: false },
  ]);
  // Whoever compares contracts compares the objects themselves.
  expect(calls[0]?.contract).toBe(users);
});

test('its variables are those of the kit, of its peers and its own', () => {
  const declared = defineService({
    ...minimal,
    calls: [users],
    outside: { photoApi: { url: 'https://photos.example' } },
    env: { PAGE: { type: 'integer', default: 3 } },
  });
  expect(variablesOf(declared)).toMatchObject({
    HTTP_PORT: { default: 3000 },
    METRICS_PORT: { default: 9464 },
    USERS_URL: { type: 'url' },
    PHOTO_API_URL: { type: 'url', default: 'https://photos.example' },
    PAGE: { type: 'integer', default: 3 },
  });
  expect(urlVariable('bird-image')).toBe('BIRD_IMAGE_URL');
});

describe('a service that may have no pods', () => {
  const sleepy = defineContract({ name: 'sleepy', port: 3003, coldStart: '10s', routes: {} });

  test('is waited for, and its caller has a variable that says how long', () => {
    const declared = defineService({ ...minimal, calls: [users, callTo(sleepy, { waits: true })] });
    expect(declared.calls[1]).toEqual({ contract: sleepy, timeout: '2s', retries: 2, waits: true });
    expect(variablesOf(declared)).toMatchObject({ SLEEPY_COLD_START: { type: 'duration', default: '0s' } });
    expect(Object.keys(variablesOf(declared))).not.toContain('USERS_COLD_START');
    expect(coldStartVariable('bird-image')).toBe('BIRD_IMAGE_COLD_START');
  });

  test('the compiler knows who waits and what may be idle', () => {
    const idle = { after: '10m' } as const;
    defineService({ ...minimal, contract: sleepy, scaling: steps({ idle }) });
    defineService({ ...minimal, contract: sleepy, scaling: requests({ min: 1, max: 3, perPod: 5, idle }) });
    expect(() => {
      // @ts-expect-error sleepy may have no pods: write callTo(sleepy, { waits: true })
      defineService({ ...minimal, calls: [sleepy] });
    }).toThrow(DeclarationError);
    expect(() => {
      // @ts-expect-error the same with other limits
      defineService({ ...minimal, calls: [users, callTo(sleepy, { timeout: '1s' })] });
    }).toThrow(DeclarationError);
    expect(() => {
      // @ts-expect-error a service may be idle only with a coldStart in its contract
      defineService({ ...minimal, scaling: steps({ idle }) });
    }).toThrow(DeclarationError);
    expect(() => {
      // @ts-expect-error the same of the other kind
      defineService({ ...minimal, scaling: requests({ min: 1, max: 3, perPod: 5, idle }) });
    }).toThrow(DeclarationError);
    // @ts-expect-error a key that there is not
    void requests({ min: 1, max: 2, perPod: 3, windw: '1m' });
    // @ts-expect-error the same
    void steps({ schedule: [] });
    // @ts-expect-error the same
    void callTo(users, { timeout: '1s', retrys: 3 });
    // @ts-expect-error what scales by CPU is never idle
    void cpu({ min: 1, max: 3, cpu: 50, idle });
  });

  describe('is refused', () => {
    const waiting = (timeout: Duration, request: Duration) =>
      withProps({ calls: [callTo(sleepy, { timeout, waits: true })], lifecycle: { request, drain: '1m' } });
    const fix = 'raise request, or lower one of the two: whoever asked has had an answer by then';

    test.each<[what: string, declare: () => unknown, problems: string[]]>([
      [
        'with a caller that does not wait',
        withProps({ calls: [sleepy] }),
        [
          'shop.calls[0].waits: got false; allowed: true, as sleepy may have no pods; fix: write callTo(sleepy, { waits: true })',
        ],
      ],
      [
        'where it always has pods',
        withProps({ calls: [callTo(users, { waits: true })] }),
        [
          'shop.calls[0].waits: got true; allowed: false, as users always has pods; fix: delete it, or give users a coldStart',
        ],
      ],
      [
        'idle without a cold start',
        withProps({ scaling: steps({ idle: { after: '10m' } }) }),
        [
          'shop.scaling.idle: got {"after":"10m"}; allowed: no idle, as its contract has no coldStart; fix: add coldStart to the contract, or delete idle: whoever calls it must know that it may have to wait',
        ],
      ],
      [
        'with a wait that is longer than whoever asked waits',
        waiting('5001ms', '15s'),
        [
          `shop.calls[0].timeout: got "5001ms"; allowed: at most 5000ms: it and the coldStart of sleepy, which is 10s, are at most lifecycle.request, which is 15s; fix: ${fix}`,
        ],
      ],
      [
        'with a cold start that is longer by itself',
        waiting('1ms', '9s'),
        [
          `shop.calls[0].timeout: got "1ms"; allowed: at most 0ms: it and the coldStart of sleepy, which is 10s, are at most lifecycle.request, which is 9s; fix: ${fix}`,
        ],
      ],
      [
        'with a time-out that is too long by itself, which is told once',
        waiting('16s', '15s'),
        [
          'shop.calls[0].timeout: got "16s"; allowed: at most lifecycle.request, which is 15s; fix: lower it or raise request: whoever asked has had an answer by then',
        ],
      ],
      [
        'with a variable of its own where the wait stands',
        withProps({ calls: [callTo(sleepy, { waits: true })], env: { SLEEPY_COLD_START: text({}) } }),
        [
          'shop.env.SLEEPY_COLD_START: got "SLEEPY_COLD_START"; allowed: a variable that nothing else sets; fix: choose another name: calls (sleepy) has it',
        ],
      ],
    ])('%s', (_what, declared, problems) => {
      expect(problemsOf(declared)).toEqual(problems);
    });

    test('but not one that just fits', () => {
      expect(waiting('5s', '15s')).not.toThrow();
    });
  });
});

test('stores have defaults, and variables that say where they are and let it in', () => {
  const { uses } = defineService({
    ...minimal,
    uses: { database: postgres(), keyValue: redis(), objects: objectStore() },
  });
  expect(uses).toEqual({
    database: { kind: 'postgres', connections: 5, statementTimeout: '5s' },
    keyValue: { kind: 'redis' },
    objects: { kind: 'objectStore' },
  });
  const declared = defineService({ ...minimal, uses });
  expect(variablesOf(declared)).toMatchObject({
    DATABASE_URL: { type: 'secret', secret: 'shop-database', key: 'url', optional: false },
    REDIS_URL: { type: 'secret', secret: 'shop-redis', key: 'url', optional: false },
    OBJECTS_URL: { type: 'text' },
    OBJECTS_ACCESS_KEY_ID: { type: 'secret', secret: 'shop-objects', key: 'access-key-id', optional: true },
    OBJECTS_SECRET_ACCESS_KEY: { type: 'secret', secret: 'shop-objects', key: 'secret-access-key', optional: true },
  });
  expect(storeSecret('shop', 'keyValue')).toBe('shop-redis');
});

test('without stores it has none of their variables', () => {
  expect(
    Object.keys(variablesOf(defineService(minimal))).filter((name) => /DATABASE|REDIS|OBJECTS/.test(name)),
  ).toEqual([]);
});

test('the grace period is the sum of what a pod does at its end', () => {
  const { lifecycle } = defineService({ ...minimal, lifecycle: { drainDelay: '1500ms', drain: '20s' } });
  expect(gracePeriodSeconds(lifecycle)).toBe(27);
});

describe('is refused', () => {
  test.each<[what: string, declare: () => unknown, problems: string[]]>([
    ['undefined', declare(undefined), ['service: got nothing; allowed: an object; fix: add it']],
    ['null', declare(null), ['service: got null; allowed: an object; fix: write an object']],
    ['a list', declare([]), ['service: got []; allowed: an object; fix: write an object']],
    [
      'nothing in it',
      declare({}),
      [
        'service.contract: got nothing; allowed: a contract; fix: add it',
        `service.owner: got nothing; allowed: ${label}; fix: add it`,
        'service.description: got nothing; allowed: a text that is not empty; fix: add it',
        `service.scaling: got nothing; allowed: ${kinds}; fix: add it`,
      ],
    ],
    [
      'a contract that is none',
      withProps({ contract: 3 }),
      ['service.contract: got 3; allowed: a contract; fix: write it with defineContract and import it'],
    ],
    [
      'a contract made by hand',
      withProps({ contract: { name: 'UPPER', port: 1, routes: {} }, calls: [{ ...users }] }),
      [
        'UPPER.contract: got {"name":"UPPER","port":1,"routes":{}}; allowed: a contract; fix: write it with defineContract and import it',
        'UPPER.calls[0]: got {"name":"users","port":3001,"routes":{}}; allowed: a contract; fix: write it with defineContract and import it',
      ],
    ],
    [
      'a misspelt key',
      withProps({ desciption: 'x' }),
      [`shop.desciption: got "x"; allowed: the keys ${keys}; fix: did you mean description? else delete desciption`],
    ],
    [
      'a part that is null',
      withProps({ resources: null }),
      ['shop.resources: got null; allowed: an object; fix: write an object'],
    ],

    // Scaling
    [
      'an unknown kind of scaling',
      withProps({ scaling: { kind: 'cpus', min: 1 } }),
      [`shop.scaling.kind: got "cpus"; allowed: ${kinds}; fix: choose one of these`],
    ],
    [
      'scaling without a kind',
      withProps({ scaling: { min: 1 } }),
      [`shop.scaling.kind: got nothing; allowed: ${kinds}; fix: add it`],
    ],
    [
      'scaling that is a text',
      withProps({ scaling: 'cpu' }),
      [`shop.scaling: got "cpu"; allowed: ${kinds}; fix: choose one of these`],
    ],
    [
      'more pods at least than at most',
      withProps({ scaling: cpu({ min: 5, max: 2, cpu: 50 }) }),
      ['shop.scaling.max: got 2; allowed: at least min, which is 5; fix: raise max or lower min'],
    ],
    [
      'scaling out of its limits',
      withProps({ scaling: cpu({ min: 0, max: 1001, cpu: 101, memory: 0.5 }) }),
      [
        'shop.scaling.min: got 0; allowed: a whole number from 1 to 1000; fix: choose a number in that range',
        'shop.scaling.max: got 1001; allowed: a whole number from 1 to 1000; fix: choose a number in that range',
        'shop.scaling.cpu: got 101; allowed: a whole number from 1 to 100; fix: choose a number in that range',
        'shop.scaling.memory: got 0.5; allowed: a whole number from 1 to 100; fix: choose a number in that range',
      ],
    ],
    [
      'scaling by numbers in quotes, of which only one would do without',
      withProps({ scaling: { kind: 'cpu', min: '2', max: '1001', cpu: '70%' } }),
      [
        'shop.scaling.min: got "2"; allowed: a whole number from 1 to 1000; fix: write 2 without quotes',
        'shop.scaling.max: got "1001"; allowed: a whole number from 1 to 1000; fix: choose a number in that range',
        'shop.scaling.cpu: got "70%"; allowed: a whole number from 1 to 100; fix: choose a number in that range',
      ],
    ],
    [
      'two ways to scale',
      withProps({ scaling: { kind: 'fixed', replicas: 1, max: 3 } }),
      ['shop.scaling.max: got 3; allowed: the keys kind, replicas; fix: delete max'],
    ],

    // Calls
    ['calls that are no list', withProps({ calls: 3 }), ['shop.calls: got 3; allowed: an array; fix: write an array']],
    [
      'a call of a number',
      withProps({ calls: [3] }),
      ['shop.calls[0]: got 3; allowed: a contract; fix: write it with defineContract and import it'],
    ],
    [
      'a call of a name',
      withProps({ calls: ['users'] }),
      ['shop.calls[0]: got "users"; allowed: a contract; fix: write it with defineContract and import it'],
    ],
    [
      'a call of a service',
      withProps({ calls: [usersService, { contract: usersService, retries: 9 }] }),
      [
        `shop.calls[0]: got ${show(usersService)}; allowed: a contract, not a whole service; fix: import the contract.ts of users in place of its service.ts`,
        `shop.calls[1].contract: got ${show(usersService)}; allowed: a contract, not a whole service; fix: import the contract.ts of users in place of its service.ts`,
        'shop.calls[1].retries: got 9; allowed: a whole number from 0 to 5; fix: choose a number in that range',
      ],
    ],
    [
      'a call with limits that are wrong',
      withProps({ calls: [{ contract: 3, timeout: 'long', retries: 9 }] }),
      [
        'shop.calls[0].contract: got 3; allowed: a contract; fix: write it with defineContract and import it',
        `shop.calls[0].timeout: got "long"; allowed: ${duration}; fix: write a number and its unit`,
        'shop.calls[0].retries: got 9; allowed: a whole number from 0 to 5; fix: choose a number in that range',
      ],
    ],
    [
      'a call of itself',
      withProps({ calls: [contract] }),
      ['shop.calls[0]: got "shop"; allowed: another service; fix: call the function itself'],
    ],
    [
      'a call twice',
      withProps({ calls: [users, users] }),
      ['shop.calls[1]: got "users"; allowed: each service once; fix: delete it here'],
    ],

    // Uses
    [
      'a store of another kind',
      withProps({ uses: { database: redis() } }),
      ['shop.uses.database.kind: got "redis"; allowed: kind: "postgres"; fix: choose one of these'],
    ],
    [
      'a store in short',
      withProps({ uses: { database: true, keyValue: 'redis' } }),
      [
        'shop.uses.database: got true; allowed: kind: "postgres"; fix: choose one of these',
        'shop.uses.keyValue: got "redis"; allowed: kind: "redis"; fix: choose one of these',
      ],
    ],
    [
      'a misspelt store',
      withProps({ uses: { cache: redis() } }),
      ['shop.uses.cache: got {"kind":"redis"}; allowed: the keys database, keyValue, objects; fix: delete cache'],
    ],
    [
      'a database out of its limits',
      withProps({ uses: { database: postgres({ connections: 101, statementTimeout: '11m' }) } }),
      [
        'shop.uses.database.connections: got 101; allowed: a whole number from 1 to 100; fix: choose a number in that range',
        'shop.uses.database.statementTimeout: got "11m"; allowed: a duration from 10ms to 10m; fix: choose one in that range',
      ],
    ],
    [
      'an option that a store has not',
      withProps({ uses: { keyValue: { ...redis(), connections: 3 }, objects: { ...objectStore(), bucket: 'b' } } }),
      [
        'shop.uses.keyValue.connections: got 3; allowed: the keys kind; fix: delete connections',
        'shop.uses.objects.bucket: got "b"; allowed: the keys kind; fix: delete bucket',
      ],
    ],
    [
      'variables that its stores set',
      withProps({
        uses: { database: postgres(), keyValue: redis(), objects: objectStore() },
        outside: { database: { url: 'https://db.example' } },
        env: { REDIS_URL: text({}), OBJECTS_URL: text({}), OBJECTS_ACCESS_KEY_ID: text({}) },
      }),
      [
        'shop.outside.database: got "database"; allowed: a name whose DATABASE_URL is free; fix: choose another: uses has it',
        'shop.env.REDIS_URL: got "REDIS_URL"; allowed: a variable that nothing else sets; fix: choose another name: uses has it',
        'shop.env.OBJECTS_URL: got "OBJECTS_URL"; allowed: a variable that nothing else sets; fix: choose another name: uses has it',
        'shop.env.OBJECTS_ACCESS_KEY_ID: got "OBJECTS_ACCESS_KEY_ID"; allowed: a variable that nothing else sets; fix: choose another name: uses has it',
      ],
    ],

    // Outside
    [
      'an outside URL of another protocol',
      withProps({ outside: { api: { url: 'ftp://x' } } }),
      [
        'shop.outside.api.url: got "ftp://x"; allowed: an http or https URL; fix: write it whole, such as https://host:8080/path',
      ],
    ],
    [
      'an outside URL with what may be secret',
      withProps({ outside: { api: { url: 'https://user:pa55@api.example.com/v1?key=k' } } }),
      [
        'shop.outside.api.url: got "https://api.example.com/(hidden)"; allowed: an http or https URL without user, password, query and fragment; fix: delete them: a path is added to the URL, and what is secret belongs into a secret()',
      ],
    ],
    [
      'an outside name that makes no variable',
      withProps({ outside: { 'A-b': { url: 'http://x' } } }),
      [
        'shop.outside.A-b: got "A-b"; allowed: a name in camel case; fix: start with a lower-case letter; letters and digits only',
      ],
    ],
    [
      'an outside name that a call has',
      withProps({ calls: [users], outside: { users: { url: 'http://x' } } }),
      [
        'shop.outside.users: got "users"; allowed: a name whose USERS_URL is free; fix: choose another: calls (users) has it',
      ],
    ],

    // Environment variables
    [
      'a variable in lower case',
      withProps({ env: { page: { type: 'text' } } }),
      [
        'shop.env.page: got "page"; allowed: A-Z, 0-9 and _, a letter first; fix: write it in upper case, such as PAGE_SIZE',
      ],
    ],
    [
      'a variable of the kit',
      withProps({ env: { HTTP_PORT: { type: 'integer' } } }),
      [
        'shop.env.HTTP_PORT: got "HTTP_PORT"; allowed: a variable that nothing else sets; fix: choose another name: the kit has it',
      ],
    ],
    ...['NODE_ENV', 'NODE_OPTIONS', 'PATH', 'HOME', 'HOSTNAME'].map((name): [string, () => unknown, string[]] => [
      `the variable ${name}`,
      withProps({ env: { [name]: { type: 'text' } } }),
      [
        `shop.env.${name}: got "${name}"; allowed: a variable that nothing else sets; fix: choose another name: the process itself has it`,
      ],
    ]),
    [
      'a variable of a call',
      withProps({ calls: [users], env: { USERS_URL: { type: 'url' } } }),
      [
        'shop.env.USERS_URL: got "USERS_URL"; allowed: a variable that nothing else sets; fix: choose another name: calls (users) has it',
      ],
    ],

    // Metrics
    [
      'a metric of an unknown type',
      withProps({ metrics: { sold: { ...total, type: 'summary' } } }),
      [
        'shop.metrics.sold.type: got "summary"; allowed: type: "counter" | type: "gauge" | type: "histogram"; fix: choose one of these',
      ],
    ],
    [
      'a counter without _total',
      withProps({ metrics: { sold: counter({ ...total, name: 'sold' }) } }),
      [
        'shop.metrics.sold.name: got "sold"; allowed: a name that ends in _total for a counter; fix: name it sold_total',
      ],
    ],
    [
      'a gauge with _total',
      withProps({ metrics: { sold: { ...total, type: 'gauge' } } }),
      [
        'shop.metrics.sold.name: got "sold_total"; allowed: a name without _total for a gauge; fix: drop _total, or make it a counter',
      ],
    ],
    [
      'labels without values, and help without text',
      withProps({
        metrics: { sold: { ...total, help: '', type: 'counter', labels: { a: [], b: 'shut', C: 'open' } } },
      }),
      [
        'shop.metrics.sold.help: got ""; allowed: a text that is not empty; fix: write one sentence',
        "shop.metrics.sold.labels.a: got []; allowed: a list of at least one value, or 'open'; fix: list the values",
        `shop.metrics.sold.labels.b: got "shut"; allowed: a list of at least one value, or 'open'; fix: list the values`,
        'shop.metrics.sold.labels.C: got "C"; allowed: a-z, 0-9 and _, a letter first; fix: write it in snake case',
      ],
    ],
    [
      'no buckets',
      withProps({ metrics: { time: histogram({ name: 'time', help: 'T.', buckets: [] }) } }),
      [
        'shop.metrics.time.buckets: got []; allowed: a list of at least one upper edge; fix: write the upper edges, rising',
      ],
    ],
    [
      'buckets out of order',
      withProps({ metrics: { time: histogram({ name: 'time', help: 'T.', buckets: [1, 3, 3, 2] }) } }),
      [
        'shop.metrics.time.buckets[2]: got 3; allowed: more than the edge before it, which is 3; fix: write the edges in order',
        'shop.metrics.time.buckets[3]: got 2; allowed: more than the edge before it, which is 3; fix: write the edges in order',
      ],
    ],
    [
      "a metric's name twice",
      withProps({ metrics: { a: counter(total), b: counter(total) } }),
      [
        'shop.metrics.b.name: got "sold_total"; allowed: a name that no other metric has; fix: choose another: metrics.a has it',
      ],
    ],

    ...['le', 'quantile', 'service', 'job', 'instance', 'namespace', 'pod', 'container', 'endpoint'].map(
      (taken): [string, () => unknown, string[]] => [
        `a metric with the label ${taken}`,
        withProps({ metrics: { sold: counter({ ...total, labels: { [taken]: 'open' } }) } }),
        [
          `shop.metrics.sold.labels.${taken}: got "${taken}"; allowed: a label other than le, quantile, service, job, instance, namespace, pod, container, endpoint; fix: name it otherwise: Prometheus or the kit writes these`,
        ],
      ],
    ),
    ...['process_x_total', 'nodejs_x_total', 'http_x_total'].map((name): [string, () => unknown, string[]] => [
      `a metric named ${name}`,
      withProps({ metrics: { sold: counter({ ...total, name }) } }),
      [
        `shop.metrics.sold.name: got "${name}"; allowed: a name that does not start with process_, nodejs_, http_, database_, key_value_, object_store_, background_, cache_; fix: start it with the name of the service: Node or the kit has these`,
      ],
    ]),

    // Resources and lifecycle
    [
      'limits below requests',
      withProps({ resources: { cpu: '1', cpuLimit: '500m', memory: '1Gi' } }),
      [
        'shop.resources.memoryLimit: got "256Mi"; allowed: at least memory, which is 1Gi; fix: raise memoryLimit or lower memory',
        'shop.resources.cpuLimit: got "500m"; allowed: at least cpu, which is 1; fix: raise cpuLimit or lower cpu',
      ],
    ],
    [
      'amounts that are none',
      withProps({ resources: { cpu: '1 core', memory: '64M' } }),
      [
        `shop.resources.cpu: got "1 core"; allowed: cores such as '1' or '0.5', or thousandths such as '250m'; fix: write a number, or a number and m`,
        `shop.resources.memory: got "64M"; allowed: bytes with a binary unit, such as '64Mi' or '1Gi'; fix: write a whole number and Ki, Mi or Gi`,
      ],
    ],
    ...[
      ['startup', '0s', '1s to 1h'],
      ['startup', '61m', '1s to 1h'],
      ['request', '0s', '100ms to 10m'],
      ['request', '99ms', '100ms to 10m'],
      ['drainDelay', '6m', '0s to 5m'],
      ['drain', '0s', '1s to 10m'],
      ['drain', '30d', '1s to 10m'],
      ['keepAlive', '0s', '1s to 1h'],
      ['keepAlive', '2h', '1s to 1h'],
    ].map(([key = '', value, range]): [string, () => unknown, string[]] => [
      `${key} ${value}`,
      withProps({ lifecycle: { drain: '10m', request: '1s', [key]: value } }),
      [`shop.lifecycle.${key}: got "${value}"; allowed: a duration from ${range}; fix: choose one in that range`],
    ]),
    [
      'nothing of what it needs, or more than there is',
      withProps({
        resources: { cpu: '0m', cpuLimit: '5000', memory: '0Mi', memoryLimit: '20000Gi', ephemeralStorage: '0Ki' },
        bodyLimit: '0Ki',
        shedAbove: '0s',
      }),
      [
        'shop.resources.cpu: got "0m"; allowed: from 1m to 1000; fix: choose an amount in that range',
        'shop.resources.cpuLimit: got "5000"; allowed: from 1m to 1000; fix: choose an amount in that range',
        'shop.resources.memory: got "0Mi"; allowed: from 1Ki to 10000Gi; fix: choose an amount in that range',
        'shop.resources.memoryLimit: got "20000Gi"; allowed: from 1Ki to 10000Gi; fix: choose an amount in that range',
        'shop.resources.ephemeralStorage: got "0Ki"; allowed: from 1Ki to 10000Gi; fix: choose an amount in that range',
        'shop.bodyLimit: got "0Ki"; allowed: from 1Ki to 1Gi; fix: choose an amount in that range',
        'shop.shedAbove: got "0s"; allowed: a duration from 1ms to 1m; fix: choose one in that range',
      ],
    ],
    [
      'calls that wait for no time, or longer than whoever asked',
      withProps({
        calls: [callTo(users, { timeout: '0s' })],
        outside: { api: { url: 'http://x', timeout: '15001ms' } },
      }),
      [
        'shop.calls[0].timeout: got "0s"; allowed: a duration from 1ms to 10m; fix: choose one in that range',
        'shop.outside.api.timeout: got "15001ms"; allowed: at most lifecycle.request, which is 15s; fix: lower it or raise request: whoever asked has had an answer by then',
      ],
    ],
    [
      'a call that waits longer than whoever asked',
      withProps({ calls: [callTo(users, { timeout: '1m' })] }),
      [
        'shop.calls[0].timeout: got "1m"; allowed: at most lifecycle.request, which is 15s; fix: lower it or raise request: whoever asked has had an answer by then',
      ],
    ],
    [
      'a drain that cuts requests',
      withProps({ lifecycle: { request: '30s' } }),
      [
        'shop.lifecycle.drain: got "20s"; allowed: at least lifecycle.request, which is 30s; fix: raise drain or lower request: a request under way at the end of a pod would be cut',
      ],
    ],
    [
      'all mistakes at once, those between its parts too',
      withProps({
        owner: 'Team A',
        scaling: cpu({ min: 3, max: 1, cpu: 50 }),
        calls: [users, users],
        env: { LOG_LEVEL: { type: 'text' }, SIZE: { type: 'integer', default: 7, max: 5 } },
      }),
      [
        `shop.owner: got "Team A"; allowed: ${label}; fix: use lower-case letters, digits and single dashes`,
        'shop.env.SIZE.default: got 7; allowed: a whole number, at most 5; fix: give a default that the service itself would accept',
        'shop.scaling.max: got 1; allowed: at least min, which is 3; fix: raise max or lower min',
        'shop.env.LOG_LEVEL: got "LOG_LEVEL"; allowed: a variable that nothing else sets; fix: choose another name: the kit has it',
        'shop.calls[1]: got "users"; allowed: each service once; fix: delete it here',
      ],
    ],
  ])('%s', (_what, declared, problems) => {
    expect(problemsOf(declared)).toEqual(problems);
  });
});
