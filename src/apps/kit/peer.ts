import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { type Dispatcher, errors, Pool } from 'undici';
import type { z } from 'zod';
import { ClientError, type FailedOutcome } from './client-error.ts';
import { type ColdStart, questionInterval } from './cold-start.ts';
import { errorType } from './in-span.ts';
import { type ProblemBody, problemBody } from './problem-body.ts';
import type { Series, SeriesMetrics } from './series-metrics.ts';
import type { Attributes, Span } from './span.ts';
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
  /** How to wait for it where it may have no pods, and how long at most, in milliseconds. @default - it always has pods: one that is away is broken */
  readonly coldStart?: { readonly limit: number; readonly service: ColdStart } | undefined;
}

export type QueryValue = string | number | boolean | Date | null | undefined;
export type Query = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;

/** One call, whatever its attempts. */
export interface PeerCall<Schema extends z.ZodType> {
  /** What errors call it. */
  readonly operation: string;
  /** The path with names in place of what is put into it. @default - not known: nothing is said of the path */
  readonly template?: string | undefined;
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
/** What says, of the making of a connection, that nobody listens, that there is no way there, or that its name is not known yet. */
const unsentCodes = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
]);
const timeoutCodes = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);
const mostBytes = 1024 * 1024;
/** How long a service that may have no pods may take to take a connection, in milliseconds: some networks drop what goes to a Service without any. */
const longestConnect = 1_000;

/** What this service calls at one place: connections, time-outs, retries and metrics. */
export class Peer {
  readonly #props: PeerProps;
  readonly #pool: Pool;
  readonly #prefix: string;
  readonly #address: Attributes;
  readonly #series: Readonly<Record<(typeof outcomes)[number], Series>>;

