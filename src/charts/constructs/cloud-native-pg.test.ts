import { describe, expect, test } from 'vitest';
import { contractNamed, environmentWith, fullService, minimalService, systemOf } from '../../../test/declarations.ts';
import { type Manifest, objectNamed, objectsOf } from '../../../test/objects.ts';
import { cloudNativePg, cpu, defineService, postgres, type Service } from '../../model/index.ts';

const { service, callee } = fullService();
const at = { networks: ['10.20.0.0/16'], port: 443 };
const api = { networks: ['10.10.0.0/28'], port: 6443 };
const withCluster = (props: Partial<Parameters<typeof cloudNativePg>[0]>, images = {}) =>
  environmentWith({
    images: { repository: 'registry.example.com/shop', tag: '1.2.3', ...images },
    stores: { ...environmentWith().stores, database: cloudNativePg({ backups: 'none', api, ...props }) },
  });

const minimal = objectsOf({ environment: withCluster({}), systems: [systemOf(service, callee)] });

const otherService = defineService({
  contract: contractNamed('other'),
  owner: 'team',
  description: 'Keeps.',
  scaling: cpu({ min: 1, max: 10, cpu: 50 }),
  uses: { database: postgres({ connections: 2 }) },
}) as Service;

const all = objectsOf({
  environment: withCluster(
    {
      instances: 5,
      image: 'registry.example.com/pg:18.1-standard-trixie',
      connections: 300,
      storage: '50Gi',
      storageClass: 'fast',
      resources: { cpu: '2', memory: '4Gi' },
      pooler: { instances: 3, cpu: '200m', memory: '64Mi' },
      backups: {
        to: 'https://s3.example.com:9443/copies?region=eu-west-1',
        at: { networks: ['10.20.0.0/16'], port: 9443 },
        secret: 'bucket',
        schedule: '15 1 * * 0',
        retention: '8w',
      },
      recovery: { shop: { from: 'postgres', archive: 'postgres-2', at: '2026-11-21T09:30:00Z' } },
      api,
      operator: { namespace: 'operators', labels: { app: 'cnpg' } },
    },
    { pullSecrets: ['registry'] },
  ),
  systems: [systemOf(service, callee, otherService)],
});

const specOf = (objects: readonly Manifest[], kind: string, name: string) => objectNamed(objects, kind, name).spec;
const alertsOf = (objects: readonly Manifest[]): string[] =>
  specOf(objects, 'PrometheusRule', 'postgres').groups[0].rules.map(({ alert }: Manifest) => alert);
const ofOperator = (objects: readonly Manifest[]) =>
  objects.filter(({ apiVersion }) => apiVersion.includes('cnpg.io/')).map(({ kind }) => kind);

test('there is none without a service that uses one', () => {
  const objects = objectsOf({ environment: withCluster({}), systems: [systemOf(minimalService())] });
  expect(ofOperator(objects)).toEqual([]);
});

test('nothing of runPostgres() is beside it', () => {
  const names = minimal
    .filter(({ kind }) => ['StatefulSet', 'Deployment'].includes(kind))
    .map(({ metadata }) => metadata.name);
  expect(names).not.toContain('postgres');
  expect(names).not.toContain('postgres-roles');
});

