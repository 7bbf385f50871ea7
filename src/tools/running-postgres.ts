import { readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';

/**
 * The process of the Postgres that has these data open, by the file that it keeps there. None where that process is gone, or where its number is another
 * program's by now, which must neither be waited for nor be ended.
 */
export async function runningPostgres(data: string): Promise<number | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return pid > 0 && isOurs(pid) && (await isPostgresOf(data, pid)) ? pid : undefined;
}

/** One of another user is no Postgres of these data, which are closed to others. Postgres goes by the same rule. */
function isOurs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function isPostgresOf(data: string, pid: number): Promise<boolean> {
  if (process.platform === 'linux') {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const [program = '', ...args] = commandLine.split('\0');
    const folder = args[args.indexOf('-D') + 1] ?? '';
    return basename(program) === 'postgres' && (await real(folder)) === (await real(data));
  }
  const { stdout, failed } = await execa('ps', ['-p', String(pid), '-o', 'comm='], { reject: false });
  // Where nothing tells, two servers on the same data would be worse than a start that is refused.
  return failed || basename(stdout.trim()).startsWith('postgres');
}

/** The folder by its one name. */
async function real(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder);
}
