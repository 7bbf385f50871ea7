import { DatabaseError, Pool, type PoolClient, type QueryConfig, type QueryResult } from 'pg';
import { Gauge, type Registry } from 'prom-client';
import { databaseConnections } from '../../../model/index.ts';
import type { Logger } from '../log.ts';
import { HttpError } from '../problem.ts';
import { QueryError } from './query-error.ts';

/** @see Connections */
export interface ConnectionsProps {
  /** With user and password. */
  readonly url: string;
  /** The most at once. */
  readonly connections: number;
  /** How long one may take to be free, or to open, in milliseconds. */
  readonly connectTimeout: number;
  /** How long the server may work on a statement, in milliseconds. A transaction may be idle as long between two. */
  readonly statementTimeout: number;
  /** What the server lists the connections as. */
  readonly service: string;
  readonly registry: Registry;
  readonly log: Logger;
}

/** When a request may be sent again, in seconds: the same as when it is shed. */
const retryAfter = 2;
/** How much later than the server the client ends a statement, in milliseconds: later only if the server is gone without a word. */
const patience = 1_000;
/** A server that is gone without a word is noticed within half a minute, not after the hours that systems wait by default. */
export const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };
/** How often the same reason is logged at most, in milliseconds. */
const logInterval = 10_000;

/** What the server says as it ends a connection, or where this one is of no use: it shuts down, crashed, starts, or is a standby after a failover. */
const serverGone = new Set(['57P01', '57P02', '57P03', '57P05', '08000', '08003', '08006', '25006']);
const statementTimedOut = '57014';
const idleInTransaction = '25P03';

/** A pool of connections that opens new ones by itself once the database is back. */
export class Connections {
  readonly #props: ConnectionsProps;
  readonly #pool: Pool;
  readonly #loggedAt = new Map<string, number>();
  #inUse = 0;
  #isDown = false;
  #closed: Promise<void> | undefined;

  constructor(props: ConnectionsProps) {
    this.#props = props;
    const { url, connections, connectTimeout, statementTimeout, service, registry, log } = props;
    this.#pool = new Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: connectTimeout,
      query_timeout: statementTimeout + patience,
      ...keepAlive,
      application_name: service,
      // A statement, as PgBouncer refuses connections that open with such settings. In session mode it keeps them for the connection.
      onConnect: async (client) => {
        await client.query(limits(statementTimeout));
      },
    });
    // Of a connection that nobody uses: the pool has dropped it already, and nobody missed an answer.
    this.#pool.on('error', (error) => log.debug({ reason: reasonOf(error) }, 'idle database connection lost'));
    const { name, help, labels } = databaseConnections;
    const counts = {
      idle: () => this.#pool.idleCount,
      busy: () => this.#inUse,
      waiting: () => this.#pool.waitingCount,
    };
    new Gauge({
      name,
      help,
      labelNames: Object.keys(labels),
      registers: [registry],
      collect() {
        for (const state of labels.state) this.set({ service, state }, counts[state]());
      },
    });
  }

  /** Whether all of them work at this moment. */
  get areAllBusy(): boolean {
    return this.#inUse >= this.#props.connections;
  }

  /**
   * Lends a connection.
   *
   * @throws HttpError 503 if none is free or can be opened in time
   */
  async use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = new Connection(await this.#connect(), this.#props, (reason) => this.#unavailable(reason));
    this.#inUse++;
    try {
      const result = await work(connection);
      this.#isWell();
      return result;
    } finally {
      this.#inUse--;
      connection.giveBack();
    }
  }

  /** Waits for those in use. */
  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      // The pool says the same of a query that waited for others to open connections in vain.
      const isLate = error instanceof Error && error.message === 'timeout exceeded when trying to connect';
      if (isLate && this.areAllBusy) {
        this.#log(`all ${this.#props.connections} connections busy`, 'no database connection free');
        throw new HttpError(503, 'database-busy', 'Too many requests at once; try again later', { retryAfter });
      }
      throw this.#unavailable(reasonOf(error));
    }
  }

  #unavailable(reason: string): HttpError {
    if (this.#log(reason, 'database unavailable')) this.#isDown = true;
    return new HttpError(503, 'database-unavailable', 'The database is away; try again later', { retryAfter });
  }

  #isWell(): void {
    if (!this.#isDown) return;
    this.#isDown = false;
    this.#props.log.info('database available again');
  }

  /** Every query of an outage has the same to say, so it is logged now and then. @returns whether it was */
  #log(reason: string, message: string): boolean {
    const now = performance.now();
    if (now - (this.#loggedAt.get(reason) ?? Number.NEGATIVE_INFINITY) < logInterval) return false;
    this.#loggedAt.set(reason, now);
    this.#props.log.warn({ reason }, message);
    return true;
  }
}

