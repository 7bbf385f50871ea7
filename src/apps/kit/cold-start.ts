import { setTimeout as sleep } from 'node:timers/promises';
import { errors, Pool } from 'undici';

/** @see ColdStart */
export interface ColdStartProps {
  /** What answers with 200 once the service is Ready. */
  readonly readyUrl: string;
  readonly userAgent: string;
  /** Hears how many wait since the service is not Ready, each time that it changes. Who only waits for the answer to a first question is not among them. */
  readonly onWaiting: (count: number) => void;
  /** Hears that it became Ready while somebody waited. @param milliseconds since it was first asked */
  readonly onStarted: (milliseconds: number, waiting: number) => void;
}

/** How a wait ended: the service is Ready, the time is over, or whoever waits is itself ending. */
export type WaitOutcome = 'ready' | 'late' | 'closed';

/** From one question to the next, in milliseconds. */
export const questionInterval = 250;

/** How long one question may take, in milliseconds. */
const questionTimeout = 1_000;

/**
 * How much of that a connection may take, in milliseconds. Some networks drop what goes to a Service without pods, so that nobody ever says no. undici looks at
 * this each half a second, and hears of no other time-out before there is a connection.
 */
const connectTimeout = 500;

/** An answer is good for so long, so that a thousand requests a second are no thousand questions. In milliseconds. */
const freshness = 100;

const noAnswer = 'no answer';

/** What waits for a service that may have no pods. However many wait, one question is under way. */
export class ColdStart {
  readonly #props: ColdStartProps;
  readonly #path: string;
  readonly #pool: Pool;
  readonly #waiting = new Set<(outcome: WaitOutcome) => void>();
  #asking = false;
  /** Whether the last question of those under way found it not Ready. */
  #asleep = false;
  #closed = false;
  #readyAt = Number.NEGATIVE_INFINITY;
  /** Until when nobody is held up, as somebody waited in vain. */
  #brokenUntil = Number.NEGATIVE_INFINITY;
  /** Whether one of those who wait stands for all who were not held up. */
  #hasStandIn = false;
  #lastAnswer = noAnswer;

  constructor(props: ColdStartProps) {
    this.#props = props;
    const { origin, pathname } = new URL(props.readyUrl);
    this.#path = pathname;
    this.#pool = new Pool(origin, { connections: 1, connect: { timeout: connectTimeout } });
    props.onWaiting(0);
  }

  /** What answers once it is Ready. */
  get readyUrl(): string {
    return this.#props.readyUrl;
  }

  /** What was heard last, for a message. */
  get lastAnswer(): string {
    return this.#lastAnswer;
  }

  /**
   * Waits until the service is Ready. After a wait in vain nobody else waits for as long again, unless it was Ready since: each request of a broken service
   * would else be held up. Somebody waits in their place, so that it is still wanted.
   *
   * @param limit how long at most, in milliseconds
   * @throws the reason of the signal, once it aborts
   */
  async wait({ limit, signal }: { limit: number; signal?: AbortSignal | undefined }): Promise<WaitOutcome> {
    signal?.throwIfAborted();
    if (this.#closed) return 'closed';
    if (performance.now() - this.#readyAt < freshness) return 'ready';
    if (limit <= 0) return 'late';
    if (performance.now() < this.#brokenUntil) {
      void this.#standIn();
      return 'late';
    }
    const outcome = await this.#wait(limit, signal);
    if (outcome === 'late') this.#brokenUntil = performance.now() + limit;
    return outcome;
  }

  /** Waits in place of all who are not held up, as long as they are not: so it is asked on, and counted as wanted. */
  async #standIn(): Promise<void> {
    if (this.#hasStandIn) return;
    this.#hasStandIn = true;
    await this.#wait(this.#brokenUntil - performance.now());
    this.#hasStandIn = false;
  }

  async #wait(limit: number, signal?: AbortSignal): Promise<WaitOutcome> {
    const { promise, resolve, reject } = Promise.withResolvers<WaitOutcome>();
    const abort = () => reject(signal?.reason);
    const over = setTimeout(resolve, limit, 'late');
    signal?.addEventListener('abort', abort);
    this.#waiting.add(resolve);
    this.#report();
    void this.#ask();
    try {
      return await promise;
    } finally {
      clearTimeout(over);
      signal?.removeEventListener('abort', abort);
      this.#waiting.delete(resolve);
      this.#report();
    }
  }

  /** Ends every wait, those to come included. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#waiting) end('closed');
    await this.#pool.destroy();
  }

  /** Asks as long as anybody waits. */
  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    // Who is not held up hears at once what was heard before.
    if (performance.now() >= this.#brokenUntil) this.#lastAnswer = noAnswer;
    const begunAt = performance.now();
    for (let questions = 1; this.#waiting.size > 0; questions++) {
      const ready = await this.#isReady();
      if (this.#closed) break;
      this.#asleep = !ready;
      this.#report();
      if (ready) {
        this.#readyAt = performance.now();
        this.#brokenUntil = Number.NEGATIVE_INFINITY;
        if (questions > 1) this.#props.onStarted(this.#readyAt - begunAt, this.#waiting.size);
        for (const end of this.#waiting) end('ready');
        break;
      }
      // Whoever waits holds the process; the pause between two questions need not.
      await sleep(questionInterval, undefined, { ref: false });
    }
    this.#asking = false;
    this.#asleep = false;
  }

  /** An awake service has the requests themselves for its demand: how long it takes to say that it is Ready must not add to them. */
  #report(): void {
    this.#props.onWaiting(this.#asleep ? this.#waiting.size : 0);
  }

  async #isReady(): Promise<boolean> {
    try {
      const { statusCode, body } = await this.#pool.request({
        method: 'GET',
        path: this.#path,
        headers: { 'user-agent': this.#props.userAgent },
        // A connection is to one pod: one that is kept would go on asking a pod that ends while another is Ready.
        reset: true,
        signal: AbortSignal.timeout(questionTimeout),
      });
      await body.dump();
      this.#lastAnswer = `answered ${statusCode}`;
      return statusCode >= 200 && statusCode <= 299;
    } catch (thrown) {
      const { name, code } = (thrown ?? {}) as { name?: string; code?: string };
      const late = name === 'TimeoutError' || thrown instanceof errors.ConnectTimeoutError;
      this.#lastAnswer = late ? noAnswer : (code ?? name ?? 'unknown error');
      return false;
    }
  }
}
