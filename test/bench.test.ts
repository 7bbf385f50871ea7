import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { brokenSystems, withBrokenSystems } from './broken-systems.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function bench(args: string[], nodeArgs: string[] = []) {
  return execa(process.execPath, [...nodeArgs, 'bench/main.ts', ...args], { cwd: root, reject: false });
}

test('shows its figures as a table and as JSON', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'trellis-bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'new', 'figures.json');
  const { stdout, stderr } = await bench(['synth growth', '--rounds', '1', '--json', file]);
  expect(stdout, stderr).toContain('synth growth');
  expect(stdout).toContain(`the same as JSON: ${file}`);
  const figures = JSON.parse(await readFile(file, 'utf8'));
  expect(figures).toMatchObject({ node: process.version, ratios: [{ name: 'synth growth', rounds: 1 }] });
  expect(figures.ratios[0].ratio).toBeGreaterThan(0);
});

describe('says what is wrong', () => {
  test.each([
    [
      ['synth'],
      'unknown comparison: got synth; allowed: synth growth | cost of the kit | gain of the kit | cost of tracing; fix: name one of these, or none for all',
    ],
    [['--rounds', '0'], 'got 0; allowed: a whole number from 1; fix: write it in digits'],
  ])('%j', async (args, message) => {
    const { stderr, exitCode } = await bench(args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(exitCode).toBe(2);
  });

  test('a mistake in a declaration', async () => {
    const { stderr, exitCode } = await bench([], withBrokenSystems);
    expect(stderr).toMatch(brokenSystems);
    expect(exitCode).toBe(1);
  });
});
