import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** A load that goes on until it is told to end, at a rate that can be changed meanwhile. It counts what has no answer, or one that is none. */
export class SteadyLoad {
  answered = 0;
  /** Each answer that was no success, and each that did not come, with its time. */
  readonly bad: string[] = [];
  /** Of each request from now on. */
  headers: Readonly<Record<string, string>> = {};
  #rate = 0;
  #ended = false;
  readonly #under: Set<Promise<void>> = new Set();
  readonly #agent = new Agent({ connections: 64, keepAliveTimeout: 30_000, headersTimeout: 10_000 });
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
      await sleep(Math.max(0, due - performance.now()));
      due += 1_000 / this.#rate;
      const asked = this.#ask().finally(() => this.#under.delete(asked));
      this.#under.add(asked);
    }
  }

  async #ask(): Promise<void> {
    try {
      const { statusCode, body } = await request(this.#url, { dispatcher: this.#agent, headers: this.headers });
      await body.dump();
      if (statusCode >= 300) this.bad.push(`${new Date().toISOString()} ${statusCode}`);
      else this.answered++;
    } catch (error) {
      this.bad.push(`${new Date().toISOString()} ${(error as Error).message}`);
    }
  }
}
