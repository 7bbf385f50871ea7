import { describe, expect, test } from 'vitest';
import { problemsOf } from '../../test/problems-of.ts';
import { alertmanagerConfig } from './alerting.ts';
import { keepBackups, outsideBucket } from './backups.ts';
import { show } from './declaration-error.ts';
import { defineEnvironment, gateway, imageName, ingress, loadBalancer, nodePort } from './environment.ts';
import { nginx } from './gateway.ts';
import { fixed } from './scaling.ts';
import { cloudNativePg, outsideBuckets, outsideStore, runObjectStore, runPostgres, runRedis } from './stores.ts';

const label = 'a DNS label: 1 to 63 of a-z, 0-9 and -, a letter first, no - at the end';
const labelFix = 'use lower-case letters, digits and single dashes';
const tagRule =
  'a tag that always means the same image: 1 to 63 letters, digits and _.-, a letter or digit at both ends, not latest';
const keyRule =
  'a key such as app.kubernetes.io/name: a DNS name and / or neither, then 1 to 63 letters, digits and _.-, a letter or digit at both ends';
const keyFix = 'write it as kubectl get --show-labels shows it';
const urlFix = 'write it whole, such as https://host:8080/path';
const minimal = {
  name: 'staging',
  domain: 'shop.example',
  images: { repository: 'registry.example/shop', tag: '1.2.3' },
  exposure: [nodePort()],
  monitoring: { release: 'monitoring', prometheus: { namespace: 'monitoring' } },
};

const declare = (props: unknown) => () => defineEnvironment(props as Parameters<typeof defineEnvironment>[0]);
const withProps = (props: object) => declare({ ...minimal, ...props });
const withOutside = (place: unknown) => withProps({ overrides: { mall: { shop: { outside: { api: place } } } } });
const atOutside = 'staging.overrides.mall.shop.outside.api';

