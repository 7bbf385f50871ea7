import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';

const reporter = fileURLToPath(new URL('summary-reporter.ts', import.meta.url));

/** Runs vitest on these files alone, as `npm test` does on ours. */
async function run(files: Record<string, string>, ...options: string[]) {
  const root = await mkdtemp(join(tmpdir(), 'summary-reporter-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(root, name), text)));
  const args = ['run', '--globals', '--root', root, '--reporter=default', `--reporter=${reporter}`, ...options];
  const { stdout, exitCode } = await execa('vitest', args, { preferLocal: true, reject: false });
  return { lines: stdout.split('\n'), exitCode };
}

test('counts what passed, and gives each skipped test its reason', async () => {
  const { lines, exitCode } = await run({
    'one.test.js': `test('a', () => {}); test('b', ({ skip }) => skip('no cluster')); test.skip('c', () => {});`,
    'two.test.js': `test('d', () => {});`,
  });
  expect(lines.slice(-3)).toEqual([
    'skipped: one.test.js > b: no cluster',
    "skipped: one.test.js > c: none given; use skip('reason')",
    '2 passed, 0 failed, 2 skipped',
  ]);
  expect(exitCode).toBe(0);
});

test('is silent about tests that -t leaves out', async () => {
  const { lines } = await run(
    {
      'one.test.js': `describe('s', () => { test('a', () => {}); test.skip('a b', () => {}); test('c', () => {}); });`,
      'two.test.js': `test('a', () => {});`,
    },
    '-t',
    's > a',
  );
  expect(lines.filter((line) => line.startsWith('skipped: '))).toEqual([
    "skipped: one.test.js > s > a b: none given; use skip('reason')",
  ]);
  expect(lines.at(-1)).toBe('1 passed, 0 failed, 1 skipped');
});

test('counts as failed what kept tests from running', async () => {
  const { lines, exitCode } = await run({
    'fails.test.js': `test('a', () => { throw new Error('no') });`,
    'setup.test.js': `describe('s', () => { beforeAll(() => { throw new Error('no') }); test('b', () => {}); });`,
    'load.test.js': `throw new Error('no');`,
    'stray.test.js': `test('c', () => { setTimeout(() => { throw new Error('late') }, 1); return new Promise((done) => setTimeout(done, 50)); });`,
  });
  expect(lines.slice(-2)).toEqual([
    'skipped: setup.test.js > s > b: its set-up failed',
    '1 passed, 4 failed, 1 skipped',
  ]);
  expect(exitCode).toBe(1);
});

test('no test at all is a failure', async () => {
  const { lines, exitCode } = await run({});
  expect(lines.at(-1)).toBe('0 passed, 1 failed');
  expect(exitCode).toBe(1);
});
