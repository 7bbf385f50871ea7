import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** So many requests may wait for their answers at once: as many as there are connections. */
const mostUnder = 64;

/**
 * A load that goes on until it is told to end, at a rate that can be changed meanwhile. It counts what has no answer, or one that is none. What a busy machine
 * keeps it from sending in time it leaves out: sent later it would be a burst, and pods are counted by the rate.
 */
export class SteadyLoad {
  answered = 0;
  /** Requests that were left out. */
  omitted = 0;
  /** What a pod put off as it, or its database, had no processor for it: with 503 and `Retry-After`. */
  shed = 0;
  /** Each other answer that was no success, and each that did not come, with its time. */
  readonly bad: string[] = [];
  /** Of each request from now on. */
  headers: Readonly<Record<string, string>> = {};
  #rate = 0;
  #ended = false;
  readonly #under: Set<Promise<void>> = new Set();
  readonly #agent = new Agent({ connections: mostUnder, keepAliveTimeout: 30_000, headersTimeout: 10_000 });
  readonly #url: string;
  readonly #running: Promise<void>;

  constructor(url: string) {
    this.#url = url;
    this.#running = this.#run();
  }

  /**
   * @param rate requests per second; none at first
   * @returns when it was changed, in milliseconds since 1970
   */
  setRate(rate: number): number {
    this.#rate = rate;
    return Date.now();
  }

  /** Begins to count anew. */
  forget(): void {
    this.answered = 0;
    this.omitted = 0;
    this.shed = 0;
    this.bad.length = 0;
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#running;
    await Promise.all(this.#under);
    await this.#agent.close();
  }

  async #run(): Promise<void> {
    let due = performance.now();
    while (!this.#ended) {
      if (this.#rate === 0) {
        await sleep(100);
        due = performance.now();
        continue;
      }
      const each = 1_000 / this.#rate;
      await sleep(Math.max(0, due - performance.now()));
      const late = Math.floor((performance.now() - due) / each);
      // A timer of Node is late by a millisecond or some.
      const missed = late * each > 50 ? late : 0;
      due += each * (missed + 1);
      this.omitted += missed;
      if (this.#under.size >= mostUnder) {
        this.omitted++;
        continue;
      }
      const asked = this.#ask().finally(() => this.#under.delete(asked));
      this.#under.add(asked);
    }
  }

  async #ask(): Promise<void> {
    try {
      const { statusCode, headers, body } = await request(this.#url, {
        dispatcher: this.#agent,
        headers: this.headers,
      });
      const text = await body.text();
      if (statusCode < 300) this.answered++;
      else if (statusCode === 503 && headers['retry-after'] !== undefined) this.shed++;
      else this.bad.push(`${new Date().toISOString()} ${statusCode} ${text.slice(0, 200)}`);
    } catch (error) {
      this.bad.push(`${new Date().toISOString()} ${(error as Error).message}`);
    }
  }
}
