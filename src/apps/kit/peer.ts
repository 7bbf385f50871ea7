import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { errors, Pool } from 'undici';
import type { z } from 'zod';
import { ClientError, type FailedOutcome } from './client-error.ts';
import type { Series, SeriesMetrics } from './series-metrics.ts';
import { childTraceparent, currentTrace } from './trace.ts';

/** @see Peer */
export interface PeerProps {
  readonly name: string;
  /** Where it is; a path in it stands before every path that is called. */
  readonly baseUrl: string;
  /** How long one call may take, retries included, in milliseconds. An attempt may take all that is left of it. */
  readonly timeout: number;
  /** How often a failed GET, PUT or DELETE is tried again. */
  readonly retries: number;
  /** Whether it is one of ours, and gets the ids of request and trace. */
  readonly internal: boolean;
  /** The caller, as `name/version`. */
  readonly userAgent: string;
  readonly service: string;
  readonly metrics: SeriesMetrics;
}

export type QueryValue = string | number | boolean | Date | null | undefined;
export type Query = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;

/** One call, whatever its attempts. */
export interface PeerCall<Schema extends z.ZodType> {
  /** What errors call it. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Query | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: unknown;
  /** What a good answer looks like. */
  readonly schema: Schema;
  /** Gives the call up; it then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const outcomes = ['ok', 'status', 'timeout', 'network', 'invalid'] as const;
/** Doing these twice is the same as doing them once. */
const repeatable = new Set(['GET', 'PUT', 'DELETE']);
/** Another attempt may meet a pod that is well. */
const passing = new Set([502, 503, 504]);
const timeoutCodes = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);
const mostBytes = 1024 * 1024;

/** What this service calls at one place: connections, time-outs, retries and metrics. */
export class Peer {
  readonly #props: PeerProps;
  readonly #pool: Pool;
  readonly #prefix: string;
  readonly #series: Readonly<Record<(typeof outcomes)[number], Series>>;

