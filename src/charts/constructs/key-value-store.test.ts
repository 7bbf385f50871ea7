import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { environmentWith, fullService, systemOf } from '../../../test/declarations.ts';
import { type Manifest, objectNamed, objectsOf } from '../../../test/objects.ts';
import { runRedis } from '../../model/index.ts';

const { service, callee } = fullService();
const minimal = objectsOf({ environment: environmentWith(), systems: [systemOf(service, callee)] });
const statefulSet = objectNamed(minimal, 'StatefulSet', 'redis');
const pod = statefulSet.spec.template.spec;
const [redis, users] = pod.containers;
const files = objectNamed(minimal, 'ConfigMap', 'redis').data;

function setting(set: Manifest, name: string): string {
  const args: string[] = set.spec.template.spec.containers[0].args;
  return args[args.indexOf(`--${name}`) + 1] ?? '';
}

describe('minimal props', () => {
  test('every write is in a file, and a full store refuses instead of forgetting', () => {
    expect(setting(statefulSet, 'appendonly')).toBe('yes');
    expect(setting(statefulSet, 'appendfsync')).toBe('everysec');
    expect(setting(statefulSet, 'maxmemory-policy')).toBe('noeviction');
    expect(setting(statefulSet, 'dir')).toBe(
      redis.volumeMounts.find((each: { name: string }) => each.name === 'data').mountPath,
    );
  });

  test('it refuses before the container has no memory left', () => {
    const limit = 256 * 1024;
    const most = Number(setting(statefulSet, 'maxmemory').replace('kb', ''));
    expect(most).toBeGreaterThan(0.5 * limit);
    expect(most).toBeLessThan(0.75 * limit);
    expect(redis.resources.limits.memory).toBe('256Mi');
  });

  test('the server itself has no password, but hashes in memory', () => {
    expect(redis.volumeMounts.map((each: { name: string }) => each.name)).toEqual(['data', 'users']);
    const volume = pod.volumes.find((each: { name: string }) => each.name === 'users');
    expect(volume.emptyDir.medium).toBe('Memory');
    expect(JSON.stringify(pod)).not.toContain('secretKeyRef');
  });

  test('the users are written before the server starts, and looked after beside it', () => {
    expect(pod.initContainers.map((each: { command: string[] }) => each.command.at(-1))).toEqual(['write']);
    expect(users.command.at(-1)).toBe('watch');
    expect(files.services).toBe('full\n');
  });

  test('nobody is let in without a name, and a service to its own keys alone', () => {
    const script: string = files['users.sh'];
    expect(script).toContain("echo 'user default reset off'");
    const [rights = ''] = /user \$service reset on .*(?=")/.exec(script) ?? [];
    expect(rights.match(/~\S+/g)).toEqual(['~$service:*']);
    for (const denied of ['-@admin', '-@dangerous', '-scan', '-randomkey']) expect(rights.split(' ')).toContain(denied);
    expect(rights).not.toMatch(/allkeys|allchannels|nopass|\+@all/);
  });

  test('a server that reads its file is alive and not ready', () => {
    expect(redis.readinessProbe.exec.command.at(-1)).toMatch(/= PONG \]$/);
    expect(redis.livenessProbe.exec.command.at(-1)).toMatch(/^\[ -n /);
  });

  test('it is found by its name and port', () => {
    expect(objectNamed(minimal, 'Service', 'redis').spec.ports).toMatchObject([{ port: 6379, targetPort: 'store' }]);
    expect(redis.ports).toMatchObject([{ name: 'store', containerPort: 6379 }]);
    expect(setting(statefulSet, 'port')).toBe('6379');
  });
});

test('all props', () => {
  const store = runRedis({
    image: 'valkey/valkey:8.1',
    storage: '3Gi',
    storageClass: 'fast',
    resources: { cpu: '1', memory: '1Gi' },
  });
  const environment = environmentWith({ stores: { ...environmentWith().stores, keyValue: store } });
  const set = objectNamed(objectsOf({ environment, systems: [systemOf(service, callee)] }), 'StatefulSet', 'redis');
  expect(set.spec.template.spec.containers[0]).toMatchObject({
    image: 'valkey/valkey:8.1',
    resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
  });
  expect(setting(set, 'maxmemory')).toBe(`${Math.floor(0.6 * 1024 * 1024)}kb`);
  expect(set.spec.volumeClaimTemplates[0].spec).toMatchObject({
    storageClassName: 'fast',
    resources: { requests: { storage: '3Gi' } },
  });
});

test('the users are written as hashes, and one without a Secret yet holds up no other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'redis-users-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const script = files['users.sh']
    .replaceAll('/run/secrets/trellis', `${folder}/secrets`)
    .replaceAll('/etc/trellis', folder)
    .replaceAll('/run/users', `${folder}/users`);
  await mkdir(join(folder, 'users'));
  await mkdir(join(folder, 'secrets', 'full'), { recursive: true });
  const password = "it's $(echo) `echo` \\n %s";
  await writeFile(join(folder, 'secrets', 'full', 'password'), password);
  await writeFile(join(folder, 'services'), 'full\nlate\n');
  const { stderr, exitCode } = await execa('sh', ['-s', 'write'], { input: script, reject: false });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 0,
    stderr: 'late: no password yet; fix: npm run secrets makes the Secret late-redis',
  });
  const lines = (await readFile(join(folder, 'users', 'users.acl'), 'utf8')).trim().split('\n');
  expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    'user default reset',
    'user _probe reset',
    'user _loader reset',
    'user full reset',
  ]);
  const hash = createHash('sha256').update(password).digest('hex');
  expect(lines[3]).toMatch(new RegExp(`^user full reset on #${hash} ~full:\\* -@all \\+@read `));
  expect((await readdir(join(folder, 'users'))).toSorted()).toEqual(['password', 'users.acl']);
});
