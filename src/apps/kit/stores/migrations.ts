import { createHash } from 'node:crypto';
import pRetry from 'p-retry';
import { Client, DatabaseError } from 'pg';
import { DeclarationError } from '../../../model/index.ts';
import { type ConnectionsProps, keepAlive, reasonOf } from './connections.ts';
import { QueryError } from './query-error.ts';

/** One step of a database's tables. It must leave them such that the version of the service before it goes on working. */
export interface Migration {
  /** Three digits and words, such as `001-accounts`: steps run in the order of their names. */
  readonly name: string;
  /** SQL, run as one transaction. */
  readonly up: string;
}

/** @see migrate */
export interface MigrateProps extends Pick<ConnectionsProps, 'url' | 'connectTimeout' | 'service' | 'log'> {
  readonly migrations: readonly Migration[];
  /** Gives it up. */
  readonly signal: AbortSignal;
}

/** A migration with what tells whether it was changed. */
export interface AppliedStep extends Migration {
  /** SHA-256 of `up`. */
  readonly checksum: string;
}

/** Says which were applied, in the database itself. */
export const migrationsTable =
  'create table if not exists trellis_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())';

/** A migration that trying again cannot help. */
class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/**
 * How long a step waits for the lock of a table, in milliseconds. Whatever wants the table meanwhile waits behind it, even a read, so the step gives up
 * and lets them pass before it tries again.
 */
const lockTimeout = 1_000;
const longestPause = 5_000;

/** What helps where one only tries a step out: nowhere else may data be lost. */
const onThisMachine = "on a machine of one's own: npm run dev -- --reset, which clears all data";

const nameForm = /^\d{3}-[a-z0-9]+(-[a-z0-9]+)*$/;

/** What may be gone at the next attempt: resources, locks, a server that ends or starts, two in each other's way. Anything the server says while connecting, too. */
const passingStates = /^(08|40|53|55P03|57)/;

/**
 * Applies what is not applied yet, once, however many replicas start at the same time. Waits for the database as long as it takes.
 *
 * This is no job for umzug: it runs a list in order, which is one loop here, but leaves the lock, the checksums, the order and the record in the step's own
 * transaction to its user, and brings a command line along.
 *
 * @throws DeclarationError at once if the list itself has a mistake
 * @returns rejects if a step fails for good, or if what was applied does not fit the list; that is logged, too
 */
export function migrate(props: MigrateProps): Promise<void> {
  const { log, signal } = props;
  const steps = stepsOf(props);
  const done = pRetry(() => attempt(props, steps), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 250,
    maxTimeout: longestPause,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => !(error instanceof MigrationError),
    onFailedAttempt: ({ error, attemptNumber }) => {
      if (error instanceof MigrationError) log.error(`database: ${error.message}`);
      else if (!signal.aborted)
        log.warn({ reason: error.message, attempt: attemptNumber }, 'database not migrated yet');
    },
  });
  // Whoever does not ask for the outcome still gets it in the log.
  done.catch(() => {});
  return done;
}

/** The migrations of a service, checked. @throws DeclarationError if the list has a mistake */
export function stepsOf({ service, migrations }: Pick<MigrateProps, 'service' | 'migrations'>): AppliedStep[] {
  const path = `${service}.migrations`;
  const mistakes = migrations.flatMap(({ name }, index) => {
    const before = migrations[index - 1]?.name;
    if (!nameForm.test(name)) {
      return [{ path, got: name, allowed: 'three digits and words, such as 001-accounts', fix: 'rename it' }];
    }
    if (before !== undefined && name <= before) {
      const allowed = `a name that comes after ${before}, which stands before it`;
      return [{ path, got: name, allowed, fix: 'sort them, or give it a higher number' }];
    }
    return [];
  });
  if (mistakes.length > 0) throw new DeclarationError(mistakes);
  return migrations.map((each) => ({ ...each, checksum: createHash('sha256').update(each.up).digest('hex') }));
}

