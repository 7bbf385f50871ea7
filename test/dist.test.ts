import { mkdtempSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

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
  return execa('node', ['src/charts/main.ts', ...args], { cwd: root, preferLocal: true, reject: false });
}

describe('dist/', () => {
  test('is what synth renders: after a change run `npm run synth`, read `git diff dist/` and commit it', async () => {
    const out = scratch();
    expect(await synth('--out', out)).toMatchObject({ exitCode: 0 });
    expect(await filesBelow(out)).toEqual(await filesBelow(join(root, 'dist')));
  });

  test('comes out the same from `cdk8s synth`', async () => {
    const out = scratch();
    const { exitCode, stderr } = await execa('cdk8s', ['synth', '--output', out], {
      cwd: root,
      preferLocal: true,
      reject: false,
      env: { CDK8S_CHECK_UPGRADE: 'false', DISABLE_VERSION_CHECK: 'true' },
    });
    expect({ exitCode }, stderr).toEqual({ exitCode: 0 });
    expect(await filesBelow(out)).toEqual(await filesBelow(join(root, 'dist')));
  }, 60_000);
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
    expect(stderr).toMatch(/^unknown environment: got stagging; allowed: local \| staging \| production; fix: [^\n]*$/);
  });

  test('deletes what it rendered for an environment that is no more, and nothing of anybody else', async () => {
    const out = scratch();
    await synth('local', '--out', join(out, 'gone'));
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
    ['nothing', '', 2],
  ])('takes no folder that is %s, and shows no stack', async (_, out, code) => {
    const { exitCode, stderr } = await synth('--out', out);
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(/^--out: got [^\n]*; allowed: a folder[^\n]*; fix: name [^\n]*$/);
  });

  test.each(['constructor', '__proto__'])('knows no environment called %s', async (name) => {
    expect(await synth(name)).toMatchObject({ exitCode: 2 });
  });
});
