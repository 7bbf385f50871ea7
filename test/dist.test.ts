import { existsSync, mkdtempSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { environments } from '../src/systems/index.ts';

const root = new URL('..', import.meta.url).pathname;

/** The text of every file below a folder, by its path in it. */
async function filesBelow(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')])),
  );
}

function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'trellis-synth-'));
}

function synth(...args: string[]) {
  return execa('node', ['src/charts/main.ts', ...args], {
    cwd: root,
    preferLocal: true,
    reject: false,
    timeout: 30_000,
  });
}

/** One run for all tests that look at what comes out of it. */
let everything: { readonly out: string; readonly exitCode: number | undefined };

beforeAll(async () => {
  const out = join(scratch(), 'new', 'folder');
  const { exitCode } = await synth('--out', out);
  everything = { out, exitCode };
});

describe('dist/', () => {
  test('is what synth renders: after a change run `npm run synth`, read `git diff dist/` and commit it', async () => {
    expect(everything.exitCode).toBe(0);
    expect(await filesBelow(everything.out)).toEqual(await filesBelow(join(root, 'dist')));
  });

  test('comes out the same from `cdk8s synth`', async () => {
    const out = scratch();
    const { exitCode, stderr } = await execa('cdk8s', ['synth', '--output', out], {
      cwd: root,
      preferLocal: true,
      reject: false,
      env: { CDK8S_CHECK_UPGRADE: 'false' },
    });
    expect({ exitCode }, stderr).toEqual({ exitCode: 0 });
    expect(await filesBelow(out)).toEqual(await filesBelow(join(root, 'dist')));
  }, 60_000);
});

describe('the list of kinds to prune in docs/guide/operations.md', async () => {
  const guide = await readFile(join(root, 'docs', 'guide', 'operations.md'), 'utf8');
  const listed = [...guide.matchAll(/--prune-allowlist=(\S+)/g)].map(([, kind = '']) => kind);
  const files = Object.entries(await filesBelow(join(root, 'dist')));
  const manifests = files.filter(([path]) => path.endsWith('.k8s.yaml'));
  const documents = manifests.flatMap(([, text]) => text.split(/^---$/m));
  const rendered = documents.map((document) => {
    const [, version = ''] = /^apiVersion: (\S+)$/m.exec(document) ?? [];
    const [, kind] = /^kind: (\S+)$/m.exec(document) ?? [];
    return `${version.includes('/') ? '' : 'core/'}${version}/${kind}`;
  });
  /** With these their data would go. */
  const kept = [
    'core/v1/Namespace',
    'core/v1/PersistentVolumeClaim',
    'core/v1/Secret',
    'postgresql.cnpg.io/v1/Cluster',
  ];

  test('has every kind that is rendered, once', () => {
    expect(listed.toSorted()).toEqual([...new Set(rendered)].filter((kind) => !kept.includes(kind)).toSorted());
  });

  test('has none with which data go', () => {
    expect(listed.filter((kind) => kept.includes(kind))).toEqual([]);
  });
});

describe('npm run synth', () => {
  test('renders one environment into the folder that was asked for', async () => {
    const out = scratch();
    expect(await synth('staging', '--out', out)).toMatchObject({ exitCode: 0 });
    expect(await filesBelow(out)).toEqual(await filesBelow(join(root, 'dist', 'staging')));
  });

  test('says which environments there are, with exit code 2 and no stack', async () => {
    const { exitCode, stderr } = await synth('stagging');
    expect(exitCode).toBe(2);
    const names = Object.keys(environments).join(' | ');
    expect(stderr).toBe(
      `unknown environment: got stagging; allowed: ${names}; fix: name one of these, or add it to src/systems/index.ts`,
    );
  });

  test('deletes what it rendered for an environment that is no more, and nothing of anybody else', async () => {
    const out = scratch();
    // An environment may have been what another one still is.
    await cp(join(everything.out, 'staging'), join(out, 'gone'), { recursive: true });
    await mkdir(join(out, 'theirs'));
    await writeFile(join(out, 'theirs', 'own.k8s.yaml'), 'kind: ConfigMap\n');
    await writeFile(join(out, 'own.k8s.yaml'), 'kind: ConfigMap\n');
    expect(await synth('--out', out)).toMatchObject({ exitCode: 0 });
    const expected = Object.keys(await filesBelow(join(root, 'dist')));
    expect(Object.keys(await filesBelow(out)).toSorted()).toEqual(
      [...expected, 'own.k8s.yaml', 'theirs/own.k8s.yaml'].toSorted(),
    );
  });

  test.each([
    ['a file', 'package.json', 1],
    ['below a file', 'package.json/dist', 1],
    ['nothing', '', 2],
  ])('takes no folder that is %s, and shows no stack', async (_, out, code) => {
    const { exitCode, stderr } = await synth('--out', out);
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(/^--out: got [^\n]*; allowed: a folder[^\n]*; fix: name [^\n]*$/);
  });

  // Node's own way to make folders tries for ever there.
  test('takes no folder that is refused by its parent', async ({ skip }) => {
    if (!existsSync('/proc/self')) skip('this system has no /proc');
    const { exitCode, stderr } = await synth('--out', '/proc/nope/dist');
    expect(stderr).toBe('--out: got /proc/nope: ENOENT; allowed: a folder that can be written; fix: name another');
    expect(exitCode).toBe(1);
  });

  test.each([
    ['a file', ['notes.txt', 'own.k8s.yaml'], 'notes.txt'],
    ['files in its folders', ['apps/main.ts', 'apps/service.ts'], join('apps', 'main.ts and 1 more')],
    ['folders in its folders', ['src/apps/own.k8s.yaml'], join('src', 'apps')],
  ])('leaves a folder alone that holds %s of somebody else', async (_, files, named) => {
    const out = scratch();
    for (const file of files) {
      await mkdir(dirname(join(out, file)), { recursive: true });
      await writeFile(join(out, file), '');
    }
    const { exitCode, stderr } = await synth('--out', out);
    expect(stderr).toBe(
      `--out: got ${out}, which holds ${named}; allowed: a folder that is new, empty, or holds nothing but manifests (*.k8s.yaml) and values (helm-values/*.yaml, alertmanager/*.yaml); fix: name another, or empty it`,
    );
    expect(exitCode).toBe(2);
    expect(Object.keys(await filesBelow(out)).toSorted()).toEqual(files.toSorted());
  });

  test('renders into a clone and what it rendered before', async () => {
    const out = scratch();
    await cp(everything.out, out, { recursive: true });
    const rendered = await filesBelow(out);
    expect(Object.keys(rendered)).toContain('00-bird.k8s.yaml');
    await mkdir(join(out, '.git'));
    await writeFile(join(out, '.git', 'HEAD'), '');
    expect(await synth('--out', out)).toMatchObject({ exitCode: 0 });
    expect(await filesBelow(out)).toEqual({ ...rendered, '.git/HEAD': '' });
  });

  test.each(['constructor', '__proto__'])('knows no environment called %s', async (name) => {
    expect(await synth(name)).toMatchObject({ exitCode: 2 });
  });
});
