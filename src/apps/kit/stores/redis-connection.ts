import { createClient, ErrorReply } from 'redis';
import type { Logger } from '../log.ts';
import { Availability } from './availability.ts';
import { wrongKind } from './key-value-backend.ts';
import { type RedisAddress, redisAddress } from './redis-address.ts';
import { redisScripts } from './redis-scripts.ts';

/** How many commands may wait for a connection; the next is refused at once. Their time alone is no limit to what a busy service would gather. */
const mostWaiting = 1_000;
/** How many commands may be sent without an answer yet, those that nobody waits for any more included. */
const mostSent = 10_000;
/** The longest pause between two attempts to connect, in milliseconds. */
const longestPause = 2_000;
/** How long an attempt to connect may be silent, in milliseconds. */
const connectTimeout = 5_000;
/** How often a connection is asked whether it lives, and how long it may take to answer, in milliseconds. */
const pingInterval = 2_000;
const pingTimeout = 4_000;

const closed = 'it is closed here';

type Client = ReturnType<typeof createRedisClient>;

/** The time of a command is over. */
class Late extends Error {}

/** A connection to a Redis that is made again for ever. Neither its errors nor its log lines have the password, a key or a value in them. */
export class RedisConnection {
  readonly #client: Client;
  readonly #where: string;
  readonly #password: string | undefined;
  readonly #timeout: number;
  readonly #log: Logger;
  readonly #availability: Availability;
  readonly #pinger: NodeJS.Timeout;
  /** Lets those go on that wait for a connection. */
  readonly #waiting = new Set<() => void>();
  /** Commands that are not answered yet. */
  readonly #running = new Set<Promise<unknown>>();
  /** Why there is no connection, or was none the last time. */
  #away = 'not connected yet';
  #pinging = false;
  #closed = false;

  /** @param props.timeout how long a command may take, in milliseconds */
  constructor({ url, service, log, timeout }: { url: string; service: string; log: Logger; timeout: number }) {
    const address = redisAddress(url);
    const { host, port, tls, password, database } = address;
    this.#where = `${tls ? 'rediss' : 'redis'}://${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
    this.#password = password;
    this.#timeout = timeout;
    this.#log = log;
    this.#availability = new Availability('key-value store', this.#where, log);
    this.#client = createRedisClient(address, service);
    this.#client.on('ready', () => this.#onReady()).on('error', (error) => this.#onError(error));
    this.#connect();
    this.#pinger = setInterval(() => this.#ping(), pingInterval).unref();
  }

  /**
   * Runs a command, which waits for a connection if there is none.
   *
   * @param options.repeat sends it once more if the connection breaks, which is for reads alone: a write may have been done. @default false
   * @throws HttpError 503 if there is no answer in time
   */
  async run<Reply>(command: (client: Client) => Promise<Reply>, { repeat = false } = {}): Promise<Reply> {
    const running = this.#attempts(command, repeat);
    this.#running.add(running);
    try {
      const reply = await running;
      this.#availability.well();
      return reply;
    } catch (error) {
      throw this.#explained(error);
    } finally {
      this.#running.delete(running);
    }
  }

  /** @throws Error at once if there is no connection, that says why */
  async check(signal: AbortSignal): Promise<void> {
    if (!this.#client.isReady) throw new Error(`the key-value store at ${this.#where} is away: ${this.#away}`);
    await this.run((client) => client.withAbortSignal(signal).ping());
  }

  /** Waits for commands under way, of which each has its time. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#away = closed;
    clearInterval(this.#pinger);
    this.#letGo();
    await Promise.allSettled(this.#running);
    this.#client.destroy();
  }

  async #attempts<Reply>(command: (client: Client) => Promise<Reply>, repeat: boolean): Promise<Reply> {
    const until = performance.now() + this.#timeout;
    try {
      return await this.#attempt(command, until);
    } catch (error) {
      if (!repeat || error instanceof ErrorReply || error instanceof Late) throw error;
      return this.#attempt(command, until);
    }
  }

  async #attempt<Reply>(command: (client: Client) => Promise<Reply>, until: number): Promise<Reply> {
    if (!this.#client.isReady && !this.#closed) await this.#connected(until);
    if (this.#closed) throw new Error(closed);
    return within(command(this.#client), until - performance.now());
  }

  #connected(until: number): Promise<void> {
    if (this.#waiting.size >= mostWaiting) throw new Error(`${mostWaiting} commands wait already`);
    return new Promise((resolve, reject) => {
      const go = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(go);
        reject(new Late());
      }, until - performance.now());
      this.#waiting.add(go);
    });
  }

  #letGo(): void {
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }

  #connect(): void {
    // Rejects only when it is destroyed meanwhile; what else goes wrong is an event.
    this.#client.connect().catch(() => {});
  }

  #onReady(): void {
    this.#away = '';
    this.#log.info({ store: this.#where }, 'connected to the key-value store');
    this.#letGo();
  }

  #onError(error: unknown): void {
    const reason = this.#reason(error);
    // Once for each cause, not for each attempt.
    if (reason !== this.#away) this.#log.warn({ store: this.#where, reason }, 'no connection to the key-value store');
    this.#away = reason;
  }

  /** A peer that is gone without a word, as with its machine, closes no connection: under load the kernel would notice after a quarter of an hour. */
  async #ping(): Promise<void> {
    if (!this.#client.isReady || this.#pinging) return;
    this.#pinging = true;
    try {
      await within(this.#client.ping(), pingTimeout);
    } catch (error) {
      // All else is an event of its own, or an answer.
      if (!(error instanceof Late) || this.#closed) return;
      this.#onError(new Error(`no answer within ${pingTimeout} ms`));
      this.#client.destroy();
      this.#connect();
    } finally {
      this.#pinging = false;
    }
  }

  #explained(error: unknown): Error {
    if (error instanceof ErrorReply && /WRONGTYPE|not an integer/.test(error.message)) return wrongKind();
    // Why it is away stands in the log already, once: not for each request, and not in its answer.
    if (!this.#client.isReady && !this.#closed) return this.#availability.silentlyAway();
    const late = `no answer within ${this.#timeout} ms`;
    return this.#availability.away(error instanceof Late ? late : this.#reason(error));
  }

  #reason(error: unknown): string {
    const { message, code = 'unknown error' } = error as NodeJS.ErrnoException;
    // A server that does not know a command repeats what was sent, and AUTH is sent too.
    const reason = (message || code).replace(/, with args beginning with.*/s, '');
    return this.#password ? reason.replaceAll(this.#password, '[hidden]') : reason;
  }
}

function createRedisClient({ host, port, tls, username, password, database }: RedisAddress, name: string) {
  const socket = {
    host,
    port,
    connectTimeout,
    // Also for the greeting after it, which has no time limit of its own. The pings keep a connection without commands alive.
    socketTimeout: pingInterval + pingTimeout,
    reconnectStrategy: (retries: number) => {
      const pause = Math.min(50 * 2 ** retries, longestPause);
      // Not all instances at once.
      return pause * (0.5 + Math.random() / 2);
    },
  };
  return createClient({
    socket: tls ? { ...socket, tls: true } : socket,
    database,
    name,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    disableOfflineQueue: true,
    commandsQueueMaxLength: mostSent,
    // Both send commands that a limited user may not.
    disableClientInfo: true,
    maintNotifications: 'disabled',
    scripts: redisScripts,
  });
}

/** @throws Late after this many milliseconds */
function within<Value>(promise: Promise<Value>, time: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Late()), time);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
