import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { brokenSystems, withBrokenSystems } from '../../test/broken-systems.ts';
import { environmentLabel, systemLabels } from '../charts/identity.ts';
import local from '../systems/environments/local.ts';
import insta from '../systems/insta.ts';
import { root } from './repository.ts';

/** What the kubectl of a test says. */
interface Cluster {
  /** @default - there is none */
  readonly namespace?: string;
  /** What its namespace is labelled with. @default local */
  readonly environment?: string;
  /** The Secrets in it, each with its keys. @default - none */
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
  /** What it writes to standard error as it fails at everything. @default - it does not fail */
  readonly failure?: string;
}

/** Runs the command with a kubectl that writes down what it is called with. */
async function secrets(args: string[], cluster: Cluster | 'no kubectl' = {}, nodeArgs: string[] = []) {
  const bin = await mkdtemp(join(tmpdir(), 'secrets-'));
  onTestFinished(() => rm(bin, { recursive: true }));
  const {
    namespace = '',
    environment = 'local',
    secrets: existing = {},
    failure = '',
  } = cluster === 'no kubectl' ? {} : cluster;
  const names = Object.keys(existing);
  const label = environment && systemLabels(insta, { ...local, name: environment })[environmentLabel];
  const script = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const args = process.argv.slice(2);
const keys = ${JSON.stringify(existing)};
const patch = args.find((each) => each.startsWith('--patch-file='))?.replace('--patch-file=', '');
const input = args.includes('create') ? readFileSync(0, 'utf8') : patch && readFileSync(patch, 'utf8');
appendFileSync(${JSON.stringify(join(bin, 'calls'))}, JSON.stringify({ args, input }) + '\\n');
if (${JSON.stringify(failure)}) { console.error(${JSON.stringify(failure)}); process.exit(1); }
if (args.includes('current-context')) console.log('kind-test');
else if (args.includes('namespace')) process.stdout.write(${JSON.stringify(namespace && `${namespace} ${label}`)});
else if (args.includes('--no-headers')) console.log(${JSON.stringify(names.map((name) => `${name}   Opaque   2   3d`).join('\n'))});
else if (args.includes('secrets')) console.log(args.filter((each) => each in keys).map((each) => [each, 7, ...keys[each]].join(' ')).join('\\n'));
else if (!args.includes('create') && !args.includes('patch')) process.exit(3);
`;
  if (cluster !== 'no kubectl') {
    await writeFile(join(bin, 'kubectl'), script);
    // Else that of a folder around it decides.
    await writeFile(join(bin, 'package.json'), '{ "type": "commonjs" }');
    await chmod(join(bin, 'kubectl'), 0o755);
  }
  const options = { cwd: root, env: { PATH: bin }, extendEnv: false, reject: false } as const;
  const result = await execa(process.execPath, [...nodeArgs, 'src/tools/secrets.ts', ...args], options);
  const calls = (await readFile(join(bin, 'calls'), 'utf8').catch(() => ''))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { args: string[]; input?: string });
  const created = calls.flatMap(({ args, input }) =>
    input && args.includes('create')
      ? (JSON.parse(input) as { items: { metadata: { name: string }; data: Record<string, string> }[] }).items
      : [],
  );
  return { ...result, calls, created };
}

const ofInsta = ['postgres', 'auth-database', 'auth-redis', 'users-database', 'posts-database', 'media-objects'];

describe('in a cluster', () => {
  test('creates what is missing, by standard input, and shows no value', async () => {
    const { exitCode, stdout, stderr, calls, created } = await secrets(['insta'], { namespace: 'insta' });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const names = created.map((each) => each.metadata.name);
    expect(names).toEqual(expect.arrayContaining(ofInsta));
    expect(new Set(names).size).toBe(names.length);
    const values = created.flatMap(({ data }) =>
      Object.values(data).map((value) => Buffer.from(value, 'base64').toString()),
    );
    expect(values.length).toBeGreaterThanOrEqual(names.length);
    const shown = [stdout, ...calls.flatMap(({ args }) => args)].join('\n');
    expect(values.filter((value) => value.length < 40 || shown.includes(value))).toEqual([]);
    expect(stdout).toMatch(/^cluster: kind-test, namespace: insta\n/);
    expect(stdout).toMatch(/^created {8}auth-database \(password, url\)$/m);
  });

  test('neither looks at nor changes a value that is there', async () => {
    const { stdout, calls, created } = await secrets(['insta'], {
      namespace: 'insta',
      secrets: { postgres: ['password'], 'auth-database': ['password', 'url', 'more'], unrelated: [] },
    });
    const names = created.map((each) => each.metadata.name);
    expect(names).toContain('users-database');
    expect(names).not.toContain('postgres');
    expect(names).not.toContain('auth-database');
    expect(stdout).toMatch(
      new RegExp(
        `^Secrets: ${created.length + 2} needed, 2 there already, ${created.length} created, 0 completed$`,
        'm',
      ),
    );
    expect(stdout).toMatch(/^there already {2}postgres$/m);
    expect(stdout).not.toContain('unrelated');
    // Nothing but these is asked for, and the list comes as a table without values.
    expect(calls.map(({ args }) => args.slice(1).join(' '))).toEqual([
      'config current-context',
      expect.stringMatching(/^get namespace insta --ignore-not-found --output=jsonpath=/),
      'get secrets --namespace=insta --no-headers',
      'create --filename=-',
      // Of values it prints the names.
      expect.stringMatching(
        /^get secrets postgres auth-database --namespace=insta --output=go-template=(?!.*\$value\}).* \{\{\$key\}\}/,
      ),
    ]);
  });

  test('a second time creates nothing', async () => {
    const first = await secrets(['insta'], { namespace: 'insta' });
    const existing = Object.fromEntries(first.created.map(({ metadata, data }) => [metadata.name, Object.keys(data)]));
    const { exitCode, stdout, calls } = await secrets(['insta'], { namespace: 'insta', secrets: existing });
    expect(exitCode).toBe(0);
    expect(calls.filter(({ args }) => args.includes('create') || args.includes('patch'))).toEqual([]);
    expect(stdout.split('\n').slice(2)).toEqual(Object.keys(existing).map((name) => `there already  ${name}`));
  });

  test('adds a key that a Secret lacks, and only that', async () => {
    const { exitCode, stdout, calls } = await secrets(['insta'], {
      namespace: 'insta',
      secrets: { 'media-objects': ['access-key-id'], 'auth-database': [], auth: ['other'] },
    });
    expect(exitCode).toBe(0);
    const patches = calls.flatMap(({ args, input }) =>
      args.includes('patch')
        ? [{ args, patch: JSON.parse(input ?? '') as { metadata: object; data: Record<string, string> } }]
        : [],
    );
    const added = Object.fromEntries(patches.map(({ args, patch }) => [args[3], Object.keys(patch.data)]));
    expect(added).toEqual({
      'media-objects': ['secret-access-key'],
      'auth-database': ['password', 'url'],
      auth: ['signing-key-secret'],
    });
    // One that was changed meanwhile is refused by the server.
    for (const { patch } of patches) expect(patch.metadata).toEqual({ resourceVersion: '7' });
    const shown = [stdout, ...calls.flatMap(({ args }) => args)].join('\n');
    const values = patches.flatMap(({ patch }) =>
      Object.values(patch.data).map((each) => Buffer.from(each, 'base64').toString()),
    );
    expect(values.filter((value) => value.length < 40 || shown.includes(value))).toEqual([]);
    const database = patches.find(({ args }) => args[3] === 'auth-database')?.patch.data ?? {};
    const password = Buffer.from(database['password'] ?? '', 'base64').toString();
    expect(Buffer.from(database['url'] ?? '', 'base64').toString()).toContain(`:${password}@`);
    expect(stdout).toMatch(/^completed {6}media-objects \(secret-access-key\)$/m);
    expect(stdout).toMatch(/, 3 there already, \d+ created, 3 completed$/m);
    // The patch was in a file.
    for (const { args } of patches) {
      const file = args.find((each) => each.startsWith('--patch-file='))?.replace('--patch-file=', '') ?? '';
      await expect(readFile(file)).rejects.toThrow('ENOENT');
    }
  });

  test('says how to make anew what has a password without its URL', async () => {
    const { stdout, calls } = await secrets(['insta', '--environment', 'staging'], {
      namespace: 'insta',
      environment: 'staging',
      secrets: { 'auth-database': ['password'], 'auth-redis': ['url'], 'users-database': ['password', 'url'] },
    });
    expect(calls.filter(({ args }) => args.includes('patch'))).toEqual([]);
    expect(stdout).toContain(
      [
        'for you to make anew, as a password and the URL with it belong together; then restart who reads it (docs/guide/operations.md, Another password):',
        '  # auth-database lacks url',
        '  kubectl delete secret auth-database --namespace=insta',
        '  # auth-redis lacks password',
        '  kubectl delete secret auth-redis --namespace=insta',
        '  npm run secrets -- insta --environment staging',
      ].join('\n'),
    );
  });

  test('asks for what only a person knows in a Secret that is there', async () => {
    const { stdout } = await secrets(['insta', '--environment', 'production'], {
      namespace: 'insta',
      environment: 'production',
      secrets: { 'auth-redis': ['note'], 'postgres-backups': ['access-key-id', 'secret-access-key'] },
    });
    expect(stdout).toContain(
      [
        '  # url is for auth.REDIS_URL',
        `  kubectl patch secret auth-redis --namespace=insta --type=merge --patch='{"stringData":{"url":"VALUE"}}'`,
      ].join('\n'),
    );
    expect(stdout).not.toContain('for the backups of the database');
  });

  test.each([
    [
      'another environment',
      'production',
      'environment: got local, but the namespace insta of this cluster is of production; allowed: production; fix: npm run secrets -- insta --environment production, or take the cluster that you mean (kubectl config use-context)',
    ],
    [
      'none that it says',
      '',
      'namespace: got insta without the label trellis.dev/environment; allowed: trellis.dev/environment=local; fix: kubectl apply -f dist/ first, which sets it',
    ],
  ])('makes nothing in a namespace of %s', async (_what, environment, message) => {
    const { exitCode, stderr, created } = await secrets(['insta'], { namespace: 'insta', environment });
    expect({ exitCode, stderr, created }).toEqual({ exitCode: 1, stderr: message, created: [] });
  });

  test('lists what only a person knows, with the command that creates it', async () => {
    const { stdout, created } = await secrets(['insta', '--environment', 'production'], {
      namespace: 'insta',
      environment: 'production',
    });
    expect(created.map((each) => each.metadata.name)).not.toContain('auth-redis');
    expect(stdout).toContain(
      [
        '  # url is for auth.REDIS_URL',
        '  kubectl create secret generic auth-redis --namespace=insta --from-literal=url=VALUE',
      ].join('\n'),
    );
    expect(stdout).toContain(
      '  kubectl create secret generic postgres-backups --namespace=insta --from-literal=access-key-id=VALUE --from-literal=secret-access-key=VALUE',
    );
    expect(stdout).toContain('# access-key-id is for media.OBJECTS_ACCESS_KEY_ID, which runs without it too');
  });

  test.each([
    ['local', 'dist/'],
    ['staging', 'dist/staging/'],
  ])('of %s without the namespace says what makes it', async (environment, folder) => {
    const { exitCode, stderr, created } = await secrets(['insta', '--environment', environment]);
    expect({ exitCode, created }).toEqual({ exitCode: 1, created: [] });
    expect(stderr).toBe(
      `namespace: got none called insta in the cluster; allowed: one that is there; fix: kubectl apply -f ${folder} first, which makes it`,
    );
  });
});

describe('--print', () => {
  test('writes all of them to standard output without a cluster, and a warning beside them', async () => {
    const { exitCode, stdout, stderr, calls } = await secrets(['insta', '--print'], 'no kubectl');
    expect({ exitCode, calls }).toEqual({ exitCode: 0, calls: [] });
    expect([...stdout.matchAll(/^ {2}name: (.*)$/gm)].map(([, name]) => name)).toEqual(expect.arrayContaining(ofInsta));
    expect(stderr).toMatch(/^These are passwords in clear text: /);
    expect(stdout).not.toContain('clear text');
  });

  test('keeps what is not needed apart from what is', async () => {
    const headings = /^(for you to create|not needed to start; for you to create where you want them), as only/gm;
    const local = (await secrets(['insta', '--print'], 'no kubectl')).stderr;
    expect([...local.matchAll(headings)].map(([, heading]) => heading)).toEqual([
      'not needed to start; for you to create where you want them',
    ]);
    expect(local).toMatch(
      /^not needed to start.*:\n {2}# previous-signing-key-secret is for .*\n {2}kubectl patch secret auth .*'\{"stringData":\{"previous-signing-key-secret":"VALUE"\}\}'$/m,
    );
    const production = (await secrets(['insta', '--environment', 'production', '--print'], 'no kubectl')).stderr;
    const [, needed = '', optional = ''] = production.split(/^.*, as only a person knows the values:$/m);
    expect(needed).toContain('kubectl create secret generic auth-redis ');
    expect(needed).not.toContain('without it too');
    expect(optional).toMatch(
      /\n {2}# access-key-id .*without it too.*\n(?: {2}# .*without it too.*\n)* {2}kubectl create secret generic media-objects /m,
    );
  });

  test('as documented it can be piped, through npm too', { timeout: 60_000 }, async () => {
    const command = /npm run --silent secrets -- SYSTEM --print/;
    expect((await secrets(['insta', '--print'], 'no kubectl')).stderr).toMatch(command);
    const [program = '', ...args] = command.source.replace('SYSTEM', 'insta').split(' ');
    const { stdout } = await execa(program, args, { cwd: root });
    expect(stdout).toMatch(/^apiVersion: v1\nkind: Secret\n/);
    for (const document of stdout.split(/^---$/m)) expect(document.trim()).toMatch(/^apiVersion: v1\nkind: Secret\n/);
  });
});

describe('says in one line and with no stack', () => {
  test.each<[what: string, args: string[], cluster: Cluster | 'no kubectl', code: number, message: RegExp]>([
    [
      'that there is no kubectl',
      ['insta'],
      'no kubectl',
      1,
      /^kubectl: got none on PATH; allowed: any recent version; fix: install it$/,
    ],
    [
      'why the cluster does not answer',
      ['insta'],
      { failure: 'E1121 memcache.go: noise\nThe connection to the server 10.0.0.1 was refused' },
      1,
      /^kubectl config: The connection to the server 10\.0\.0\.1 was refused; fix: [^\n]*$/,
    ],
    ['which systems there are', ['insto'], {}, 2, /^unknown system: got insto; allowed: .*insta.*; fix: [^\n]*$/],
    [
      'which environments there are',
      ['insta', '--environment', 'prod'],
      {},
      2,
      /^unknown environment: got prod; allowed: local \| staging \| production; fix: [^\n]*$/,
    ],
    ['that it needs a system', [], {}, 2, /^error: missing required argument 'system'$/],
  ])('%s', async (_, args, cluster, code, message) => {
    const { exitCode, stderr } = await secrets(args, cluster);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(code);
  });

  test('what is wrong in a declaration', async () => {
    const { exitCode, stderr } = await secrets(['insta'], {}, withBrokenSystems);
    expect(stderr).toMatch(brokenSystems);
    expect(exitCode).toBe(1);
  });
});

test('what is optional and only a person knows is listed, and not created', async () => {
  const { exitCode, stdout, created } = await secrets(['bird'], { namespace: 'bird' });
  expect({ exitCode, created }).toEqual({ exitCode: 0, created: [] });
  expect(stdout).toMatch(/^Secrets: 1 needed, 0 there already, 0 created, 0 completed$/m);
  expect(stdout).toMatch(/, which runs without it too.*\n {2}kubectl create secret generic \S+ --namespace=bird /);
});