test('minimal props', () => {
  expect(defineEnvironment(minimal)).toEqual({
    ...minimal,
    images: { ...minimal.images, pullPolicy: 'IfNotPresent', pullSecrets: [] },
    dns: { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' }, port: 53 },
    privateNetworks: [
      '10.0.0.0/8',
      '100.64.0.0/10',
      '127.0.0.0/8',
      '169.254.0.0/16',
      '172.16.0.0/12',
      '192.168.0.0/16',
    ],
    gateways: {},
    stores: {},
    quotas: {},
    alerts: {},
    requestLogs: 1,
    overrides: {},
  });
});

test('all props', () => {
  const pods = { namespace: 'edge', labels: { app: 'proxy' } };
  const volume = { storage: '5Gi', storageClass: 'fast', resources: { cpu: '1', memory: '2Gi' } } as const;
  const props: Required<Parameters<typeof defineEnvironment>[0]> = {
    ...minimal,
    images: { ...minimal.images, pullPolicy: 'Always', pullSecrets: ['registry'] },
    exposure: [
      ingress({ className: 'nginx', controllers: [pods], clusterIssuer: 'acme', annotations: { a: 'b' } }),
      nodePort(),
      loadBalancer({ annotations: { a: 'b' } }),
      gateway({ name: 'edge', namespace: 'edge', listener: 'https', controllers: [pods] }),
    ],
    gateways: {
      mall: nginx({
        image: 'proxy:1.29.1',
        scaling: fixed(3),
        resources: { cpu: '1', cpuLimit: '2', memory: '1Gi', memoryLimit: '2Gi', ephemeralStorage: '1Gi' },
        rate: { perSecond: 1, burst: 0 },
        requestsAtOnce: 1,
        clientAddresses: 'whole',
        routeRates: false,
        trustedProxies: ['10.0.0.0/8'],
      }),
    },
    monitoring: { release: 'monitoring', prometheus: pods },
    dns: { ...pods, port: 5353 },
    privateNetworks: ['10.0.0.0/8'],
    stores: {
      database: runPostgres({ image: 'db:18.1', connections: 50, ...volume }),
      keyValue: runRedis({ image: 'kv:7.4', ...volume }),
      objects: runObjectStore({ image: 's3:1', ...volume }),
    },
    backups: keepBackups({
      ...{ schedule: '5 */6 * * 1-5', timeZone: 'Europe/Berlin', keep: 30, timeLimit: '2h' },
      to: runObjectStore({ image: 's3:1', ...volume }),
    }),
    alerting: alertmanagerConfig({
      receivers: {
        people: {
          email: {
            to: ['a@b.example', 'c@d.example'],
            from: 'e@f.example',
            smarthost: 'mail.example:587',
            username: 'e@f.example',
            password: { secret: 'alerting', key: 'password' },
            tls: false,
          },
          slack: { url: { secret: 'alerting', key: 'url' }, channel: '#alerts' },
        },
      },
      critical: 'people',
      warning: 'people',
      owners: { team: { critical: 'people', warning: 'people' } },
      groupWait: '10s',
      groupInterval: '1m',
      repeat: '1h',
      repeatWarnings: '2d',
      quietHours: { from: '20:00', to: '07:00', weekends: true, timeZone: 'Etc/UTC' },
      heartbeat: { url: { secret: 'alerting', key: 'beat' }, every: '1m' },
    }),
    tracing: { endpoint: 'http://collector.monitoring.svc:4318', sampled: 0.5, collector: pods },
    requestLogs: 0.5,
    logging: { keptFor: '30d', storage: '100Gi' },
    quotas: { mall: { pods: 100, cpu: '1500m', memory: '8Gi', memoryLimit: '16Gi' }, fair: 'none' },
    alerts: { volumeFilling: 20, watchdog: 'off' },
    overrides: {
      mall: {
        shop: {
          env: { PAGE: 3 },
          outside: { api: 'https://x', other: { url: 'http://y', pods: { ...pods, port: 80 } } },
          scaling: fixed(3),
          slo: { availability: 0.99, latency: { quantile: 0.99, below: '1s' }, minimumErrors: 5 },
          alerts: { podPending: '5m' },
        },
      },
    },
  };
  expect(defineEnvironment(props)).toEqual(props);
});

test('a tenth of the traces is recorded unless it is said how many', () => {
  const tracing = { endpoint: 'http://collector:4318', collector: { namespace: 'monitoring' } };
  expect(withProps({ tracing })()).toMatchObject({ tracing: { ...tracing, sampled: 0.1 } });
});

test('a gateway has an image, two pods, resources and a rate', () => {
  expect(defineEnvironment({ ...minimal, gateways: { mall: nginx() } }).gateways['mall']).toEqual({
    kind: 'nginx',
    image: 'nginxinc/nginx-unprivileged:1.29',
    scaling: fixed(2),
    resources: { cpu: '50m', memory: '64Mi', memoryLimit: '128Mi', ephemeralStorage: '256Mi' },
    rate: { perSecond: 100, burst: 200 },
    requestsAtOnce: 100,
    clientAddresses: 'truncated',
    routeRates: true,
  });
});

test.each([
  ['pods at the usual port', { namespace: 'dns' }, { namespace: 'dns', port: 53 }],
  ['an address at the usual port', { address: '169.254.20.10' }, { address: '169.254.20.10', port: 53 }],
  ['an address and a port', { address: '10.0.0.1', port: 5353 }, { address: '10.0.0.1', port: 5353 }],
])('DNS from %s', (_what, dns, filledIn) => {
  expect(defineEnvironment({ ...minimal, dns }).dns).toEqual(filledIn);
});

test('a store in the cluster has an image, a volume and resources', () => {
  const resources = { cpu: '100m', memory: '256Mi' };
  const volume = { storage: '1Gi', resources };
  const stores = { database: runPostgres(), keyValue: runRedis(), objects: runObjectStore() };
  expect(defineEnvironment({ ...minimal, stores }).stores).toEqual({
    database: {
      kind: 'postgres',
      image: 'postgres:18',
      connections: 280,
      ...volume,
      resources: { ...resources, memory: '1536Mi' },
    },
    keyValue: { kind: 'redis', image: 'redis:7', ...volume },
    objects: { kind: 'versitygw', image: 'ghcr.io/versity/versitygw:v1.8.0', ...volume },
  });
});

test('a store that somebody else runs is in pods or in networks', () => {
  const pods = { namespace: 'data', labels: { app: 'db' }, port: 5432 };
  const networks = { networks: ['10.1.0.0/16'], port: 443 };
  const stores = {
    database: outsideStore(pods),
    keyValue: outsideStore({ namespace: 'data', port: 6379 }),
    objects: outsideBuckets({
      at: networks,
      buckets: { shop: { media: 'https://s3.example/media?region=eu-west-1' } },
    }),
  };
  expect(defineEnvironment({ ...minimal, stores }).stores).toEqual(stores);
});

test("an image's name", () => {
  expect(imageName(defineEnvironment(minimal), 'bird')).toBe('registry.example/shop/bird:1.2.3');
});

describe('is refused', () => {
  test.each<[what: string, declare: () => unknown, problems: string[]]>([
    [
      'a gateway with a rate of nothing, a network by another address and a key too many',
      withProps({
        gateways: {
          mall: nginx({ rate: { perSecond: 0, burst: 1 }, trustedProxies: ['10.0.0.1/8'], pods: 2 } as object),
        },
      }),
      [
        'staging.gateways.mall.rate.perSecond: got 0; allowed: a whole number from 1 to 100000; fix: choose a number in that range',
        'staging.gateways.mall.trustedProxies[0]: got "10.0.0.1/8"; allowed: an IPv4 network by its first address; fix: write 10.0.0.0/8',
        'staging.gateways.mall.pods: got 2; allowed: the keys kind, image, scaling, resources, rate, requestsAtOnce, clientAddresses, routeRates, trustedProxies; fix: delete pods',
      ],
    ],
    ['undefined', declare(undefined), ['environment: got nothing; allowed: an object; fix: add it']],
    ['null', declare(null), ['environment: got null; allowed: an object; fix: write an object']],
    ['a text', declare('local'), ['environment: got "local"; allowed: an object; fix: write an object']],
    [
      'nothing in it',
      declare({}),
      [
        `environment.name: got nothing; allowed: ${label}; fix: add it`,
        'environment.domain: got nothing; allowed: a DNS name in lower case, such as shop.example.com; fix: add it',
        'environment.images: got nothing; allowed: an object; fix: add it',
        'environment.exposure: got nothing; allowed: a list of at least one way in; fix: add it',
        'environment.monitoring: got nothing; allowed: an object; fix: add it',
      ],
    ],
    [
      'a domain with a scheme',
      withProps({ domain: 'https://shop.example' }),
      [
        'staging.domain: got "https://shop.example"; allowed: a DNS name in lower case, such as shop.example.com; fix: write the host name alone: no scheme, port or path',
      ],
    ],
    ...['latest', '', 'a b', '-x', '_x', '1.2.', 'a'.repeat(64)].map((tag): [string, () => unknown, string[]] => [
      `tag ${JSON.stringify(tag)}`,
      withProps({ images: { ...minimal.images, tag } }),
      [`staging.images.tag: got ${JSON.stringify(tag)}; allowed: ${tagRule}; fix: use the version or the commit`],
    ]),
    [
      'a repository without path, and a wrong policy',
      withProps({ images: { ...minimal.images, repository: 'shop', pullPolicy: 'Sometimes' } }),
      [
        'staging.images.repository: got "shop"; allowed: a registry and a path, such as registry.example.com/shop; fix: write both, in lower case, with neither scheme nor tag',
        'staging.images.pullPolicy: got "Sometimes"; allowed: "Always" | "IfNotPresent" | "Never"; fix: choose one of these',
      ],
    ],
    [
      'no way in',
      withProps({ exposure: [] }),
      [
        'staging.exposure: got []; allowed: a list of at least one way in; fix: add ingress(...), nodePort(), loadBalancer() or gateway(...)',
      ],
    ],
    [
      'an unknown way in',
      withProps({ exposure: [{ kind: 'ingres' }] }),
      [
        'staging.exposure[0].kind: got "ingres"; allowed: kind: "ingress" | kind: "nodePort" | kind: "loadBalancer" | kind: "gateway"; fix: choose one of these',
      ],
    ],
    [
      'a way in twice',
      withProps({ exposure: [nodePort(), nodePort()] }),
      ['staging.exposure[1]: got "nodePort"; allowed: each kind once; fix: merge the two'],
    ],
    [
      'an ingress without controllers',
      withProps({ exposure: [ingress({ controllers: [] })] }),
      [
        "staging.exposure[0].controllers: got []; allowed: a list of at least one group of pods; fix: name their namespace, such as { namespace: 'traefik' }",
      ],
    ],
    [
      'a gateway without its name',
      withProps({ exposure: [{ kind: 'gateway', namespace: 'edge', controllers: [{ namespace: 'Edge' }] }] }),
      [
        `staging.exposure[0].name: got nothing; allowed: ${label}; fix: add it`,
        `staging.exposure[0].controllers[0].namespace: got "Edge"; allowed: ${label}; fix: ${labelFix}`,
      ],
    ],
    [
      'a quota of nothing',
      withProps({ quotas: { mall: {} } }),
      [
        "staging.quotas.mall: got {}; allowed: at least one of pods, cpu, memory and memoryLimit, or 'none'; fix: write what is to be limited",
      ],
    ],
    [
      'a quota by other names',
      withProps({ quotas: { mall: { pod: 10 }, fair: 'off' } }),
      [
        'staging.quotas.mall.pod: got 10; allowed: the keys pods, cpu, memory, memoryLimit; fix: did you mean pods? else delete pod',
        'staging.quotas.fair: got "off"; allowed: { pods, cpu, memory, memoryLimit }, or \'none\'; fix: write what is to be limited',
      ],
    ],
    [
      'a network that is none',
      withProps({ privateNetworks: ['10'] }),
      [
        'staging.privateNetworks[0]: got "10"; allowed: an IPv4 network such as 10.1.0.0/16; fix: write its address, a slash and its length',
      ],
    ],
    [
      'a key that pods do not have, where they have a port',
      withProps({
        dns: { namespace: 'dns', ports: 53 } as object,
        overrides: {
          shop: { cart: { outside: { tax: { url: 'http://tax', pods: { namespace: 'tax', port: 80, label: {} } } } } },
        } as object,
      }),
      [
        'staging.dns.ports: got 53; allowed: the keys namespace, labels, port; fix: did you mean port? else delete ports',
        'staging.overrides.shop.cart.outside.tax.pods.label: got {}; allowed: the keys namespace, labels, port; fix: did you mean labels? else delete label',
      ],
    ],
    [
      'networks by an address inside them',
      withProps({
        privateNetworks: ['10.1.2.3/8', '10.0.0.0/8', '192.168.7.129/25'],
        stores: { database: outsideStore({ networks: ['10.20.3.4/16', '1.2.3.4/0'], port: 5432 }) },
      }),
      [
        'staging.privateNetworks[0]: got "10.1.2.3/8"; allowed: an IPv4 network by its first address; fix: write 10.0.0.0/8',
        'staging.privateNetworks[2]: got "192.168.7.129/25"; allowed: an IPv4 network by its first address; fix: write 192.168.7.128/25',
        'staging.stores.database.at.networks[0]: got "10.20.3.4/16"; allowed: an IPv4 network by its first address; fix: write 10.20.0.0/16',
        'staging.stores.database.at.networks[1]: got "1.2.3.4/0"; allowed: an IPv4 network by its first address; fix: write 0.0.0.0/0',
      ],
    ],
    [
      'an override of a name that no service has',
      withProps({ overrides: { Mall: {} } }),
      [`staging.overrides.Mall: got "Mall"; allowed: ${label}; fix: ${labelFix}`],
    ],
    [
      'a value of a variable that is none',
      withProps({ overrides: { mall: { shop: { env: { PAGE: null } } } } }),
      [
        'staging.overrides.mall.shop.env.PAGE: got null; allowed: a text, a number, true or false; fix: write the value, or delete the line',
      ],
    ],
    [
      'DNS from neither pods nor an address',
      withProps({ dns: 'kube-dns' }),
      ['staging.dns: got "kube-dns"; allowed: an object; fix: choose one of these'],
    ],
    [
      'DNS from an address that is none, at a port that is none',
      withProps({ dns: { address: 'dns.test', port: 0 } }),
      [
        'staging.dns.address: got "dns.test"; allowed: an IPv4 address such as 169.254.20.10; fix: write the address alone',
        'staging.dns.port: got 0; allowed: a whole number from 1 to 65535; fix: choose a number in that range',
      ],
    ],
    [
      'labels, annotations and Secrets that no cluster takes',
      withProps({
        images: { ...minimal.images, pullSecrets: ['A_b'] },
        exposure: [
          ingress({
            controllers: [{ namespace: 'edge', labels: { 'a/b/c': 'x', app: 'a b' } }],
            annotations: { 'a b': 'any text' },
          }),
        ],
      }),
      [
        'staging.images.pullSecrets[0]: got "A_b"; allowed: the name of an object: 1 to 253 of a-z, 0-9, - and ., a letter or digit around each dot and at both ends; fix: write it as kubectl get shows it',
        `staging.exposure[0].controllers[0].labels.a/b/c: got "a/b/c"; allowed: ${keyRule}; fix: ${keyFix}`,
        `staging.exposure[0].controllers[0].labels.app: got "a b"; allowed: up to 63 letters, digits and _.-, a letter or digit at both ends; fix: ${keyFix}`,
        `staging.exposure[0].annotations.a b: got "a b"; allowed: ${keyRule}; fix: ${keyFix}`,
      ],
    ],
    [
      'a place outside that is none',
      withOutside(3),
      [`${atOutside}: got 3; allowed: an http or https URL, or an object; fix: choose one of these`],
    ],
    ...[
      'https://user:pa55@api.example.com/v1?key=k',
      'https:user:pa55@api.example.com',
      'https://api.example.com/?key=k',
      'https://api.example.com/#k',
    ].flatMap((given): [string, () => unknown, string[]][] => {
      const message = `got "https://api.example.com/(hidden)"; allowed: an http or https URL without user, password, query and fragment; fix: delete them: a path is added to the URL, and what is secret belongs into a secret()`;
      const pods = { namespace: 'edge', port: 80 };
      return [
        [`the place ${given}`, withOutside(given), [`${atOutside}: ${message}`]],
        [`the place ${given} of pods`, withOutside({ url: given, pods }), [`${atOutside}.url: ${message}`]],
      ];
    }),
    [
      'a place of another scheme, with a password',
      withOutside('postgres://user:pa55@db'),
      [`${atOutside}: got "postgres://db/(hidden)"; allowed: an http or https URL; fix: ${urlFix}`],
    ],
    [
      'a place that is no URL, with what may be a password',
      withOutside('user:pa55@db'),
      [`${atOutside}: got "(hidden)"; allowed: an http or https URL; fix: ${urlFix}`],
    ],
    [
      'a place in the cluster without its pods',
      withOutside({ url: 'x', pods: { namespace: 'edge', port: 0 } }),
      [
        `${atOutside}.url: got "x"; allowed: an http or https URL; fix: ${urlFix}`,
        `${atOutside}.pods.port: got 0; allowed: a whole number from 1 to 65535; fix: choose a number in that range`,
      ],
    ],
    [
      'a store of another kind',
      withProps({ stores: { database: runRedis() } }),
      [
        'staging.stores.database.kind: got "redis"; allowed: kind: "postgres" | kind: "cloudnative-pg" | kind: "outside"; fix: choose one of these',
      ],
    ],
    [
      'a misspelt store',
      withProps({ stores: { databse: runPostgres() } }),
      [
        'staging.stores.databse: got {"kind":"postgres"}; allowed: the keys database, keyValue, objects; fix: did you mean database? else delete databse',
      ],
    ],
    ...[
      'postgres',
      'postgres:latest',
      'Postgres:18',
      'postgres@18',
      'postgres:18-',
      `postgres:${'1'.repeat(64)}`,
      'postgres:18@sha256:0a',
      `postgres:latest@sha256:${'0'.repeat(64)}`,
      `postgres@sha256:${'0'.repeat(64)}`,
    ].map((image): [string, () => unknown, string[]] => [
      `the image ${image}`,
      withProps({ stores: { database: runPostgres({ image }) } }),
      [
        `staging.stores.database.image: got ${show(image)}; allowed: an image with a version as its tag, such as postgres:18, and with or without @sha256: and its digest; fix: write the name, a colon and the version; not latest`,
      ],
    ]),
    [
      'a store out of its limits',
      withProps({
        stores: {
          database: runPostgres({
            connections: 5_001,
            storage: '1G' as '1Gi',
            storageClass: 'A_b',
            resources: { cpu: '0' },
          }),
        },
      }),
      [
        'staging.stores.database.connections: got 5001; allowed: a whole number from 10 to 5000; fix: choose a number in that range',
        "staging.stores.database.storage: got \"1G\"; allowed: bytes with a binary unit, such as '64Mi' or '1Gi'; fix: write a whole number and Ki, Mi or Gi",
        'staging.stores.database.storageClass: got "A_b"; allowed: the name of an object: 1 to 253 of a-z, 0-9, - and ., a letter or digit around each dot and at both ends; fix: write it as kubectl get shows it',
        'staging.stores.database.resources.cpu: got "0"; allowed: from 1m to 1000; fix: choose an amount in that range',
      ],
    ],
    [
      'a cluster of Postgres that says neither where its copies are nor that there are none, nor where the API server is',
      withProps({ stores: { database: { kind: 'cloudnative-pg' } } }),
      [
        "staging.stores.database.backups: got nothing; allowed: { to, at, ... }, or 'none' where all may be lost; fix: add it",
        'staging.stores.database.api: got nothing; allowed: an object; fix: add it',
      ],
    ],
    [
      'copies, servers and a moment that cannot be',
      withProps({
        stores: {
          database: cloudNativePg({
            instances: 0,
            backups: {
              to: 'https://key:secret@s3.example/copies',
              at: { networks: ['10.1.0.0/16'], port: 443 },
              schedule: 'at night',
              retention: '30 days',
            },
            recovery: { shop: { from: 'postgres', archive: 'postgres', at: 'yesterday' } },
            api: { networks: ['10.2.0.0/28'], port: 6443 },
          }),
        },
      }),
      [
        'staging.stores.database.instances: got 0; allowed: a whole number from 1 to 9; fix: choose a number in that range',
        'staging.stores.database.backups.to: got "https://s3.example/(hidden)"; allowed: the URL of a bucket, such as https://s3.example.com/photos?region=eu-central-1; fix: write the scheme, the host, a slash and the bucket, and no key',
        'staging.stores.database.backups.schedule: got "at night"; allowed: five fields: the minute as one number, then hour, day of the month, month and day of the week, each as numbers, ranges, lists, steps or *, such as \'17 3 * * *\'; fix: write five fields with one space between them',
        "staging.stores.database.backups.retention: got \"30 days\"; allowed: days, weeks or months, such as '30d', '4w' or '3m'; fix: write a number and its unit",
        'staging.stores.database.recovery.shop.at: got "yesterday"; allowed: a time with its zone, such as \'2026-11-21T09:30:00Z\'; fix: write date, T, time and Z or an offset',
        'staging.stores.database.recovery.shop.archive: got "postgres"; allowed: a name other than that of postgres, which it is made from; fix: name a new one',
      ],
    ],
    [
      'an outside store in no place',
      withProps({ stores: { database: { kind: 'outside', at: {} } } }),
      [
        'staging.stores.database.at.namespace: got nothing; allowed: a DNS label: 1 to 63 of a-z, 0-9 and -, a letter first, no - at the end; fix: add it',
        'staging.stores.database.at.port: got nothing; allowed: a whole number from 1 to 65535; fix: add it',
      ],
    ],
    [
      'an outside store in a network that is none, or in no network',
      withProps({
        stores: {
          database: outsideStore({ networks: ['10.1'], port: 0 }),
          keyValue: outsideStore({ networks: [], port: 1 }),
        },
      }),
      [
        'staging.stores.database.at.networks[0]: got "10.1"; allowed: an IPv4 network such as 10.1.0.0/16; fix: write its address, a slash and its length',
        'staging.stores.database.at.port: got 0; allowed: a whole number from 1 to 65535; fix: choose a number in that range',
        `staging.stores.keyValue.at.networks: got []; allowed: a list of at least one IPv4 network; fix: name it, such as ['10.1.0.0/16']`,
      ],
    ],
    ...[
      'media',
      'https://s3.example',
      'https://s3.example/',
      'https://s3.example/a',
      'https://s3.example/Media',
      'https://s3.example/media/2026',
      'ftp://s3.example/media',
      'https://s3.exa mple/media',
      ['https://user:pa55@s3.example/media', 'https://s3.example/(hidden)'] as const,
      ['https://s3.example/media?region=eu&key=pa55', 'https://s3.example/(hidden)'] as const,
    ].map((given): [string, () => unknown, string[]] => {
      const [url, shown] = typeof given === 'string' ? [given, given] : given;
      return [
        `the bucket ${url}`,
        withProps({
          stores: {
            objects: outsideBuckets({
              at: { networks: ['10.1.0.0/16'], port: 443 },
              buckets: { shop: { media: url } },
            }),
          },
        }),
        [
          `staging.stores.objects.buckets.shop.media: got "${shown}"; allowed: the URL of a bucket, such as https://s3.example.com/photos?region=eu-central-1; fix: write the scheme, the host, a slash and the bucket, and no key`,
        ],
      ];
    }),
    [
      'all mistakes at once, those between its parts too',
      withProps({ name: 'Staging', domain: '', exposure: [nodePort(), nodePort()], dns: {} }),
      [
        `Staging.name: got "Staging"; allowed: ${label}; fix: ${labelFix}`,
        'Staging.domain: got ""; allowed: a DNS name in lower case, such as shop.example.com; fix: write the host name alone: no scheme, port or path',
        `Staging.dns.namespace: got nothing; allowed: ${label}; fix: add it`,
        'Staging.exposure[1]: got "nodePort"; allowed: each kind once; fix: merge the two',
      ],
    ],
  ])('%s', (_what, declared, problems) => {
    expect(problemsOf(declared)).toEqual(problems);
  });
});

test('backups have a time, a number and a place', () => {
  const to = outsideBucket({ url: 'https://s3.example.com/backups', at: { networks: ['10.1.0.0/16'], port: 443 } });
  expect(defineEnvironment({ ...minimal, backups: keepBackups({ to }) }).backups).toEqual({
    ...{ schedule: '17 3 * * *', timeZone: 'Etc/UTC', keep: 14, timeLimit: '1h' },
    to: {
      kind: 'outside',
      url: 'https://s3.example.com/backups',
      at: { networks: ['10.1.0.0/16'], port: 443 },
    },
  });
});

const fiveFields =
  "five fields: the minute as one number, then hour, day of the month, month and day of the week, each as numbers, ranges, lists, steps or *, such as '17 3 * * *'";
test.each([
  [
    { schedule: '17 3 * *' },
    `schedule: got "17 3 * *"; allowed: ${fiveFields}; fix: write five fields with one space between them`,
  ],
  [
    { schedule: '*/5 * * * *' },
    `schedule: got "*/5 * * * *"; allowed: ${fiveFields}; fix: write the minute as one number`,
  ],
  [
    { schedule: '17 24 * * *' },
    `schedule: got "17 24 * * *"; allowed: ${fiveFields}; fix: correct the hour, which is of 0 to 23`,
  ],
  [
    { schedule: '17 3 31 2 *' },
    `schedule: got "17 3 31 2 *"; allowed: ${fiveFields}; fix: name a day that there is each year`,
  ],
  [
    { timeZone: 'Europe/Berlyn' },
    'timeZone: got "Europe/Berlyn"; allowed: a time zone of the IANA database, such as Europe/Berlin; fix: correct the name',
  ],
  [{ keep: 0 }, 'keep: got 0; allowed: a whole number from 1 to 1000; fix: choose a number in that range'],
])('backups as %j are refused', (backups, message) => {
  const declare = () => defineEnvironment({ ...minimal, backups: keepBackups({ to: runObjectStore(), ...backups }) });
  expect(problemsOf(declare)).toEqual([`staging.backups.${message}`]);
});
