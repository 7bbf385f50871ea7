import type { Logger } from '../log.ts';
import { HttpError } from '../problem.ts';

/** After how many seconds a caller may try again. */
const retryAfter = 2;
/** How often a store that is away is logged at most, in milliseconds: not for each request. */
const logInterval = 10_000;

/** Whether a store is there, for the log and for what callers are told. */
export class Availability {
  readonly #what: string;
  readonly #where: string;
  readonly #log: Logger;
  #loggedAt = -Infinity;
  /** Whether the last that the log says is that it is away. */
  #isLoggedAway = false;

  /** @param where the store as a log line may show it */
  constructor(what: 'object store' | 'key-value store', where: string, log: Logger) {
    this.#what = what;
    this.#where = where;
    this.#log = log;
  }

  /**
   * What a caller gets. Why it is away stands in the log: callers may be strangers.
   *
   * @param command which one failed. @default - not said
   */
  away(reason: string, command?: string): HttpError {
    if (performance.now() - this.#loggedAt >= logInterval) {
      this.#loggedAt = performance.now();
      this.#isLoggedAway = true;
      this.#log.error({ store: this.#where, command, reason }, `${this.#what} unavailable`);
    }
    return this.silentlyAway();
  }

  /** The same, where the log says already why it is away. */
  silentlyAway(): HttpError {
    return new HttpError(503, 'store-unavailable', `The ${this.#what} is away; try again later`, { retryAfter });
  }

  /** To be told of every success. */
  well(): void {
    if (!this.#isLoggedAway) return;
    this.#isLoggedAway = false;
    this.#log.info({ store: this.#where }, `${this.#what} available again`);
  }
}
