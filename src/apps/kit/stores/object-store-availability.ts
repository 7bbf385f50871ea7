import type { Logger } from '../log.ts';
import { HttpError } from '../problem.ts';

/** After how many seconds a caller may try again. */
const retryAfter = 2;
/** How often a store that is away is logged at most, in milliseconds: not for each request. */
const logInterval = 10_000;

/** Whether an object store is there, for the log and for what callers are told. */
export class Availability {
  readonly #where: string;
  readonly #log: Logger;
  #away = false;
  #loggedAt = -Infinity;

  /** @param where the store as a log line may show it */
  constructor(where: string, log: Logger) {
    this.#where = where;
    this.#log = log;
  }

  /** What a caller gets. Why it is away stands in the log: callers may be strangers. */
  away(what: string, reason: string): HttpError {
    this.#away = true;
    if (performance.now() - this.#loggedAt >= logInterval) {
      this.#loggedAt = performance.now();
      this.#log.error({ store: this.#where, command: what, reason }, 'object store unavailable');
    }
    return new HttpError(503, 'store-unavailable', 'The object store is away; try again later', { retryAfter });
  }

  /** To be told of every success. */
  well(): void {
    if (!this.#away) return;
    this.#away = false;
    // The next outage is news, however soon it is.
    this.#loggedAt = -Infinity;
    this.#log.info({ store: this.#where }, 'object store available again');
  }
}