  constructor(props: PeerProps) {
    this.#props = props;
    const base = new URL(props.baseUrl);
    this.#prefix = base.pathname.replace(/\/$/, '');
    this.#address = { 'server.address': base.hostname, 'server.port': portOf(base) };
    const share = Math.ceil(props.timeout / (props.retries + 1));
    this.#pool = new Pool(base.origin, {
      connections: 64,
      // A connection is to one pod: without an end to it, pods that are added would never be called.
      clientTtl: 60_000,
      maxResponseSize: mostBytes,
      // However long a healthy peer takes to answer, it takes a connection at once. One that does not is gone, and its
      // share of the time is enough. undici keeps to it within a second.
      // Where it may have no pods this is over before the call is, which else could not tell whether it was sent.
      connect: { timeout: props.coldStart ? Math.min(longestConnect, share, Math.ceil(props.timeout / 2)) : share },
    });
    const { service, name: peer, metrics } = props;
    const series = outcomes.map((outcome) => [outcome, metrics.start({ service, peer, outcome })]);
    this.#series = Object.fromEntries(series);
  }

  /**
   * Calls. Where the peer may have no pods, and took no connection, waits until it is Ready and calls anew, with all of its time: whatever was asked, as none of
   * it was sent. An answer, even a 503, is that of a pod, and a connection that broke may have been used, so neither leads to a wait.
   *
   * @throws ClientError when no attempt gave an answer that fits the schema
   */
  async call<Schema extends z.ZodType>(call: PeerCall<Schema>): Promise<z.output<Schema>> {
    const startedAt = performance.now();
    const attempts = new Attempts();
    for (let waits = 0; ; waits++) {
      try {
        return await this.#try(call, attempts);
      } catch (error) {
        const { coldStart } = this.#props;
        if (!coldStart || !(error instanceof ClientError) || !error.unsent) throw error;
        // One pod of several is gone, and the network does not know it yet.
        if (waits > 0) await sleepUnless(call.signal, questionInterval);
        const limit = coldStart.limit - (performance.now() - startedAt);
        const outcome = await coldStart.service.wait({ limit, signal: call.signal });
        if (outcome === 'ready') continue;
        const waited = `waited ${Math.round(performance.now() - startedAt)} ms for ${coldStart.service.readyUrl}`;
        const ended =
          outcome === 'late'
            ? `${waited} to answer 200, which it did not: ${coldStart.service.lastAnswer}`
            : `${waited} to answer 200, until this service itself ended`;
        throw this.#error(call, error.outcome, ended, { unsent: true });
      }
    }
  }

  /**
   * Calls, and tries again where that is safe and may help: after a failure that came before the time was up. An answer that is late by then was
   * slow, not lost, and asking twice would only double the peer's work.
   */
  async #try<Schema extends z.ZodType>(call: PeerCall<Schema>, attempts: Attempts): Promise<z.output<Schema>> {
    const { timeout, retries: declared, coldStart } = this.#props;
    const retries = repeatable.has(call.method) ? declared : 0;
    const end = performance.now() + timeout;
    const left = () => end - performance.now();
    const longestPause = Math.max(25, timeout / 8);
    return pRetry(() => this.#attempt(call, Math.max(1, left()), attempts.next()), {
      retries,
      minTimeout: 25,
      maxTimeout: longestPause,
      randomize: true,
      // The last pause must leave time for an attempt, which else would put its time-out in place of the cause.
      maxRetryTime: timeout - longestPause,
      ...(call.signal && { signal: call.signal }),
      shouldRetry: async ({ error }) => {
        if (!(error instanceof ClientError) || !mayPass(error)) return false;
        // What is waited for needs no guess how long.
        if (coldStart && error.unsent) return false;
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

  /** @param before how many attempts came before it */
  async #attempt<Schema extends z.ZodType>(
    call: PeerCall<Schema>,
    limit: number,
    before: number,
  ): Promise<z.output<Schema>> {
    const startedAt = performance.now();
    const span = this.#span(call, before);
    const record = (outcome: (typeof outcomes)[number]) =>
      this.#series[outcome].record((performance.now() - startedAt) / 1_000);
    try {
      const answer = await this.#send(call, limit, span);
      record('ok');
      return answer;
    } catch (thrown) {
      if (call.signal?.aborted) {
        span?.fail('given-up');
        throw call.signal.reason;
      }
      // The caller's own mistake, such as a line end in a header: the next attempt would have it too.
      const isMistake = thrown instanceof errors.InvalidArgumentError;
      const error = isMistake || thrown instanceof ClientError ? thrown : this.#failure(call, thrown, limit);
      span?.fail(errorType(error));
      if (error instanceof ClientError) record(error.outcome);
      throw error;
    } finally {
      span?.end();
    }
  }

  /** Neither the path nor the query, nor any header: each may hold a secret. */
  #span({ method, template }: PeerCall<z.ZodType>, before: number): Span | undefined {
    return currentTrace.getStore()?.span?.child(template === undefined ? method : `${method} ${template}`, {
      'http.request.method': method,
      'url.template': template,
      'service.peer.name': this.#props.name,
      ...this.#address,
      ...(before > 0 && { 'http.request.resend_count': before }),
    });
  }

  async #send<Schema extends z.ZodType>(
    call: PeerCall<Schema>,
    limit: number,
    span: Span | undefined,
  ): Promise<z.output<Schema>> {
    const over = AbortSignal.timeout(Math.ceil(limit));
    const response = await this.#pool.request({
      method: call.method,
      path: `${this.#prefix}${call.path}${queryText(call.query)}`,
      headers: this.#headers(call, span),
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: call.signal ? AbortSignal.any([over, call.signal]) : over,
    });
    const { statusCode: status } = response;
    span?.set({ 'http.response.status_code': status });
    if (status < 200 || status > 299) {
      const problem = await this.#problem(response);
      const retryAfter = parseRetryAfter(response.headers['retry-after']);
      throw this.#error(call, 'status', `answered ${status}`, {
        status,
        ...(retryAfter !== undefined && { retryAfter }),
        problem,
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

  /** What a service of ours says is wrong; nothing where it is another's, or says it otherwise. */
  async #problem({ headers, body }: Dispatcher.ResponseData): Promise<ProblemBody | undefined> {
    if (!this.#props.internal || !String(headers['content-type']).startsWith('application/problem+json')) {
      await body.dump({ limit: mostBytes });
      return undefined;
    }
    const text = await body.text();
    try {
      return problemBody.parse(JSON.parse(text));
    } catch {
      return undefined;
    }
  }

  #json(call: PeerCall<z.ZodType>, text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw this.#error(call, 'invalid', 'answered something else than JSON');
    }
  }

  #headers(call: PeerCall<z.ZodType>, span: Span | undefined): Record<string, string> {
    const trace = currentTrace.getStore();
    return {
      accept: 'application/json',
      'user-agent': this.#props.userAgent,
      ...(call.body !== undefined && { 'content-type': 'application/json' }),
      // Ids of ours mean nothing to a third party, and are none of its business.
      ...(this.#props.internal &&
        trace && { traceparent: childTraceparent(trace, span), 'x-request-id': trace.requestId }),
      ...call.headers,
    };
  }

  #failure(call: PeerCall<z.ZodType>, thrown: unknown, limit: number): ClientError {
    const { name, code } = (thrown ?? {}) as { name?: string; code?: string };
    if (thrown instanceof errors.ResponseExceededMaxSizeError) {
      return this.#error(call, 'invalid', `answered more than ${mostBytes} bytes`);
    }
    if (thrown instanceof errors.ConnectTimeoutError) {
      return this.#error(call, 'timeout', 'took no connection in time', { unsent: true });
    }
    if (name === 'TimeoutError' || timeoutCodes.has(code ?? '')) {
      return this.#error(call, 'timeout', `did not answer within ${Math.round(limit)} ms`);
    }
    // Only the code: the message of an error from below may repeat what was sent.
    return this.#error(call, 'network', `could not be reached: ${code ?? name ?? 'unknown error'}`, {
      unsent: isUnsent(thrown),
    });
  }

  #error(
    { operation }: PeerCall<z.ZodType>,
    outcome: FailedOutcome,
    what: string,
    more: { status?: number; retryAfter?: number; problem?: ProblemBody | undefined; unsent?: boolean } = {},
  ): ClientError {
    return new ClientError({ outcome, peer: this.#props.name, operation, what, ...more });
  }
}

/** Counts the attempts of one call, however often it waits between them. */
class Attempts {
  #count = 0;

  /** How many came before the next one. */
  next(): number {
    return this.#count++;
  }
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

function mayPass({ outcome, status = 0 }: ClientError): boolean {
  return outcome === 'network' || outcome === 'timeout' || (outcome === 'status' && passing.has(status));
}

/** Whether a connection could not even be made. One that is used may end with the same codes. */
function isUnsent(thrown: unknown): boolean {
  // A name with several addresses: each was tried.
  if (thrown instanceof AggregateError) return thrown.errors.length > 0 && thrown.errors.every(isUnsent);
  const { code, syscall } = (thrown ?? {}) as { code?: string; syscall?: string };
  return unsentCodes.has(code ?? '') && (syscall === 'connect' || syscall === 'getaddrinfo');
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
