import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { backgroundDuration, backgroundRuns, type Duration, toMilliseconds } from '../../model/index.ts';
import type { Logger } from './log.ts';
import { HttpError } from './problem.ts';
import { SeriesMetrics } from './series-metrics.ts';

/** Work that a service does beside its requests. */
export interface BackgroundWork {
  /** Does it now, or waits for the run that is under way; rejects if it fails. */
  now(): Promise<void>;
}

/** @param signal aborts when the service ends */
export type Work = (signal: AbortSignal) => Promise<void>;

/** In milliseconds. */
const leastPause = 1;

/** The work that one service does beside its requests. */
export class Background {
  readonly #props: { service: string; registry: Registry; log: Logger };
  readonly #metrics: SeriesMetrics;
  readonly #end = new AbortController();
  readonly #loops: (() => Promise<void>)[] = [];
  #running: Promise<unknown> = Promise.resolve();

  constructor(props: { service: string; registry: Registry; log: Logger }) {
    this.#props = props;
    this.#metrics = new SeriesMetrics(props.registry, backgroundRuns, backgroundDuration);
  }

  /**
   * Does work again and again once the service has started. One that fails is logged and tried again at its next time. Every replica does it: what only
   * one may do takes a lock.
   *
   * @param interval from the end of a run to the next, give or take a tenth, so that replicas do not march in step; at least 1 ms
   * @throws Error if the interval is shorter: without a pause it would keep a core busy for ever
   */
  every(name: string, interval: Duration, work: Work): BackgroundWork {
    const { service } = this.#props;
    const pause = toMilliseconds(interval);
    if (pause < leastPause) {
      throw new Error(
        `the interval of the background work ${name} is ${interval}; allowed: ${leastPause}ms and more; fix: set how long it rests, such as 1m`,
      );
    }
    const [ok, error] = ['ok', 'error'].map((outcome) => this.#metrics.start({ service, job: name, outcome }));
    let current: Promise<void> | undefined;
    const run = async () => {
      const startedAt = performance.now();
      try {
        await work(this.#end.signal);
        ok?.record((performance.now() - startedAt) / 1_000);
      } catch (failure) {
        if (!this.#end.signal.aborted) error?.record((performance.now() - startedAt) / 1_000);
        throw failure;
      }
    };
    const now = () => {
      // Not in run itself: what throws before it waits for anything would end before it is set.
      current ??= run().finally(() => {
        current = undefined;
      });
      return current;
    };
    this.#loops.push(() => this.#loop(name, pause, now));
    return { now };
  }

  start(): void {
    this.#running = Promise.all(this.#loops.map((loop) => loop()));
  }

  /** Ends it all, and waits for the runs that are under way. */
  async stop(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #loop(name: string, interval: number, now: () => Promise<void>): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      await now().catch((err) => {
        if (signal.aborted) return;
        // What passes, such as a store that is away, is no fault of the code: a stack would lead nowhere.
        const passes = err instanceof HttpError && err.retryAfter !== undefined;
        const why = passes ? { reason: err.message } : { err };
        this.#props.log.warn({ job: name, ...why }, 'background work failed; it is tried again');
      });
      await sleep(interval * (0.9 + Math.random() * 0.2), undefined, { signal }).catch(() => {});
    }
  }
}
