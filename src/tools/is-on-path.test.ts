import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isOnPath } from './is-on-path.ts';

test('a program is a file that can be run, in a named folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'is-on-path-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'server'), '');
  expect(isOnPath('server', folder)).toBe(false);
  await chmod(join(folder, 'server'), 0o755);
  expect(isOnPath('server', folder)).toBe(true);
  expect(isOnPath('server', ['/nowhere', folder].join(delimiter))).toBe(true);

  await mkdir(join(folder, 'redis-server'));
  expect(isOnPath('redis-server', folder)).toBe(false);
  // The folder that the tests run in has one of this name.
  expect(isOnPath('node_modules/.bin/vitest', delimiter)).toBe(false);
});

test('asked for no folders it takes those of this process', () => {
  expect(isOnPath('node')).toBe(true);
  expect(isOnPath('node', '')).toBe(false);
});
