import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Manifest {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}
interface Lockfile {
  packages: Record<
    string,
    { version?: string; resolved?: string; integrity?: string; hasInstallScript?: boolean; inBundle?: boolean }
  >;
}

const read = async <T>(name: string): Promise<T> => JSON.parse(await readFile(`${root}${name}`, 'utf8'));

// Here and not only in a script of their own, so that nobody can merge what they would refuse.
test.each([
  ['tsc', ['--pretty', 'false']],
  ['biome', ['ci', '--colors=off']],
])('%s finds nothing', { timeout: 120_000 }, async (command, args) => {
  const { all, exitCode } = await execa(command, args, { cwd: root, preferLocal: true, reject: false, all: true });
  expect(exitCode, all).toBe(0);
});

describe('package.json', async () => {
  const { dependencies, devDependencies, allowScripts } = await read<Manifest>('package.json');
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
});
