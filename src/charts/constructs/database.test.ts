import { describe, expect, test } from 'vitest';
import { contractNamed, environmentWith, fullService, minimalService, systemOf } from '../../../test/declarations.ts';
import { type Manifest, objectNamed, objectsOf } from '../../../test/objects.ts';
import { cpu, defineService, postgres, runPostgres, type Service } from '../../model/index.ts';

const { service, callee } = fullService();
const minimal = objectsOf({ environment: environmentWith(), systems: [systemOf(service, callee)] });
const statefulSet = objectNamed(minimal, 'StatefulSet', 'postgres');
const pod = statefulSet.spec.template.spec;
const [container] = pod.containers;
const files = objectNamed(minimal, 'ConfigMap', 'postgres').data;
const helper = objectNamed(minimal, 'Deployment', 'postgres-roles').spec.template;
const helperFiles = objectNamed(minimal, 'ConfigMap', 'postgres-roles').data;

const otherService = defineService({
  contract: contractNamed('other'),
  owner: 'team',
  description: 'Keeps.',
  scaling: cpu({ min: 1, max: 10, cpu: 50 }),
  uses: { database: postgres({ connections: 2 }) },
}) as Service;

const all = objectsOf({
  environment: environmentWith({
    images: { repository: 'registry.example.com/shop', tag: '1.2.3', pullSecrets: ['registry'] },
    stores: {
      ...environmentWith().stores,
      database: runPostgres({
        image: `registry.example.com:5000/db:18.4-bookworm@sha256:${'0a'.repeat(32)}`,
        connections: 60,
        storage: '50Gi',
        storageClass: 'fast',
        resources: { cpu: '2', memory: '4Gi' },
      }),
    },
  }),
  systems: [systemOf(service, callee, otherService)],
});

function settings(set: Manifest): Record<string, string> {
  const args: string[] = set.spec.template.spec.containers[0].args;
  return Object.fromEntries(args.filter((each) => each !== '-c').map((each) => each.split(/=(.*)/s).slice(0, 2)));
}

test('there is none without a service that uses one', () => {
  const objects = objectsOf({ environment: environmentWith(), systems: [systemOf(minimalService())] });
  expect(
    objects.filter(({ kind, metadata }) => kind === 'StatefulSet' || metadata.name.startsWith('postgres')),
  ).toEqual([]);
});

describe('minimal props', () => {
  test('one instance with a volume of the default class, which outlives it', () => {
    expect(statefulSet.spec).toMatchObject({
      replicas: 1,
      serviceName: 'postgres',
      podManagementPolicy: 'Parallel',
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      selector: { matchLabels: { 'app.kubernetes.io/name': 'postgres' } },
    });
    expect(statefulSet.spec.volumeClaimTemplates).toEqual([
      {
        // Nothing that a release or an environment changes: the API server takes no change here.
        metadata: { name: 'data', labels: { 'app.kubernetes.io/name': 'postgres' } },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ]);
  });

  test('the defaults are written out', () => {
    expect(settings(statefulSet)).toMatchObject({
      max_connections: '280',
      shared_buffers: `${384 * 1024}kB`,
      password_encryption: 'scram-sha-256',
      hba_file: '/etc/trellis/pg_hba.conf',
    });
    expect(container.resources).toEqual({
      requests: { cpu: '100m', memory: '1536Mi', 'ephemeral-storage': '128Mi' },
      limits: { memory: '1536Mi', 'ephemeral-storage': '128Mi' },
    });
    expect(pod).not.toHaveProperty('imagePullSecrets');
  });

  test('nobody comes in from the network without a password', () => {
    const fromNetwork = files['pg_hba.conf'].split('\n').filter((line: string) => line.startsWith('host'));
    expect(fromNetwork).toEqual(['host  all all all scram-sha-256']);
  });

  test('what the Secrets have is in files alone: no variable, no argument, and no file of ours', () => {
    const text = JSON.stringify([pod, helper.spec]);
    expect(text).not.toContain('secretKeyRef');
    expect(text).not.toContain('PGPASSWORD"');
    expect(pod.containers[0].volumeMounts.map((each: { name: string }) => each.name)).not.toContain('secret');
  });

  test('the server ends fast, in the time that it is given', () => {
    expect(container.command).toEqual(['postgres']);
    expect(container.lifecycle.preStop.exec.command).toEqual(['sh', '-c', 'kill -INT 1']);
    expect(pod.terminationGracePeriodSeconds).toBe(120);
  });

  test('a server that recovers has ten minutes, and one that refuses is not restarted', () => {
    const { startupProbe, livenessProbe } = container;
    expect(startupProbe.periodSeconds * startupProbe.failureThreshold).toBe(600);
    expect(livenessProbe.exec.command.at(-1)).toMatch(/\[ \$\? -le 1 \]$/);
  });

  test('its budget does not block a drain', () => {
    expect(objectNamed(minimal, 'PodDisruptionBudget', 'postgres').spec).toMatchObject({ maxUnavailable: 1 });
  });

  test('the Service keeps its address and finds the container by its port', () => {
    const { spec } = objectNamed(minimal, 'Service', 'postgres');
    expect(spec).toMatchObject({ type: 'ClusterIP', selector: statefulSet.spec.selector.matchLabels });
    expect(spec.ports).toEqual([{ name: 'store', port: 5432, targetPort: 'store', protocol: 'TCP' }]);
    expect(container.ports).toEqual([{ name: 'store', containerPort: 5432, protocol: 'TCP' }]);
  });
});

// https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
test.each([
  ['the server', pod],
  ['the helper', helper.spec],
])('%s meets Pod Security "restricted", writes to volumes alone and has no token', (_, spec: Manifest) => {
  expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false });
  expect(spec.securityContext).toMatchObject({
    runAsNonRoot: true,
    runAsUser: 10_001,
    runAsGroup: 10_001,
    fsGroup: 10_001,
    seccompProfile: { type: 'RuntimeDefault' },
  });
  for (const each of [...spec.containers, ...(spec.initContainers ?? [])])
    expect(each.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
});