describe('minimal props', () => {
  const cluster = specOf(minimal, 'Cluster', 'postgres');

  test('three servers, each on a node of its own, over the zones; two of them have what was answered', () => {
    expect(cluster).toMatchObject({
      instances: 3,
      imageName: 'ghcr.io/cloudnative-pg/postgresql:18-minimal-trixie',
      storage: { size: '10Gi' },
      affinity: { enablePodAntiAffinity: true, podAntiAffinityType: 'required', topologyKey: 'kubernetes.io/hostname' },
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/zone',
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: { 'cnpg.io/cluster': 'postgres', 'cnpg.io/podRole': 'instance' } },
        },
      ],
      enablePDB: true,
      primaryUpdateStrategy: 'unsupervised',
      primaryUpdateMethod: 'switchover',
      postgresql: { synchronous: { method: 'any', number: 1, dataDurability: 'preferred' } },
    });
    expect(cluster.storage).not.toHaveProperty('storageClass');
    expect(cluster).not.toHaveProperty('imagePullSecrets');
  });

  test('nobody is superuser from outside, and a memory limit stands for each container that we can tell of', () => {
    expect(cluster.enableSuperuserAccess).toBe(false);
    expect(cluster.resources).toEqual({ requests: { cpu: '500m', memory: '3Gi' }, limits: { memory: '3Gi' } });
    expect(specOf(minimal, 'Pooler', 'postgres-pooler').template.spec.containers).toEqual([
      { name: 'pgbouncer', resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '128Mi' } } },
    ]);
  });

  test('a role and a database for each service, which outlive the objects, and no way into those of another', () => {
    expect(cluster.managed.roles).toEqual([
      {
        name: 'full',
        ensure: 'present',
        login: true,
        superuser: false,
        createdb: false,
        createrole: false,
        replication: false,
        bypassrls: false,
        inherit: true,
        // Nine pods at most with four connections each, twice, and one.
        connectionLimit: 73,
        passwordSecret: { name: 'full-database' },
      },
    ]);
    expect(specOf(minimal, 'Database', 'postgres-full')).toEqual({
      cluster: { name: 'postgres' },
      name: 'full',
      owner: 'full',
      ensure: 'present',
      databaseReclaimPolicy: 'retain',
    });
    expect(cluster.postgresql.pg_hba).toEqual(['hostssl "full" "full" all scram-sha-256', 'host all all all reject']);
  });

  test('it is as the Postgres of runPostgres() is: encoding, checksums, memory, keep-alive', () => {
    expect(cluster.bootstrap).toEqual({
      initdb: {
        database: 'app',
        owner: 'app',
        dataChecksums: true,
        encoding: 'UTF8',
        locale: 'C',
        localeProvider: 'builtin',
        builtinLocale: 'C.UTF-8',
      },
    });
    expect(cluster.postgresql.parameters).toEqual({
      max_connections: '500',
      shared_buffers: `${768 * 1024}kB`,
      effective_cache_size: '1887436kB',
      tcp_keepalives_idle: '60',
      tcp_keepalives_interval: '10',
      tcp_keepalives_count: '3',
    });
  });

  test('two poolers that keep sessions, take TLS alone, and let no more through than the role may have', () => {
    expect(specOf(minimal, 'Pooler', 'postgres-pooler')).toMatchObject({
      cluster: { name: 'postgres' },
      type: 'rw',
      instances: 2,
      pgbouncer: {
        poolMode: 'session',
        parameters: { default_pool_size: '73', max_client_conn: '77', client_tls_sslmode: 'require' },
      },
    });
    expect(specOf(minimal, 'PodDisruptionBudget', 'postgres-pooler')).toMatchObject({
      maxUnavailable: 1,
      selector: { matchLabels: { 'cnpg.io/poolerName': 'postgres-pooler' } },
    });
  });

  test('the certificate names the poolers too, as services ask for that name', () => {
    expect(cluster.certificates.serverAltDNSNames).toEqual([
      'postgres-pooler',
      'postgres-pooler.shop',
      'postgres-pooler.shop.svc',
    ]);
  });

  test.each([
    ['postgres', { 'cnpg.io/cluster': 'postgres', 'cnpg.io/podRole': 'instance' }],
    ['postgres-pooler', { 'cnpg.io/poolerName': 'postgres-pooler' }],
  ])('Prometheus finds the pods of %s by a PodMonitor of our own', (name, matchLabels) => {
    const monitor = objectNamed(minimal, 'PodMonitor', name);
    expect(monitor.metadata.labels.release).toBe('kps');
    expect(monitor.spec).toMatchObject({ selector: { matchLabels }, podMetricsEndpoints: [{ port: 'metrics' }] });
    expect(JSON.stringify(minimal)).not.toContain('enablePodMonitor');
  });

  test('Prometheus reads the alerts on the servers, and none on copies where there are none', () => {
    const rule = objectNamed(minimal, 'PrometheusRule', 'postgres');
    expect(rule.metadata.labels.release).toBe('kps');
    expect(alertsOf(minimal)).toEqual(['DatabaseDown', 'DatabaseServerConnectionsExhausted', 'DatabaseStandbyMissing']);
  });

  test('without copies nothing archives', () => {
    expect(ofOperator(minimal).toSorted()).toEqual(['Cluster', 'Database', 'Pooler']);
    expect(cluster).not.toHaveProperty('plugins');
  });
});

