import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { databaseQueryDuration } from '../../../model/index.ts';
import { inSpan } from '../in-span.ts';
import { HttpError } from '../problem.ts';
import { type Series, SeriesMetrics } from '../series-metrics.ts';
import type { Attributes } from '../span.ts';
import { type Connection, Connections, type ConnectionsProps } from './connections.ts';
import { type Migration, migrate } from './migrations.ts';
import { type Queries, queriesBy } from './queries.ts';
import { type Statement, sql } from './sql.ts';

export type { Migration } from './migrations.ts';
export type { Queries } from './queries.ts';
export { brokenConstraint } from './query-error.ts';

/** A service's own database. */
export interface Database extends Queries {
  /**
   * Runs statements that all take effect, or none. Read committed. A deadlock or serialization failure runs `work` again, up to 3 times more: it must do
   * nothing that cannot be done twice. One statement is a transaction of its own and needs none.
   *
   * @param work what it throws undoes the transaction. A statement that the database refused does so too, even if `work` catches the error
   * @throws HttpError 503 `database-unavailable` if the connection is lost; whether the last `commit` took effect is then not known
   */
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>;
}

/** A database together with its two ends. */
export interface OwnDatabase extends Database {
  /** When the tables are as this version needs them. Queries wait for it. Rejects if only a change of the code or the database helps. */
  readonly migrated: Promise<void>;
  /** For the ready check. @throws if the tables are not ready, or the database does not answer */
  check(signal: AbortSignal): Promise<void>;
  /** Ends the migration, waits for queries under way, closes the connections. */
  close(): Promise<void>;
}

/** @see createDatabase */
export interface DatabaseProps extends ConnectionsProps {
  /** In the order of their names. One that ran once must never be changed. */
  readonly migrations: readonly Migration[];
}

const retries = 3;
const ping = sql('ping', 'select 1');

/**
 * Opens a database: brings its tables up to date in the background, and again and again if it is away. Nothing needs a restart of the process.
 *
 * @throws Error if the URL is not one of Postgres, or the list of migrations has a mistake
 */
export function createDatabase(props: DatabaseProps): OwnDatabase {
  checkUrl(props.url);
  const ended = new AbortController();
  const migrated = migrate({ ...props, signal: ended.signal });
  const connections = new Connections(props);
  const timer = new StatementTimer(props);
  let state: 'migrating' | 'ready' | 'failed' = 'migrating';
  migrated.then(
    () => {
      state = 'ready';
    },
    () => {
      state = 'failed';
    },
  );

  const tablesReady = async () => {
    if (state === 'ready') return;
    const over = new AbortController();
    try {
      await Promise.race([
        migrated,
        sleep(props.connectTimeout, undefined, { signal: over.signal }).then(() => {
          throw new Error('still migrating');
        }),
      ]);
    } catch {
      const detail = 'The database is not ready; try again later';
      throw new HttpError(503, 'database-unavailable', detail, { retryAfter: 2 });
    } finally {
      over.abort();
    }
  };

  /** Lends a connection to `work`, and again after what passes. Only what the database undid is done again. */
  const lend = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    let last: Connection | undefined;
    const passing = () => last?.refusal?.passing;
    return pRetry(
      () => {
        last = undefined;
        return connections.use((connection) => {
          last = connection;
          return work(connection);
        });
      },
      {
        retries,
        minTimeout: 10,
        randomize: true,
        shouldRetry: () => passing() !== undefined,
        // Each connection with a stale plan is closed, so there is an end to them.
        shouldConsumeRetry: () => passing() !== 'stale-plan',
      },
    );
  };

  const queries = queriesBy((statement, values) =>
    timer.time(statement, async () => {
      await tablesReady();
      return lend((connection) => connection.query(statement.name, configOf(statement, values)));
    }),
  );

  return {
    ...queries,
    async transaction(work) {
      await tablesReady();
      return lend((connection) => transact(connection, work, timer));
    },
    migrated,
    async check(signal) {
      signal.throwIfAborted();
      if (state === 'migrating') throw new Error('the tables are not up to date yet');
      await migrated;
      // Busy is not broken: without this pod, those left would have its load too.
      if (!connections.areAllBusy) await queries.run(ping);
    },
    async close() {
      ended.abort(new Error('the database is closed'));
      await Promise.allSettled([migrated]);
      await connections.close();
    },
  };
}

