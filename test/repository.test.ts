import { copyFile, glob, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Service } from '../src/model/index.ts';
import { packageOf } from './architecture.ts';
import { misnamedApp, withMisnamedApp } from './broken-systems.ts';
import { parseFile } from './import-graph.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Manifest {
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}
interface Lockfile {
  packages: Record<
    string,
    {
      version?: string;
      resolved?: string;
      integrity?: string;
      hasInstallScript?: boolean;
      inBundle?: boolean;
      bin?: Record<string, string>;
    }
  >;
}

const read = async <T>(name: string): Promise<T> => JSON.parse(await readFile(`${root}${name}`, 'utf8'));

// Here and not only in a script of their own, so that nobody can merge what they would refuse.
test.each([
  ['tsc', ['--pretty', 'false']],
  ['tsc', ['--pretty', 'false', '--project', 'tsconfig.page.json']],
  ['tsc', ['--pretty', 'false', '--project', 'tsconfig.browser.json']],
  ['biome', ['ci', '--colors=off']],
])('%s finds nothing', { timeout: 120_000 }, async (command, args) => {
  const { all, exitCode } = await execa(command, args, { cwd: root, preferLocal: true, reject: false, all: true });
  expect(exitCode, all).toBe(0);
});

test('no test waits for a second alone: eventually() in place of vi.waitFor', async () => {
  const waiting: string[] = [];
  for await (const file of glob('{src,test}/**/*.ts', { cwd: root }))
    if (/\bvi\.wait(For|Until)\(/.test(await readFile(`${root}${file}`, 'utf8'))) waiting.push(file);
  expect(waiting).toEqual(['src/apps/kit/testing/eventually.ts']);
});

describe('an app stands in the folder of its name, by which its image is built and its process started', () => {
  test('here', async () => {
    const names: [folder: string, name: string][] = [];
    for await (const file of glob('*/service.ts', { cwd: `${root}src/apps` })) {
      const folder = dirname(file);
      const { default: service } = (await import(`../src/apps/${folder}/service.ts`)) as { default: Service };
      names.push([folder, service.name]);
    }
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter(([folder, name]) => folder !== name)).toEqual([]);
  });

  test.each([
    ['synth', ['src/charts/main.ts']],
    ['dev', ['src/tools/dev.ts']],
    ['image', ['src/tools/image.ts', 'bird-image', '--print']],
  ])('or npm run %s says what to rename', async (_, command) => {
    const { all, exitCode } = await execa('node', [...withMisnamedApp, ...command], {
      cwd: root,
      preferLocal: true,
      reject: false,
      all: true,
      env: { PORT: '0' },
    });
    expect(all).toMatch(misnamedApp);
    expect(exitCode).toBe(1);
  });
});

describe('package.json', async () => {
  const { scripts, dependencies, devDependencies, allowScripts } = await read<Manifest>('package.json');
  const { packages } = await read<Lockfile>('package-lock.json');
  const installed = Object.entries(packages).filter(([path]) => path !== '');

  test('names every version exactly', () => {
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  test('names no package twice', () => {
    expect(Object.keys(dependencies).filter((name) => name in devDependencies)).toEqual([]);
  });

  test('names no package that nothing uses', async () => {
    /** Packages that no code imports and no npm script runs. */
    const used = new Map([['cdk8s-cli', 'for `npx cdk8s synth`, by cdk8s.yaml']]);
    for await (const file of glob(['{src,test,e2e,bench}/**/*.{ts,tsx}', '*.ts'], { cwd: root })) {
      const { imports } = parseFile(file, await readFile(`${root}${file}`, 'utf8'));
      for (const { kind, target } of imports) if (kind === 'package') used.set(packageOf(target), file);
    }
    const commands = new Set(Object.values(scripts).flatMap((script) => script.split(/[\s&|;]+/)));
    const isUsed = (name: string) =>
      used.has(name) || Object.keys(packages[`node_modules/${name}`]?.bin ?? {}).some((bin) => commands.has(bin));
    const named = Object.keys({ ...dependencies, ...devDependencies });
    // Types are used where that which they describe is.
    expect(named.filter((name) => !isUsed(name) && !isUsed(name.replace('@types/', '')))).toEqual([]);
  });

  test('decides about every install script, and about nothing else', () => {
    const withScript = installed
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect(Object.keys(allowScripts).sort()).toEqual([...new Set(withScript)].sort());
  });

  test('is locked to contents, not to the host that they came from', () => {
    expect(installed.filter(([, { resolved }]) => resolved).map(([path]) => path)).toEqual([]);
    // A package that another one carries inside itself is covered by that one's checksum.
    const unchecked = installed.filter(([, { integrity, inBundle }]) => !integrity && !inBundle);
    expect(unchecked.map(([path]) => path)).toEqual([]);
  });

  // npm leaves out packages for other platforms when it writes a lockfile beside an installed tree; `npm ci` then refuses.
  test('goes with its lockfile: if not, write a new one as CONTRIBUTING.md says', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trellis-lock-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const name of ['package.json', 'package-lock.json']) await copyFile(`${root}${name}`, join(folder, name));
    const args = ['ci', '--dry-run', '--ignore-scripts', '--offline', '--no-audit', '--no-fund'];
    const { all, exitCode } = await execa('npm', args, { cwd: folder, reject: false, all: true });
    expect(exitCode, all).toBe(0);
  });
});
