import { Agent, errors, RoundRobinPool } from 'undici';
import type { LoadRequest } from './traffic.ts';
import type { WayIn } from './way-in.ts';

/** What became of a request: the status of its answer, or why there is none, such as `timeout` or `ECONNREFUSED`. */
export type Outcome = number | string;

interface LoadClientProps {
  /** At most, to each origin. */
  readonly connections: number;
  /** Milliseconds from when a request was to be sent, with what it waited for a connection. */
  readonly timeout: number;
}

/** How long a connection is used, in milliseconds: new pods get their share only of new ones where each connection leads to one pod. */
const connectionLife = 30_000;

/**
 * Sends requests over connections that are kept, as browsers and gateways do, and heeds `Connection: close`. Nothing is tried again: what is lost must show as lost.
 */
export class LoadClient implements AsyncDisposable {
  readonly #agent: Agent;
  readonly #timeout: number;

  constructor({ connections, timeout }: LoadClientProps) {
    this.#timeout = timeout;
    this.#agent = new Agent({
      // In turn, as the first that is free would be the same one again and again.
      factory: (origin, options) =>
        new RoundRobinPool(origin, { ...options, connections, clientTtl: connectionLife, keepAliveTimeout: 30_000 }),
      connect: { timeout },
    });
  }

  async send({ method, path, headers, body }: LoadRequest, { origin, host }: WayIn): Promise<Outcome> {
    try {
      const answer = await this.#agent.request({
        origin,
        method,
        path,
        headers: { ...headers, ...(host !== undefined && { host }) },
        body: body ?? null,
        signal: AbortSignal.timeout(this.#timeout),
      });
      // An answer is there once all of it is.
      for await (const _ of answer.body);
      return answer.statusCode;
    } catch (error) {
      return reasonOf(error);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#agent.destroy();
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'timeout';
  if (error instanceof errors.ConnectTimeoutError) return 'timeout';
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
