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
}

/**
 * Tries alerts out by the `promtool` of this machine: what `PROMTOOL` names, arguments included, or the one on PATH. Skips the test if there is none; where `CI` is set,
 * what is not tested must not pass.
 */
export async function testAlerts(context: Context, { groups, tests }: AlertTests): Promise<void> {
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
    await writeFile(join(folder, 'rules.yaml'), JSON.stringify({ groups }));
    const file = { rule_files: ['rules.yaml'], evaluation_interval: '1m', tests };
    await writeFile(join(folder, 'tests.yaml'), JSON.stringify(file));
    const { exitCode, stdout, stderr } = await execa(command, [...args, 'test', 'rules', 'tests.yaml'], {
      cwd: folder,
      reject: false,
    });
    expect({ exitCode }, stdout + stderr).toEqual({ exitCode: 0 });
  } finally {
    await rm(folder, { recursive: true });
  }
}
