import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { brokenSystems, withBrokenSystems } from '../../test/broken-systems.ts';
import { appNames, root } from './repository.ts';

/** Runs the command where these builders are on PATH, each a script that exits with this code, in a clone of `origin`. */
async function image(args: string[], installed: string[], exitCode = 0, nodeArgs: string[] = [], origin = '') {
  const bin = await mkdtemp(join(tmpdir(), 'image-'));
  onTestFinished(() => rm(bin, { recursive: true }));
  for (const name of installed) {
    await writeFile(join(bin, name), `#!/bin/sh\necho "$0" "$1"\nexit ${exitCode}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const env = {
    PATH: `${bin}:${await pathOfGitAlone(bin)}`,
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'remote.origin.url',
    GIT_CONFIG_VALUE_0: origin,
  };
  const options = { cwd: root, env, extendEnv: false, reject: false } as const;
  return execa(process.execPath, [...nodeArgs, 'src/tools/image.ts', ...args], options);
}

/** The machine's own builders must not be found. */
async function pathOfGitAlone(bin: string): Promise<string> {
  const { stdout: git } = await execa('which', ['git']);
  const { stdout: shell } = await execa('which', ['sh']);
  await writeFile(join(bin, 'git'), `#!${shell}\nPATH=${dirname(git)} exec ${git} "$@"\n`);
  await chmod(join(bin, 'git'), 0o755);
  return bin;
}

test('prints the exact command, with all four labels', async () => {
  const origin = 'https://git.example.com/shop/trellis.git';
  const { stdout, exitCode } = await image(['bird', '--print'], ['docker'], 0, [], origin);
  expect(stdout).toMatch(
    /^docker build --tag localhost\/trellis\/bird:local --build-arg APP=bird --build-arg VERSION=[\d.]+ --build-arg REVISION=[0-9a-f]{40}(-dirty)? --build-arg SOURCE=https:\/\/git\.example\.com\/shop\/trellis \.$/,
  );
  expect(exitCode).toBe(0);
});

test.each([
  ['https://user:token@git.example.com/shop/trellis.git', 'https://git.example.com/shop/trellis'],
  ['git@git.example.com:shop/trellis.git', 'https://git.example.com/shop/trellis'],
  ['ssh://git@git.example.com:2222/shop/trellis/', 'https://git.example.com/shop/trellis'],
  ['http://git.example.com:3000/shop/trellis', 'http://git.example.com:3000/shop/trellis'],
  ['/srv/git/trellis.git', undefined],
  ['file:///srv/git/trellis.git', undefined],
  ['', undefined],
])('of the remote %j says the source %s', async (origin, source) => {
  const { stdout } = await image(['bird', '--print'], ['docker'], 0, [], origin);
  expect(/SOURCE=(\S+)/.exec(stdout)?.[1]).toBe(source);
});

test.each([
  ['title', 'APP'],
  ['source', 'SOURCE'],
  ['revision', 'REVISION'],
  ['version', 'VERSION'],
])('the Dockerfile makes the label %s of %s', async (label, argument) => {
  expect(await readFile(`${root}Dockerfile`, 'utf8')).toContain(`org.opencontainers.image.${label}="$${argument}"`);
});

test.each([
  [['buildah', 'podman', 'docker'], 'docker'],
  [['buildah', 'podman'], 'podman'],
  [['buildah'], 'buildah'],
])('with %j builds by %s', async (installed, builder) => {
  const { stdout } = await image(['bird', '--print'], installed);
  expect(stdout).toContain(`${builder} build --tag localhost/trellis/bird:local`);
});

test('prints one command for each app', async () => {
  const { stdout } = await image(['--all', '--print'], ['docker']);
  expect(stdout.split('\n').map((line) => line.split(' ')[3])).toEqual(
    appNames().map((app) => `localhost/trellis/${app}:local`),
  );
});

test('takes another tag', async () => {
  const { stdout } = await image(['bird', '--print', '--tag', '1.2.3'], ['docker']);
  expect(stdout).toContain('--tag localhost/trellis/bird:1.2.3 ');
});

test('builds, and ends with the name of the image', async () => {
  const { stdout, exitCode } = await image(['bird'], ['docker']);
  expect(stdout).toMatch(/\/docker build\nlocalhost\/trellis\/bird:local$/);
  expect(exitCode).toBe(0);
});

describe('says what is wrong', () => {
  const apps = appNames().join(' | ');
  test.each<[what: string, args: string[], installed: string[], exitCode: number, message: string]>([
    [
      'an unknown app',
      ['brid'],
      ['docker'],
      2,
      `unknown app: got brid; allowed: ${apps}; fix: name one of these, or --all`,
    ],
    ['no app', [], ['docker'], 2, `unknown app: got nothing; allowed: ${apps}; fix: name one of these, or --all`],
    ['both', ['bird', '--all'], ['docker'], 2, 'got both bird and --all; allowed: one of them; fix: drop the other'],
    [
      'no builder',
      ['bird'],
      [],
      1,
      'nothing here builds images: got none of them on PATH; allowed: docker | podman | buildah; fix: install one of these',
    ],
    [
      'a tag that means another image tomorrow',
      ['bird', '--tag', 'latest'],
      ['docker'],
      2,
      'local.images.tag: got "latest"; allowed: a tag that always means the same image',
    ],
    ['an unknown option', ['--al'], ['docker'], 2, "unknown option '--al'"],
  ])('%s', async (_what, args, installed, exitCode, message) => {
    const { stdout, stderr, exitCode: got } = await image(args, installed);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect([stdout, got]).toEqual(['', exitCode]);
  });

  test('a mistake in a declaration', async () => {
    const { stderr, exitCode } = await image(['bird', '--print'], ['docker'], 0, withBrokenSystems);
    expect(stderr).toMatch(brokenSystems);
    expect(exitCode).toBe(1);
  });

  test('a build that failed', async () => {
    const { stderr, exitCode } = await image(['bird'], ['docker'], 3);
    expect([stderr, exitCode]).toEqual(['the image of bird was not built: docker said why above', 1]);
  });
});

test('--help', async () => {
  const { stdout, exitCode } = await image(['--help'], []);
  expect(stdout).toContain('Usage: npm run image -- [options] [app]');
  expect(exitCode).toBe(0);
});
