import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';

/** What a test is that may be skipped. */
interface Context {
  skip(note?: string): void;
}

/** Rules, and what they should say when, as the files of `promtool test rules` have them. */
export interface AlertTests {
  readonly groups: readonly object[];
  readonly tests: readonly object[];
  /** How often rules are evaluated. Days are tried out in fewer steps. @default '1m' */
  readonly every?: string;
}

/**
 * Tries alerts out by the `promtool` of this machine: what `PROMTOOL` names, arguments included, or the one on PATH. Skips the test if there is none; where `CI` is set,
 * what is not tested must not pass.
 */
export async function testAlerts(context: Context, { groups, tests, every = '1m' }: AlertTests): Promise<void> {
  const { exitCode, says } = await runPromtool(context, ['test', 'rules', 'tests.yaml'], {
    'rules.yaml': { groups },
    'tests.yaml': { rule_files: ['rules.yaml'], evaluation_interval: every, tests },
  });
  expect({ exitCode }, says).toEqual({ exitCode: 0 });
}

/**
 * Runs the `promtool` of this machine in a folder with these files, as `testAlerts` does.
 *
 * @param files by name, each as what it says
 */
export async function runPromtool(
  context: Context,
  given: readonly string[],
  files: Readonly<Record<string, object>>,
): Promise<{ exitCode: number | undefined; says: string }> {
  const [command = '', ...args] = (process.env['PROMTOOL'] || 'promtool').split(' ');
  const { failed } = await execa(command, [...args, '--version'], { reject: false });
  if (failed) {
    const note = `no promtool: ${process.env['PROMTOOL'] || 'none on PATH'}; fix: install it, such as by apt-get install prometheus, or set PROMTOOL to one`;
    if (process.env['CI']) throw new Error(note);
    context.skip(note);
  }
  const folder = await mkdtemp(join(tmpdir(), 'alerts-'));
  try {
    // What it reads is YAML, and JSON is.
    for (const [name, says] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(says));
    const { exitCode, stdout, stderr } = await execa(command, [...args, ...given], { cwd: folder, reject: false });
    return { exitCode, says: stdout + stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}
