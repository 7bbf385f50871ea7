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
  expect(lines).toContain('skipped: setup.test.js > s > b: its set-up failed');
  expect(lines.filter((line) => line.startsWith('failed: ')).toSorted()).toEqual([
    'failed: fails.test.js > a',
    'failed: load.test.js',
    'failed: setup.test.js > s',
    'failed: unhandled error in stray.test.js > c',
  ]);
  expect(lines.at(-1)).toBe('1 passed, 4 failed, 1 skipped');
  expect(exitCode).toBe(1);
});

test('says last why each test failed, in a few lines without colours', async () => {
  const { lines } = await run(
    {
      'one.test.js': [
        `test('differs', () => {`,
        `  expect({ a: 1 }).toEqual({ a: 2 });`,
        `});`,
        `test('is caused', () => { expect.soft(1).toBe(1);`,
        `  throw new TypeError('no\\n\\nreally', { cause: new Error('that') });`,
        `});`,
        `test('is long', () => { throw 'x'.repeat(1_000); });`,
      ].join('\n'),
      'stray.test.js': `test('c', () => { setTimeout(() => { throw new Error('late') }, 1); return new Promise((done) => setTimeout(done, 50)); });`,
    },
    '--color',
  );
  expect(lines.slice(lines.findIndex((line) => line.startsWith('failed: ')))).toEqual([
    'failed: one.test.js > differs',
    '  | AssertionError: expected { a: 1 } to deeply equal { a: 2 }',
    '  | - Expected',
    '  | + Received',
    '  |   {',
    '  | -   "a": 2,',
    '  | +   "a": 1,',
    '  |   }',
    '  | at one.test.js:2:20',
    'failed: one.test.js > is caused',
    '  | TypeError: no',
    '  | really',
    '  | caused by: that',
    '  | at one.test.js:5:9',
    'failed: one.test.js > is long',
    `  | ${'x'.repeat(400)}...`,
    'failed: unhandled error in stray.test.js > c',
    '  | Error: late',
    expect.stringMatching(/^ {2}\| at Timeout\._onTimeout \(stray\.test\.js:1:\d+\)$/),
    '1 passed, 4 failed',
  ]);
});

test('says of a failed test what it has found out besides', async () => {
  const { lines } = await run({
    'one.test.js': `test('a', ({ onTestFailed, task }) => {
      onTestFailed(() => { task.meta.seen = ['a pod restarted']; });
      throw 'no';
    });`,
  });
  expect(lines.slice(-4)).toEqual(['failed: one.test.js > a', '  | no', '  | a pod restarted', '0 passed, 1 failed']);
});

test('says first which tests were cut off, as another failure is the reason', async () => {
  const { lines } = await run(
    { 'one.test.js': `test('a', () => { throw new Error('no') }); test('b', () => {});` },
    '--bail=1',
  );
  expect(lines.filter((line) => /^(failed: | {2}\| )/.test(line)).slice(0, 4)).toEqual([
    'failed: one.test.js > b',
    '  | the run ended before it did',
    'failed: one.test.js > a',
    '  | Error: no',
  ]);
});

test('no test at all is a failure', async () => {
  const { lines, exitCode } = await run({});
  expect(lines.slice(-3)).toEqual(['failed: the run', '  | no test ran', '0 passed, 1 failed']);
  expect(exitCode).toBe(1);
});
