import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { LogLines } from './log-lines.ts';

/** A service as a process of its own. */
export interface Child extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly stdout: LogLines;
  readonly stderr: LogLines;
  /** Its exit code. */
  readonly exited: Promise<number | null>;
}

/** Starts a main.ts. @param main its path from src/apps @param args what it is told. @default - to serve */
export function startChild(main: string, env: Record<string, string>, args: readonly string[] = []): Child {
  const path = fileURLToPath(new URL(`../../${main}`, import.meta.url));
  // Nothing of the tests' own environment: it would hide a variable that is missing.
  const process = spawn(globalThis.process.execPath, [path, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout = new LogLines();
  const stderr = new LogLines();
  process.stdout.setEncoding('utf8').on('data', (text) => stdout.write(text));
  process.stderr.setEncoding('utf8').on('data', (text) => stderr.write(text));
  const exited = once(process, 'close').then(([code]) => code as number | null);
  return {
    process,
    stdout,
    stderr,
    exited,
    async [Symbol.asyncDispose]() {
      process.kill('SIGKILL');
      await exited;
    },
  };
}