  constructor(props: PeerProps) {
    this.#props = props;
    const base = new URL(props.baseUrl);
    this.#prefix = base.pathname.replace(/\/$/, '');
    this.#pool = new Pool(base.origin, {
      connections: 64,
      // A connection is to one pod: without an end to it, pods that are added would never be called.
      clientTtl: 60_000,
      maxResponseSize: mostBytes,
      // However long a healthy peer takes to answer, it takes a connection at once. One that does not is gone, and its
      // share of the time is enough. undici keeps to it within a second.
      connect: { timeout: Math.ceil(props.timeout / (props.retries + 1)) },
    });
    const { service, name: peer, metrics } = props;
    const series = outcomes.map((outcome) => [outcome, metrics.start({ service, peer, outcome })]);
    this.#series = Object.fromEntries(series);
  }

  /**
   * Calls, and tries again where that is safe and may help: after a failure that came before the time was up. An answer that is late by then was
   * slow, not lost, and asking twice would only double the peer's work.
   *
   * @throws ClientError when no attempt gave an answer that fits the schema
   */
  async call<Schema extends z.ZodType>(call: PeerCall<Schema>): Promise<z.output<Schema>> {
    const { timeout, retries: declared } = this.#props;
    const retries = repeatable.has(call.method) ? declared : 0;
    const end = performance.now() + timeout;
    const left = () => end - performance.now();
    const longestPause = Math.max(25, timeout / 8);
    return pRetry(() => this.#attempt(call, Math.max(1, left())), {
      retries,
      minTimeout: 25,
      maxTimeout: longestPause,
      randomize: true,
      // The last pause must leave time for an attempt, which else would put its time-out in place of the cause.
      maxRetryTime: timeout - longestPause,
      ...(call.signal && { signal: call.signal }),
      shouldRetry: async ({ error }) => {
        if (!(error instanceof ClientError) || !mayPass(error)) return false;
        // Among our own pods the next attempt meets another one. An API outside speaks for all of itself.
        const pause = this.#props.internal ? 0 : (error.retryAfter ?? 0);
        if (pause >= left() - longestPause) return false;
        if (pause > 0) await sleepUnless(call.signal, pause);
        return true;
      },
    });
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #attempt<Schema extends z.ZodType>(call: PeerCall<Schema>, limit: number): Promise<z.output<Schema>> {
    const startedAt = performance.now();
    const record = (outcome: (typeof outcomes)[number]) =>
      this.#series[outcome].record((performance.now() - startedAt) / 1_000);
    try {
      const answer = await this.#send(call, limit);
      record('ok');
      return answer;
    } catch (thrown) {
      if (call.signal?.aborted) throw call.signal.reason;
      // The caller's own mistake, such as a line end in a header: the next attempt would have it too.
      if (thrown instanceof errors.InvalidArgumentError) throw thrown;
      const error = thrown instanceof ClientError ? thrown : this.#failure(call, thrown, limit);
      record(error.outcome);
      throw error;
    }
  }

  async #send<Schema extends z.ZodType>(call: PeerCall<Schema>, limit: number): Promise<z.output<Schema>> {
    const over = AbortSignal.timeout(Math.ceil(limit));
    const response = await this.#pool.request({
      method: call.method,
      path: `${this.#prefix}${call.path}${queryText(call.query)}`,
      headers: this.#headers(call),
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: call.signal ? AbortSignal.any([over, call.signal]) : over,
    });
    const { statusCode: status } = response;
    if (status < 200 || status > 299) {
      await response.body.dump({ limit: mostBytes });
      const retryAfter = parseRetryAfter(response.headers['retry-after']);
      throw this.#error(call, 'status', `answered ${status}`, {
        status,
        ...(retryAfter !== undefined && { retryAfter }),
      });
    }
    const text = await response.body.text();
    const parsed = call.schema.safeParse(text === '' ? undefined : this.#json(call, text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = ['response', ...(issue?.path ?? [])].join('.');
    throw this.#error(call, 'invalid', `answered something else than expected: ${where}: ${issue?.message}`, {
      status,
    });
  }

  #json(call: PeerCall<z.ZodType>, text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw this.#error(call, 'invalid', 'answered something else than JSON');
    }
  }

  #headers(call: PeerCall<z.ZodType>): Record<string, string> {
    const trace = currentTrace.getStore();
    return {
      accept: 'application/json',
      'user-agent': this.#props.userAgent,
      ...(call.body !== undefined && { 'content-type': 'application/json' }),
      // Ids of ours mean nothing to a third party, and are none of its business.
      ...(this.#props.internal && { traceparent: childTraceparent(trace) }),
      ...(this.#props.internal && trace && { 'x-request-id': trace.requestId }),
      ...call.headers,
    };
  }

  #failure(call: PeerCall<z.ZodType>, thrown: unknown, limit: number): ClientError {
    const { name, code } = (thrown ?? {}) as { name?: string; code?: string };
    if (thrown instanceof errors.ResponseExceededMaxSizeError) {
      return this.#error(call, 'invalid', `answered more than ${mostBytes} bytes`);
    }
    if (thrown instanceof errors.ConnectTimeoutError) {
      return this.#error(call, 'timeout', 'took no connection in time');
    }
    if (name === 'TimeoutError' || timeoutCodes.has(code ?? '')) {
      return this.#error(call, 'timeout', `did not answer within ${Math.round(limit)} ms`);
    }
    // Only the code: the message of an error from below may repeat what was sent.
    return this.#error(call, 'network', `could not be reached: ${code ?? name ?? 'unknown error'}`);
  }

  #error(
    { operation }: PeerCall<z.ZodType>,
    outcome: FailedOutcome,
    what: string,
    more: { status?: number; retryAfter?: number } = {},
  ): ClientError {
    return new ClientError({ outcome, peer: this.#props.name, operation, what, ...more });
  }
}

function mayPass({ outcome, status = 0 }: ClientError): boolean {
  return outcome === 'network' || outcome === 'timeout' || (outcome === 'status' && passing.has(status));
}

/** Waits. @throws the signal's reason, which the sleep of Node would wrap into an error of its own */
async function sleepUnless(signal: AbortSignal | undefined, milliseconds: number): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => signal?.throwIfAborted());
}

function queryText(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    [value].flat().flatMap((each) => (each === undefined || each === null ? [] : [[key, textOf(each as QueryValue)]])),
  );
  return pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : '';
}

function textOf(value: QueryValue): string {
  return value instanceof Date ? value.toISOString() : String(value);
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function parseRetryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  const until = Date.parse(header) - Date.now();
  return Number.isNaN(until) ? undefined : Math.max(0, until);
}
