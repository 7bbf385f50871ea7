import { describe, expect, test } from 'vitest';
import { contractNamed, environmentWith, minimalService, systemOf } from '../../../test/declarations.ts';
import { type Manifest, objectNamed, objectsOf } from '../../../test/objects.ts';
import { problemsOf } from '../../../test/problems-of.ts';
import {
  cloudNativePg,
  defineService,
  fixed,
  keepBackups,
  outsideBucket,
  outsideBuckets,
  outsideStore,
  postgres,
  runObjectStore,
  runPostgres,
  type Service,
  secret,
} from '../../model/index.ts';

const keeper = (name: string, env: Parameters<typeof defineService>[0]['env'] = {}): Service =>
  defineService({
    contract: contractNamed(name),
    owner: 'team',
    description: 'Keeps.',
    uses: { database: postgres() },
    scaling: fixed(1),
    env,
  }) as Service;
const system = systemOf(keeper('orders'), keeper('stock'), minimalService());
const inCluster = environmentWith({ backups: keepBackups({ to: runObjectStore() }) });
const at = { networks: ['10.30.0.0/16'], port: 443 };
const outside = environmentWith({
  stores: { database: outsideStore({ networks: ['10.20.0.0/16'], port: 5432 }) },
  backups: keepBackups({
    ...{ schedule: '50 */6 * * *', timeZone: 'Europe/Berlin', keep: 30, timeLimit: '2h' },
    to: outsideBucket({ url: 'https://s3.example.com/backups?region=eu-west-1', at }),
  }),
});
const of = (environment = inCluster, systems = [system]) => objectsOf({ environment, systems });
const envOf = (cronJob: Manifest) => cronJob.spec.jobTemplate.spec.template.spec.containers[0].env;

test('minimal props: each service with a database has a CronJob of its own image, at a minute of its own', () => {
  const cronJobs = of().filter(({ kind }) => kind === 'CronJob');
  expect(cronJobs.map(({ metadata, spec }) => [metadata.name, spec.schedule, spec.timeZone])).toEqual([
    ['orders-backup', '17 3 * * *', 'Etc/UTC'],
    ['stock-backup', '24 3 * * *', 'Etc/UTC'],
  ]);
  const { spec } = objectNamed(of(), 'CronJob', 'orders-backup');
  expect(spec).toMatchObject({
    concurrencyPolicy: 'Forbid',
    startingDeadlineSeconds: 600,
    successfulJobsHistoryLimit: 2,
    failedJobsHistoryLimit: 2,
  });
  expect(spec.jobTemplate.spec).toMatchObject({
    backoffLimit: 2,
    activeDeadlineSeconds: 3_600,
    ttlSecondsAfterFinished: 604_800,
    template: {
      spec: {
        restartPolicy: 'Never',
        serviceAccountName: 'orders-backup',
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            image: 'registry.example.com/shop/orders:1.2.3',
            args: ['backup'],
            securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
            resources: { limits: { memory: '512Mi' } },
          },
        ],
      },
    },
  });
  const key = (name: string, key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });
  expect(envOf(objectNamed(of(), 'CronJob', 'orders-backup'))).toEqual([
    { name: 'SERVICE_VERSION', value: '1.2.3' },
    { name: 'DATABASE_URL', ...key('orders-database', 'url') },
    { name: 'BACKUPS_URL', value: 'http://backups:7070/backups?region=us-east-1' },
    { name: 'BACKUPS_ACCESS_KEY_ID', ...key('backups', 'access-key-id') },
    { name: 'BACKUPS_SECRET_ACCESS_KEY', ...key('backups', 'secret-access-key') },
    { name: 'BACKUPS_FOLDER', value: 'shop/orders' },
    { name: 'BACKUPS_KEEP', value: '14' },
  ]);
});

