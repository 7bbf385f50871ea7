import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { brokenSystems, withBrokenSystems } from '../../test/broken-systems.ts';
import { root } from './repository.ts';

/** What the kubectl of a test says. */
interface Cluster {
  /** @default - there is none */
  readonly namespace?: string;
  /** The Secrets in it, by name. @default - none */
  readonly secrets?: readonly string[];
  /** What it writes to standard error as it fails at everything. @default - it does not fail */
  readonly failure?: string;
}

/** Runs the command with a kubectl that writes down what it is called with. */
async function secrets(args: string[], cluster: Cluster | 'no kubectl' = {}, nodeArgs: string[] = []) {
  const bin = await mkdtemp(join(tmpdir(), 'secrets-'));
  onTestFinished(() => rm(bin, { recursive: true }));
  const { namespace = '', secrets: existing = [], failure = '' } = cluster === 'no kubectl' ? {} : cluster;
  const script = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs');
const args = process.argv.slice(2);
const input = args.includes('create') ? readFileSync(0, 'utf8') : undefined;
appendFileSync(${JSON.stringify(join(bin, 'calls'))}, JSON.stringify({ args, input }) + '\\n');
if (${JSON.stringify(failure)}) { console.error(${JSON.stringify(failure)}); process.exit(1); }
if (args.includes('current-context')) console.log('kind-test');
else if (args.includes('namespace')) process.stdout.write(${JSON.stringify(namespace && `namespace/${namespace}\n`)});
else if (args.includes('secrets')) console.log(${JSON.stringify(existing.map((name) => `${name}   Opaque   2   3d`).join('\n'))});
else if (!args.includes('create')) process.exit(3);
`;
  if (cluster !== 'no kubectl') {
    // Without its own package.json it is CommonJS.
    await writeFile(join(bin, 'kubectl'), script);
    await chmod(join(bin, 'kubectl'), 0o755);
  }
  const options = { cwd: root, env: { PATH: bin }, extendEnv: false, reject: false } as const;
  const result = await execa(process.execPath, [...nodeArgs, 'src/tools/secrets.ts', ...args], options);
  const calls = (await readFile(join(bin, 'calls'), 'utf8').catch(() => ''))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { args: string[]; input?: string });
  const created = calls.flatMap(({ input }) =>
    input ? (JSON.parse(input) as { items: { metadata: { name: string }; data: Record<string, string> }[] }).items : [],
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

  test('neither reads nor changes what is there', async () => {
    const { stdout, calls, created } = await secrets(['insta'], {
      namespace: 'insta',
      secrets: ['postgres', 'auth-database', 'unrelated'],
    });
    const names = created.map((each) => each.metadata.name);
    expect(names).toContain('users-database');
    expect(names).not.toContain('postgres');
    expect(names).not.toContain('auth-database');
    expect(stdout).toMatch(
      new RegExp(`^Secrets: ${created.length + 2} needed, 2 there already, ${created.length} created$`, 'm'),
    );
    expect(stdout).toMatch(/^there already {2}postgres$/m);
    expect(stdout).not.toContain('unrelated');
    // Nothing but these is asked for, and the list comes as a table without values.
    expect(calls.map(({ args }) => args.slice(1).join(' '))).toEqual([
      'config current-context',
      'get namespace insta --ignore-not-found --output=name',
      'get secrets --namespace=insta --no-headers',
      'create --filename=-',
    ]);
  });

  test('a second time creates nothing', async () => {
    const first = await secrets(['insta'], { namespace: 'insta' });
    const existing = first.created.map((each) => each.metadata.name);
    const { exitCode, calls } = await secrets(['insta'], { namespace: 'insta', secrets: existing });
    expect(exitCode).toBe(0);
    expect(calls.filter(({ args }) => args.includes('create'))).toEqual([]);
  });

  test('lists what only a person knows, with the command that creates it', async () => {
    const { stdout, created } = await secrets(['insta', '--environment', 'production'], { namespace: 'insta' });
    expect(created.map((each) => each.metadata.name)).not.toContain('auth-database');
    expect(stdout).toContain(
      [
        '  # url is for auth.DATABASE_URL',
        '  kubectl create secret generic auth-database --namespace=insta --from-literal=url=VALUE',
      ].join('\n'),
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
  expect(stdout).toMatch(/^Secrets: 1 needed, 0 there already, 0 created$/m);
  expect(stdout).toMatch(/, which runs without it too.*\n {2}kubectl create secret generic \S+ --namespace=bird /);
});