async function transact<T>(
  connection: Connection,
  work: (tx: Queries) => Promise<T>,
  timer: StatementTimer,
): Promise<T> {
  await connection.query('begin', 'begin isolation level read committed');
  let isOver = false;
  // A connection does one thing at a time, however many statements `work` starts at once.
  let before: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(run: () => Promise<R>): Promise<R> => {
    const mine = before.then(run, run);
    before = mine.catch(() => {});
    return mine;
  };
  const tx = queriesBy((statement, values) => {
    if (isOver) {
      return Promise.reject(
        new Error(
          `statement ${statement.name} came after the end of its transaction; fix: await every statement in it`,
        ),
      );
    }
    return timer.time(statement, () => inTurn(() => connection.query(statement.name, configOf(statement, values))));
  });
  try {
    const result = await work(tx);
    isOver = true;
    await before;
    // Postgres answers the commit of a transaction that failed by undoing it, and calls that a success.
    const { command } = await connection.query('commit', 'commit');
    if (command === 'COMMIT') return result;
    throw connection.refusal ?? new Error('the transaction was undone by the database');
  } catch (error) {
    isOver = true;
    await before;
    if (connection.isUsable) await connection.query('rollback', 'rollback').catch(() => connection.spoil());
    throw error;
  }
}

function configOf({ preparedName, text }: Statement, values: readonly unknown[]) {
  return { name: preparedName, text, values: [...values] };
}

/** Measures statements: one pair of series for each name. */
class StatementTimer {
  readonly #service: string;
  readonly #place: Attributes;
  readonly #metrics: SeriesMetrics;
  readonly #series = new Map<string, { readonly ok: Series; readonly error: Series }>();

  constructor({ url, service, registry }: Pick<DatabaseProps, 'url' | 'service' | 'registry'>) {
    this.#service = service;
    this.#place = placeOf(url);
    this.#metrics = new SeriesMetrics(registry, undefined, databaseQueryDuration);
    // Whoever watches for errors must see a series at 0 first, and this is what every pod asks to be ready.
    this.#of(ping.name);
  }

  time<T>(statement: Statement, run: () => Promise<T>): Promise<T> {
    const { name, text } = statement;
    // The text has `$1` where a value goes. A value is in no attribute.
    const attributes = () => ({ ...this.#place, 'db.query.summary': name, 'db.query.text': text });
    return inSpan(name, attributes, () => this.#measure(statement, run));
  }

  async #measure<T>({ name }: Statement, run: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1_000;
    try {
      const result = await run();
      this.#of(name).ok.record(seconds());
      return result;
    } catch (error) {
      this.#of(name).error.record(seconds());
      throw error;
    }
  }

  #of(statement: string) {
    const known = this.#series.get(statement);
    if (known) return known;
    const start = (outcome: string) => this.#metrics.start({ service: this.#service, statement, outcome });
    const series = { ok: start('ok'), error: start('error') };
    this.#series.set(statement, series);
    return series;
  }
}

/** What spans say of where a database is: neither user nor password. */
function placeOf(url: string): Attributes {
  const { hostname, port, pathname } = new URL(url);
  return {
    'db.system.name': 'postgresql',
    'db.namespace': decodeURIComponent(pathname.slice(1)),
    'server.address': hostname,
    'server.port': Number(port || 5432),
  };
}

/** Before the driver sees it: its errors, and those of `URL`, would show the password. */
function checkUrl(url: string): void {
  const parsed = URL.parse(url);
  const isGood = parsed && /^postgres(ql)?:$/.test(parsed.protocol) && parsed.hostname && parsed.pathname.length > 1;
  if (isGood && [parsed.username, parsed.password, parsed.pathname].every(isEscaped)) return;
  throw new Error(
    "the database's URL is not valid, and hidden as it holds a password; allowed: postgres://user:password@host:port/database; fix: percent-encode what has a meaning in URLs, such as #, / or % in the password",
  );
}

function isEscaped(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