test('all props', () => {
  const cronJob = objectNamed(of(outside), 'CronJob', 'stock-backup');
  // Past the hour it is the same hour still.
  expect([cronJob.spec.schedule, cronJob.spec.timeZone]).toEqual(['57 */6 * * *', 'Europe/Berlin']);
  expect(cronJob.spec.jobTemplate.spec.activeDeadlineSeconds).toBe(7_200);
  expect(envOf(cronJob)).toEqual(
    expect.arrayContaining([
      { name: 'BACKUPS_URL', value: 'https://s3.example.com/backups?region=eu-west-1' },
      { name: 'BACKUPS_KEEP', value: '30' },
      {
        name: 'BACKUPS_ACCESS_KEY_ID',
        valueFrom: { secretKeyRef: { name: 'backups', key: 'access-key-id', optional: true } },
      },
    ]),
  );
  expect(of(outside).filter(({ metadata }) => metadata.name === 'backups')).toEqual([]);
  const [rule] = objectNamed(of(outside), 'PrometheusRule', 'stock-backup').spec.groups[0].rules;
  // Six hours between two, two for one, and one more.
  expect(rule.expr).toContain(`> ${9 * 3_600})`);
  expect(rule.annotations.description).toContain('more than 9 hours');
});

test('no selector of the service, its budget or its policy takes the pods of its backups', () => {
  const { labels } = objectNamed(of(), 'CronJob', 'orders-backup').spec.jobTemplate.spec.template.metadata;
  const takes = (selector: Record<string, string> = {}) =>
    Object.entries(selector).every(([key, value]) => labels[key] === value);
  const selectors = of().flatMap(({ kind, metadata, spec = {} }) => {
    const selector = kind === 'Service' ? spec.selector : (spec.podSelector ?? spec.selector)?.matchLabels;
    return selector && takes(selector) ? [`${kind} ${metadata.name}`] : [];
  });
  expect(selectors).toEqual(['NetworkPolicy orders-backup']);
});

test('the pods reach DNS, their database and the store of backups, and the store admits them alone', () => {
  const pods = (name: string, port: number) => ({
    to: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } }],
    ports: [{ protocol: 'TCP', port }],
  });
  const policy = (name: string, environment = inCluster) => objectNamed(of(environment), 'NetworkPolicy', name).spec;
  expect(policy('orders-backup')).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
  expect(policy('orders-backup').ingress).toBeUndefined();
  expect(policy('orders-backup').egress.slice(1)).toEqual([pods('postgres', 5432), pods('backups', 7070)]);
  expect(policy('orders-backup').egress[0].ports[0].port).toBe(53);
  const network = (cidr: string, port: number) => ({
    to: [{ ipBlock: { cidr } }],
    ports: [{ protocol: 'TCP', port }],
  });
  expect(policy('orders-backup', outside).egress.slice(1)).toEqual([
    network('10.20.0.0/16', 5432),
    network('10.30.0.0/16', 443),
  ]);
  const admitted = (name: string) =>
    policy(name).ingress[0].from.map((each: Manifest) => each.podSelector.matchLabels['app.kubernetes.io/name']);
  expect(admitted('backups')).toEqual(['orders-backup', 'stock-backup']);
  expect(admitted('postgres')).toEqual(['orders', 'stock', 'postgres-roles', 'orders-backup', 'stock-backup']);
  expect(JSON.stringify(policy('orders'))).not.toContain('backup');
});

