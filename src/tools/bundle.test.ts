import { existsSync } from 'node:fs';
import { glob, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { appNames, root } from './repository.ts';

test.each(appNames())('%s runs as one file, its native code and its page, far from every package', async (app) => {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await execa(process.execPath, ['src/tools/bundle.ts', app, join(folder, 'main.js')], { cwd: root });
  // What is native cannot be in that file. Nothing else is beside it.
  const others = (await Array.fromAsync(glob('**/*.{js,cjs,mjs}', { cwd: folder }))).filter(
    (file) => file !== 'main.js' && !file.startsWith('.page/'),
  );
  for (const file of others) expect(file).toMatch(/^node_modules\/@img\/sharp-/);
  expect(others.length > 0).toBe(app === 'media');
  expect(existsSync(join(folder, '.page/index.html'))).toBe(app === 'web');
  // A wrong environment is the first thing that a service looks at, once all of its code has loaded.
  const env = { HTTP_PORT: 'none' };
  const { stdout, exitCode } = await execa(process.execPath, ['main.js'], { cwd: folder, env, reject: false });
  expect(stdout).toContain('HTTP_PORT: got \\"none\\"; allowed: a whole number, at least 1, at most 65535');
  expect(exitCode).toBe(78);
});