async function attempt({ url, connectTimeout, service, log, signal }: MigrateProps, steps: readonly AppliedStep[]) {
  // A connection of its own: those of the queries have time-outs that are too short for this, and may all be busy.
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: connectTimeout,
    ...keepAlive,
    application_name: `${service}-migrations`,
  });
  // A lost connection also fails the query under way; without a listener it would end the process besides.
  client.on('error', () => {});
  const stopped = Promise.withResolvers<never>();
  stopped.promise.catch(() => {});
  const stop = () => {
    stopped.reject(signal.reason);
    void client.end();
  };
  signal.addEventListener('abort', stop);
  try {
    // The driver leaves a connect without an outcome when it is ended meanwhile.
    await Promise.race([client.connect(), stopped.promise]);
    // Without the lock, so that the version before is not held up where the next one's migration takes its time.
    const known = await applied(client);
    if (pending(steps, known).length === 0) {
      tellLater(steps, known, log);
      return;
    }
    await lock(client, service);
    for (const step of pending(steps, await applied(client))) {
      const startedAt = performance.now();
      await apply(client, step);
      log.info({ migration: step.name, ms: Math.round(performance.now() - startedAt) }, 'migration applied');
    }
  } catch (error) {
    throw error instanceof MigrationError ? error : new Error(reasonOf(error));
  } finally {
    signal.removeEventListener('abort', stop);
    // The lock goes with it.
    await client.end().catch(() => {});
  }
}

async function lock(client: Client, service: string): Promise<void> {
  // A pod that is gone without a word must not keep the lock for the two hours after which the server would look for it.
  await client.query('set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3');
  await client.query('select pg_advisory_lock($1)', [migrationsLock(service)]);
  await client.query(migrationsTable);
}

/** The number of the lock that lets one migrate at a time. */
export function migrationsLock(service: string): bigint {
  return createHash('sha256').update(`trellis_migrations ${service}`).digest().readBigInt64BE();
}

/** The checksums of those that were applied, by their names. */
export async function applied(client: Client): Promise<ReadonlyMap<string, string>> {
  const { rows: tables } = await client.query("select to_regclass('trellis_migrations') is not null as there");
  if (!tables[0]?.there) return new Map();
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from trellis_migrations',
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
}

/**
 * The steps that are not applied. An applied one that is unknown here and comes after all that are known is of a later version, which is being rolled out.
 *
 * @throws MigrationError if what was applied does not fit
 */
function pending(steps: readonly AppliedStep[], known: ReadonlyMap<string, string>): AppliedStep[] {
  const names = new Set(steps.map(({ name }) => name));
  const last = steps.at(-1)?.name ?? '';
  const lastApplied = [...known.keys()].toSorted().at(-1) ?? '';
  const left = steps.filter(({ name }) => !known.has(name));
  const mistakes = [
    ...steps
      .filter(({ name, checksum }) => known.has(name) && known.get(name) !== checksum)
      .map(
        ({ name }) =>
          `${name} was changed after it was applied; fix: restore its text, and write a new migration; ${onThisMachine}`,
      ),
    ...[...known.keys()]
      .filter((name) => !names.has(name) && name < last)
      .map(
        (name) =>
          `${name} was applied but is not in the list, which has later ones; fix: put it back; ${onThisMachine}`,
      ),
    ...left
      .filter(({ name }) => name < lastApplied)
      .map(
        ({ name }) => `${name} is new but comes before ${lastApplied}, which is applied; fix: give it a higher number`,
      ),
  ];
  if (mistakes.length > 0) throw new MigrationError(mistakes.map((mistake) => `migration ${mistake}`).join('\n'));
  return left;
}

/** Says what is applied and unknown here: as before a roll-back, or because a step was deleted by mistake. */
function tellLater(steps: readonly AppliedStep[], known: ReadonlyMap<string, string>, log: MigrateProps['log']): void {
  const names = new Set(steps.map(({ name }) => name));
  for (const name of [...known.keys()].filter((each) => !names.has(each)).toSorted()) {
    log.info(`database: migration ${name} was applied by a later version`);
  }
}

async function apply(client: Client, { name, up, checksum }: AppliedStep): Promise<void> {
  let isOwnSql = false;
  try {
    await client.query(`begin; set local lock_timeout = ${lockTimeout}`);
    isOwnSql = true;
    await client.query(up);
    isOwnSql = false;
    await client.query('insert into trellis_migrations (name, checksum) values ($1, $2)', [name, checksum]);
    await client.query('commit');
  } catch (error) {
    // The connection ends now, and with it the transaction.
    if (!(error instanceof DatabaseError) || passingStates.test(error.code ?? '')) throw error;
    const where = isOwnSql ? lineOf(up, error.position) : '';
    throw new MigrationError(
      `migration ${name} failed${where}: ${new QueryError(name, error).message}; nothing of it was applied; fix: correct it, or the data that it meets, and deploy again`,
    );
  }
}

/** @param position the number of a character, from 1; what the server says of mistakes in the text alone, not of what happens while it runs */
function lineOf(up: string, position: string | undefined): string {
  if (position === undefined) return '';
  // The server counts whole characters, of which a text here may have two parts each.
  const before = [...up].slice(0, Number(position) - 1);
  return ` in line ${before.filter((character) => character === '\n').length + 1}`;
}