describe('the helper', () => {
  test('has each user, and the connections of its pods at their most, twice and one more', () => {
    expect(helperFiles.services).toBe('full 73\n');
    expect(objectNamed(all, 'ConfigMap', 'postgres-roles').data.services).toBe('full 73\nother 41\n');
  });

  test('has the passwords of all users, of which one that is missing holds up no other', () => {
    const volumes = objectNamed(all, 'Deployment', 'postgres-roles').spec.template.spec.volumes;
    const { sources } = volumes.find((each: { name: string }) => each.name === 'passwords').projected;
    const items = (folder: string) => [{ key: 'password', path: `${folder}/password` }];
    expect(sources).toEqual([
      { secret: { name: 'postgres', items: items('postgres') } },
      { secret: { name: 'full-database', items: items('full'), optional: true } },
      { secret: { name: 'other-database', items: items('other'), optional: true } },
    ]);
  });

  test('writes names and passwords into SQL by quoting of psql and Postgres alone', () => {
    const sql: string = helperFiles['role.sql'];
    expect(sql).toContain("PASSWORD :'password'");
    // A name as it is, neither of an identifier nor of a literal.
    expect(sql.match(/:(role|password)\b/g)).toBeNull();
    expect(sql).toContain('\\set password `cat "$PASSWORD_FILE"`');
  });

  test('keeps what has a password in it out of the logs of the server', () => {
    expect(helperFiles['roles.sh']).toContain('-c log_min_error_statement=panic');
    expect(files['prepare.sh']).toContain('-c log_min_error_statement=panic');
  });

  test('a new user rolls the helper, and not the server', () => {
    const hash = (objects: Manifest[], kind: string, name: string) =>
      objectNamed(objects, kind, name).spec.template.metadata.annotations['trellis.dev/config-hash'];
    expect(hash(all, 'Deployment', 'postgres-roles')).not.toBe(hash(minimal, 'Deployment', 'postgres-roles'));
    expect(hash(all, 'StatefulSet', 'postgres')).toBe(hash(minimal, 'StatefulSet', 'postgres'));
  });

  test('never runs twice at once', () => {
    expect(objectNamed(all, 'Deployment', 'postgres-roles').spec).toMatchObject({
      replicas: 1,
      strategy: { type: 'Recreate' },
    });
  });
});

test('all props', () => {
  const set = objectNamed(all, 'StatefulSet', 'postgres');
  expect(set.spec.volumeClaimTemplates[0].spec).toMatchObject({
    storageClassName: 'fast',
    resources: { requests: { storage: '50Gi' } },
  });
  expect(settings(set)).toMatchObject({ max_connections: '60', shared_buffers: `${1024 * 1024}kB` });
  const { containers, initContainers, imagePullSecrets } = set.spec.template.spec;
  for (const each of [...containers, ...initContainers])
    expect(each).toMatchObject({
      image: `registry.example.com:5000/db:18.4-bookworm@sha256:${'0a'.repeat(32)}`,
      resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { memory: '4Gi' } },
    });
  expect(imagePullSecrets).toEqual([{ name: 'registry' }]);
  expect(set.metadata.labels).toMatchObject({
    'app.kubernetes.io/name': 'postgres',
    'app.kubernetes.io/component': 'database',
    'app.kubernetes.io/version': '18.4-bookworm',
    'app.kubernetes.io/part-of': 'shop',
  });
});