test('the store in the cluster has a volume and an account of its own', () => {
  const set = objectNamed(of(), 'StatefulSet', 'backups');
  expect(set.spec.template.spec.containers[0].env.map((each: Manifest) => each.valueFrom?.secretKeyRef.name)).toEqual([
    ...[undefined, undefined],
    ...['backups', 'backups'],
  ]);
  expect(set.spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe('1Gi');
  const secretsOfServices = of()
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap(({ spec }) => JSON.stringify(spec).match(/"name":"backups"/g) ?? []);
  expect(secretsOfServices).toEqual([]);
});

test('nothing is rendered without backups, without a database, or where an operator backs it up', () => {
  const kinds = (environment: typeof inCluster, systems = [system]) =>
    of(environment, systems).filter(({ kind, metadata }) => kind === 'CronJob' || /backup/.test(metadata.name));
  expect(kinds(environmentWith())).toEqual([]);
  expect(kinds(inCluster, [systemOf(minimalService())])).toEqual([]);
});

describe('refused', () => {
  const long = 'a'.repeat(46);
  const cases: [
    what: string,
    environment: typeof inCluster,
    services: readonly [Service, ...Service[]],
    message: string,
  ][] = [
    [
      'a name that is too long for a CronJob',
      inCluster,
      [keeper(long)],
      `shop.services[0]: got "${long}"; allowed: a name of at most 45 characters for a service whose database is backed up: its CronJob is called NAME-backup; fix: shorten it`,
    ],
    [
      'a name that a backup has',
      inCluster,
      [keeper('orders'), minimalService(contractNamed('orders-backup'))],
      'shop.services[1]: got "orders-backup"; allowed: a name that what test.backups makes does not have: not backups, orders-backup; fix: rename the service',
    ],
    [
      'a service that takes the Secret',
      inCluster,
      [keeper('orders', { KEY: secret({ secret: 'backups', key: 'access-key-id' }) })],
      'orders.env.KEY.secret: got "backups"; allowed: another Secret; this one is of the store of test.backups; fix: name another',
    ],
    [
      'a URL at another port',
      environmentWith({ backups: keepBackups({ to: outsideBucket({ url: 'https://s3.example.com:9000/b1b', at }) }) }),
      [keeper('orders')],
      'test.backups.to.url: got "https://s3.example.com:9000/b1b"; allowed: a URL at port 443, which test.backups.to.at opens; fix: correct one of the two',
    ],
  ];
  test.each(cases)('%s', (_, environment, services, message) => {
    expect(problemsOf(() => objectsOf({ environment, systems: [systemOf(...services)] }))).toEqual([message]);
  });

  test('the bucket of a service', () => {
    const url = 'https://s3.example.com/full';
    const environment = environmentWith({
      stores: { database: runPostgres(), objects: outsideBuckets({ at, buckets: { shop: { orders: url } } }) },
      backups: keepBackups({ to: outsideBucket({ url: `${url}?region=eu-west-1`, at }) }),
    });
    expect(problemsOf(() => objectsOf({ environment, systems: [systemOf(keeper('orders'))] }))).toContain(
      `test.backups.to.url: got "${url}?region=eu-west-1"; allowed: a bucket that shop.orders does not have; fix: name another`,
    );
  });

  test('backups beside a database that its operator backs up', () => {
    const database = cloudNativePg({ backups: 'none', api: { networks: ['10.10.0.0/28'], port: 6443 } });
    const environment = environmentWith({ stores: { database }, backups: keepBackups({ to: runObjectStore() }) });
    expect(problemsOf(() => objectsOf({ environment, systems: [systemOf(keeper('orders'))] }))).toEqual([
      'test.backups: got "keepBackups(...)"; allowed: none beside test.stores.database, whose operator backs it up itself; fix: delete it, and set the backups of cloudNativePg(...)',
    ]);
  });

  test('more databases than minutes', () => {
    const services = Array.from({ length: 61 }, (_, index) => keeper(`s-${index}`)) as [Service, ...Service[]];
    const environment = environmentWith({
      stores: { database: runPostgres({ connections: 1_000, resources: { memory: '8Gi' } }) },
      backups: keepBackups({ to: runObjectStore() }),
    });
    const [, ...sixty] = services as [Service, Service, ...Service[]];
    const minutes = of(environment, [systemOf(...(sixty as [Service, ...Service[]]))])
      .filter(({ kind }) => kind === 'CronJob')
      .map(({ spec }) => spec.schedule);
    expect(new Set(minutes).size).toBe(60);
    expect(problemsOf(() => objectsOf({ environment, systems: [systemOf(...services)] }))).toEqual([
      'test.backups: got "61 databases"; allowed: at most 60, as each has a minute of its own; fix: split the environment in two, or back some up by other means',
    ]);
  });
});