/** What the server ends: a statement that takes too long, and a transaction in which nothing is done, as whoever holds its locks stops everybody else. */
function limits(milliseconds: number): string {
  return `set statement_timeout = ${milliseconds}; set idle_in_transaction_session_timeout = ${milliseconds}`;
}

/** A connection while it is lent. */
export class Connection {
  readonly #client: PoolClient;
  readonly #props: ConnectionsProps;
  readonly #unavailable: (reason: string) => HttpError;
  readonly #onError = (error: Error): void => {
    this.#lost ??= error;
  };
  #lost: Error | undefined;
  #isSpoilt = false;
  #refusal: QueryError | undefined;

  constructor(client: PoolClient, props: ConnectionsProps, unavailable: (reason: string) => HttpError) {
    this.#client = client;
    this.#props = props;
    this.#unavailable = unavailable;
    client.on('error', this.#onError);
  }

  /** The first statement that the database refused. */
  get refusal(): QueryError | undefined {
    return this.#refusal;
  }

  /** Whether it can still be asked something. */
  get isUsable(): boolean {
    return !this.#lost && !this.#isSpoilt;
  }

  /** @param name what errors call it */
  async query(name: string, config: QueryConfig | string): Promise<QueryResult> {
    try {
      return await this.#client.query(config);
    } catch (error) {
      throw this.#failure(name, error);
    }
  }

  /** One that was lost, or in which something is left over, is closed. */
  giveBack(): void {
    this.#client.off('error', this.#onError);
    this.#client.release(!this.isUsable);
  }

  /** It is closed when it is given back. */
  spoil(): void {
    this.#isSpoilt = true;
  }

  #failure(name: string, error: unknown): unknown {
    const code = error instanceof DatabaseError ? error.code : undefined;
    if (isOf(this.#lost, idleInTransaction)) {
      return new Error(
        `statement ${name} came too late: its transaction was idle for more than ${this.#props.statementTimeout} ms, so the database ended it; fix: wait for nothing else between its statements`,
      );
    }
    if (this.#lost || (code && serverGone.has(code))) {
      this.spoil();
      return this.#unavailable(reasonOf(this.#lost ?? error));
    }
    if (!(error instanceof DatabaseError)) {
      // The answer may still come, or the statement is half prepared: the next query would meet it.
      this.spoil();
      const isLate = error instanceof Error && error.message === 'Query read timeout';
      return isLate ? this.#unavailable(`no answer to ${name} in time`) : error;
    }
    if (code === statementTimedOut) {
      this.#props.log.warn({ statement: name, timeout_ms: this.#props.statementTimeout }, 'statement timed out');
      return new HttpError(503, 'database-timeout', 'The database took too long; try again later', { retryAfter });
    }
    const refusal = new QueryError(name, error);
    if (refusal.passing === 'stale-plan') this.spoil();
    this.#refusal ??= refusal;
    return refusal;
  }
}

function isOf(error: Error | undefined, code: string): boolean {
  return (error as { code?: unknown } | undefined)?.code === code;
}

/** Why, for the log: of an error while connecting, which has no values in it. An attempt at several addresses at once has a code but no message. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return [message, code].filter(Boolean).join(' ') || 'unknown';
}