describe('all props', () => {
  const cluster = specOf(all, 'Cluster', 'postgres');

  test('what was declared is there', () => {
    expect(cluster).toMatchObject({
      instances: 5,
      imageName: 'registry.example.com/pg:18.1-standard-trixie',
      imagePullSecrets: [{ name: 'registry' }],
      storage: { size: '50Gi', storageClass: 'fast' },
      resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { memory: '4Gi' } },
      postgresql: { parameters: { max_connections: '300', shared_buffers: `${1024 * 1024}kB` } },
    });
    expect(objectNamed(all, 'Cluster', 'postgres').metadata.labels['app.kubernetes.io/version']).toBe(
      '18.1-standard-trixie',
    );
  });

  test('each role has its own limit, and the poolers the size of the largest', () => {
    expect(cluster.managed.roles.map(({ name, connectionLimit }: Manifest) => [name, connectionLimit])).toEqual([
      ['full', 73],
      ['other', 41],
    ]);
    const pooler = specOf(all, 'Pooler', 'postgres-pooler');
    expect(pooler).toMatchObject({
      instances: 3,
      pgbouncer: { parameters: { default_pool_size: '73', max_client_conn: '118' } },
    });
    expect(pooler.template.spec).toMatchObject({
      imagePullSecrets: [{ name: 'registry' }],
      containers: [{ name: 'pgbouncer', resources: { requests: { cpu: '200m', memory: '64Mi' } } }],
    });
    expect(cluster.postgresql.pg_hba).toEqual([
      'hostssl "full" "full" all scram-sha-256',
      'hostssl "other" "other" all scram-sha-256',
      'host all all all reject',
    ]);
  });

  test('each change is written to a folder of the bucket that no other system and environment has', () => {
    expect(specOf(all, 'ObjectStore', 'postgres-backups')).toEqual({
      configuration: {
        destinationPath: 's3://copies/test/shop',
        endpointURL: 'https://s3.example.com:9443',
        s3Credentials: {
          accessKeyId: { name: 'bucket', key: 'access-key-id' },
          secretAccessKey: { name: 'bucket', key: 'secret-access-key' },
        },
        wal: { compression: 'gzip', maxParallel: 4 },
        data: { compression: 'gzip' },
      },
      retentionPolicy: '8w',
      instanceSidecarConfiguration: {
        env: [
          { name: 'AWS_DEFAULT_REGION', value: 'eu-west-1' },
          { name: 'AWS_REQUEST_CHECKSUM_CALCULATION', value: 'when_required' },
          { name: 'AWS_RESPONSE_CHECKSUM_VALIDATION', value: 'when_required' },
        ],
        resources: { requests: { cpu: '50m', memory: '512Mi' }, limits: { memory: '512Mi' } },
      },
    });
  });

  test('a whole copy is made at once and then by the schedule, which has its seconds first', () => {
    expect(specOf(all, 'ScheduledBackup', 'postgres-backups')).toEqual({
      cluster: { name: 'postgres' },
      schedule: '0 15 1 * * 0',
      immediate: true,
      backupOwnerReference: 'self',
      method: 'plugin',
      pluginConfiguration: { name: 'barman-cloud.cloudnative-pg.io' },
      target: 'prefer-standby',
    });
  });

  test('a recovery begins with the archive of the earlier cluster up to the moment, and writes one of its own', () => {
    const plugin = 'barman-cloud.cloudnative-pg.io';
    expect(cluster.bootstrap).toEqual({
      recovery: { source: 'origin', recoveryTarget: { targetTime: '2026-11-21T09:30:00Z' } },
    });
    expect(cluster.externalClusters).toEqual([
      {
        name: 'origin',
        plugin: { name: plugin, parameters: { barmanObjectName: 'postgres-backups', serverName: 'postgres' } },
      },
    ]);
    expect(cluster.plugins).toEqual([
      {
        name: plugin,
        enabled: true,
        isWALArchiver: true,
        parameters: { barmanObjectName: 'postgres-backups', serverName: 'postgres-2' },
      },
    ]);
  });
});

describe('one server', () => {
  const cluster = specOf(
    objectsOf({ environment: withCluster({ instances: 1 }), systems: [systemOf(service, callee)] }),
    'Cluster',
    'postgres',
  );

  test('waits for no other, and is restarted in its place', () => {
    expect(cluster.postgresql).not.toHaveProperty('synchronous');
    expect(cluster.primaryUpdateMethod).toBe('restart');
  });
});

describe('copies without a recovery', () => {
  const objects = objectsOf({
    environment: withCluster({ backups: { to: 'https://s3.example.com/copies', at } }),
    systems: [systemOf(service, callee)],
  });

  test('are of an archive called as the cluster, every night, for a month', () => {
    expect(specOf(objects, 'Cluster', 'postgres').plugins[0].parameters.serverName).toBe('postgres');
    expect(specOf(objects, 'Cluster', 'postgres')).not.toHaveProperty('externalClusters');
    expect(specOf(objects, 'ScheduledBackup', 'postgres-backups').schedule).toBe('0 30 2 * * *');
    // Six hours late is too late.
    expect(alertsOf(objects)).toContain('DatabaseBackupMissing');
    expect(JSON.stringify(specOf(objects, 'PrometheusRule', 'postgres'))).toContain(` > ${30 * 3_600}) or absent(`);
    const store = specOf(objects, 'ObjectStore', 'postgres-backups');
    expect(store.retentionPolicy).toBe('30d');
    // Without a region in the URL none is told.
    expect(store.instanceSidecarConfiguration.env.map(({ name }: Manifest) => name)).not.toContain(
      'AWS_DEFAULT_REGION',
    );
  });
});
