import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** A real Redis of its own, which needs a password and keeps what it answered. */
export interface TestRedis extends AsyncDisposable {
  readonly port: number;
  readonly password: string;
  /** With the password of a user who may do everything. */
  readonly url: string;
  /** With the password of a user who may touch nothing but `prefix:*`, as in a cluster. */
  readonly limitedUrl: string;
  /** Ends it. @param signal SIGKILL for a crash. @default SIGTERM */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again at the same port with what it kept. */
  start(): Promise<void>;
  /** Lets it be silent without closing a connection, as a machine that is gone. */
  freeze(): void;
  thaw(): void;
}

/** What a limited user may do: what a key-value store needs. */
const commands = ['get', 'set', 'del', 'incr', 'pttl', 'pexpire', 'sadd', 'srem', 'smembers', 'eval', 'evalsha'];

/**
 * Starts the `redis-server` of this machine. Skips the test if there is none; where `CI` is set, what is not tested must not pass.
 *
 * @param context of the test
 * @param props.prefix of the limited user's keys. @default 'test'
 * @throws Error if it does not start
 */
export async function startTestRedis(
  context: { skip(note?: string): void },
  { prefix = 'test' }: { prefix?: string } = {},
): Promise<TestRedis> {
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const folder = await mkdtemp(join(tmpdir(), 'test-redis-'));
  const users = [
    `user default on >${password} ~* &* +@all`,
    `user limited on >${password} resetkeys ~${prefix}:* resetchannels -@all ${[...commands, 'hello', 'ping'].map((each) => `+${each}`).join(' ')}`,
  ];
  await writeFile(join(folder, 'users.acl'), `${users.join('\n')}\n`);
  const options = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--aclfile', join(folder, 'users.acl')],
    // What is answered is kept even after SIGKILL.
    ...['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
  ];
  let server: ChildProcess | undefined;
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (!server) return;
    const ended = once(server, 'exit');
    server.kill(signal);
    server = undefined;
    await ended;
  };
  const start = async () => {
    server = await startServer(options);
  };
  const dispose = async () => {
    await stop('SIGKILL');
    await rm(folder, { recursive: true });
  };
  try {
    await start();
  } catch (error) {
    await dispose();
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const note = 'no redis-server on PATH; fix: install Redis, such as by apt-get install redis-server';
    if (process.env['CI']) throw new Error(note);
    context.skip(note);
  }
  return {
    port,
    password,
    url: `redis://default:${password}@127.0.0.1:${port}/0`,
    limitedUrl: `redis://limited:${password}@127.0.0.1:${port}`,
    stop,
    start,
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    [Symbol.asyncDispose]: dispose,
  };
}

/** @throws Error with its output if it does not start, and with code ENOENT if there is none */
async function startServer(options: readonly string[]): Promise<ChildProcess> {
  const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${output}`)));
    server.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (output.includes('Ready to accept connections')) resolve();
    });
  });
  return server;
}
