import { setTimeout as sleep } from 'node:timers/promises';
import { type Duration, toMilliseconds } from '../../model/index.ts';
import type { Logger } from './log.ts';

/** Throws, or rejects, when the service cannot answer requests. The signal aborts when nobody waits any more. */
export type ReadyCheck = (signal: AbortSignal) => unknown;

/** Whether the service may get requests, and which checks say it may not. */
export interface ReadyState {
  readonly ready: boolean;
  readonly failed: readonly { readonly check: string; readonly reason: 'failed' | 'timed out' | 'draining' }[];
}

/** The probe of the manifests gives up after 3 s. In milliseconds. */
const longestCheck = 2_500;

/** How often a check that goes on failing for one reason is logged at most, in milliseconds: not each time that somebody asks. */
const logInterval = 10_000;

/** The checks behind `/readyz`. */
export class Readiness {
  readonly #checks = new Map<string, { check: ReadyCheck; timeout: number }>();
  readonly #log: Logger;
  /** What the log says of the checks that failed when they were last run. */
  readonly #logged = new Map<string, { reason: string; at: number }>();
  #draining = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Adds a check of something without which no request can be answered. Leave out what has a fallback: a failing check takes the pod out of service,
   * and if all pods share the cause, all of them.
   *
   * @param options.timeout at most 2.5 s, so that the probe, which waits 3 s, hears which check it was. @default '1s'
   * @throws Error if the name is taken, or the time-out is too long
   */
  add(name: string, check: ReadyCheck, options: { timeout?: Duration } = {}): void {
    if (this.#checks.has(name)) throw new Error(`There is a ready check ${name} already: choose another name`);
    const timeout = toMilliseconds(options.timeout ?? '1s');
    if (timeout > longestCheck) {
      throw new Error(
        `the time-out of the ready check ${name} is ${options.timeout}: lower it to ${longestCheck}ms at most`,
      );
    }
    this.#checks.set(name, { check, timeout });
  }

  /** From now on the service is not ready, whatever the checks say. */
  drain(): void {
    this.#draining = true;
  }

  /** Runs all checks at once. */
  async state(): Promise<ReadyState> {
    if (this.#draining) return { ready: false, failed: [{ check: 'lifecycle', reason: 'draining' }] };
    const results = await Promise.all(
      [...this.#checks].map(([name, { check, timeout }]) => this.#run(name, check, timeout)),
    );
    const failed = results.filter((result) => result !== undefined);
    return { ready: failed.length === 0, failed };
  }

  async #run(name: string, check: ReadyCheck, timeout: number): Promise<ReadyState['failed'][number] | undefined> {
    const over = new AbortController();
    const late = Symbol('late');
    try {
      const running = Promise.resolve().then(() => check(over.signal));
      // A check that fails after its time is up must not end the process as an unhandled rejection.
      running.catch(() => {});
      const result = await Promise.race([running, sleep(timeout, late, { signal: over.signal })]);
      if (result !== late) {
        this.#logged.delete(name);
        return undefined;
      }
      const reason = `no answer within ${timeout} ms`;
      if (this.#isNews(name, reason)) this.#log.warn({ check: name, reason }, 'ready check timed out');
      return { check: name, reason: 'timed out' };
    } catch (err) {
      // Its message alone: a stack would only lead back here.
      const reason = err instanceof Error ? err.message : String(err);
      if (this.#isNews(name, reason)) this.#log.warn({ check: name, reason }, 'ready check failed');
      return { check: name, reason: 'failed' };
    } finally {
      over.abort();
    }
  }

  #isNews(name: string, reason: string): boolean {
    const logged = this.#logged.get(name);
    if (logged?.reason === reason && performance.now() - logged.at < logInterval) return false;
    this.#logged.set(name, { reason, at: performance.now() });
    return true;
  }
}
