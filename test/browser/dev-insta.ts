import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Insta by `npm run dev -- --demo`, with data of its own. */
export interface DevInsta extends AsyncDisposable {
  readonly url: string;
  /** Whom to log in as. */
  readonly email: string;
  readonly password: string;
}

/** @returns once it is ready. @throws Error with its output if it ends before */
export async function startDevInsta(): Promise<DevInsta> {
  const folder = await mkdtemp(join(tmpdir(), 'browser-'));
  // As root Postgres is another user, who must get in too.
  await chmod(folder, 0o755);
  const dev = execa(process.execPath, ['src/tools/dev.ts', '--demo'], {
    cwd: root,
    env: { PORT: '0', LOG_LEVEL: 'warn', TRELLIS_DATA: folder },
    reject: false,
    all: true,
    // Its own kill would not wait for the drain.
    cleanup: true,
  });
  const stop = async () => {
    dev.kill('SIGTERM');
    await dev;
    await rm(folder, { recursive: true, force: true });
  };
  let output = '';
  const [, url = '', email = '', password = ''] = await new Promise<RegExpExecArray>((resolve, reject) => {
    dev.all.on('data', (data) => {
      output += data;
      const found = /^ready (\S+)$[\s\S]*^log in at \S+ as (\S+), password: (.+)$/m.exec(output);
      if (found) resolve(found);
    });
    void dev.then(() => reject(new Error(`npm run dev -- --demo ended before it was ready:\n${output}`)));
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url, email, password, [Symbol.asyncDispose]: stop };
}
