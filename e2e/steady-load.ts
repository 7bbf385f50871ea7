import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

/**
 * So many requests may wait for their answers at once: as many as there are connections. At 350 requests/s that is more than half a second, in which pods that start have the
 * processors; answered all at once they raise the rate of 15 s by 13 requests/s.
 */
const mostUnder = 200;
/** How often it sends what is due, in milliseconds: a timer for each request costs the node that it is to load as much as the request. */
const tick = 20;
/** How late a request may be, in milliseconds. */
const latest = 100;

/** One of the requests that a load sends in turn. */
export interface SteadyRequest {
  readonly headers: Readonly<Record<string, string>>;
  /** Of its answer. @default 200 */
  readonly status?: number;
}

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
  /** Each other answer that was not as it should be, and each that did not come, with its time. */
  readonly bad: string[] = [];
  /** Sent in turn from now on. */
  requests: readonly [SteadyRequest, ...SteadyRequest[]] = [{ headers: {} }];
  #rate = 0;
  #turn = 0;
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
      await sleep(tick);
      const now = performance.now();
      if (this.#rate === 0) {
        due = now;
        continue;
      }
      const each = 1_000 / this.#rate;
      const late = now - due > latest ? Math.floor((now - due) / each) : 0;
      due += each * late;
      this.omitted += late;
      for (; due <= now; due += each) {
        if (this.#under.size >= mostUnder) {
          this.omitted++;
          continue;
        }
        const asked = this.#ask(this.#next()).finally(() => this.#under.delete(asked));
        this.#under.add(asked);
      }
    }
  }

  #next(): SteadyRequest {
    return this.requests[this.#turn++ % this.requests.length] as SteadyRequest;
  }

  async #ask({ headers: sent, status = 200 }: SteadyRequest): Promise<void> {
    try {
      const { statusCode, headers, body } = await request(this.#url, { dispatcher: this.#agent, headers: sent });
      const text = await body.text();
      if (statusCode === status) this.answered++;
      else if (statusCode === 503 && headers['retry-after'] !== undefined) this.shed++;
      else this.bad.push(`${new Date().toISOString()} ${statusCode} ${text.slice(0, 200)}`);
    } catch (error) {
      this.bad.push(`${new Date().toISOString()} ${(error as Error).message}`);
    }
  }
}
