import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

export interface SteadyProps {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Requests each second, over all connections. */
  readonly rate: number;
  /** Asked before each request: whether it was the last. */
  readonly isOver: () => boolean;
}

/** What became of the requests. */
export interface SteadyResult {
  readonly answered: number;
  /** Requests without an answer: refused, reset or timed out. */
  readonly lost: number;
  /** Answers other than 2xx. */
  readonly failed: number;
  /** How long it took. */
  readonly seconds: number;
}

const connections = 10;

/**
 * Sends requests at a constant rate over connections that are kept, as `load` does, but until somebody says so and by a client that heeds `Connection: close`. Autocannon writes
 * its next request into the connection that the answer has just closed: through an Ingress, whose controller keeps its own, that does no harm.
 */
export async function steady({ url, headers, rate, isOver }: SteadyProps): Promise<SteadyResult> {
  const agent = new Agent({ connections, keepAliveTimeout: 30_000, headersTimeout: 10_000, bodyTimeout: 10_000 });
  const startedAt = performance.now();
  const asked: Promise<'answered' | 'failed' | 'lost'>[] = [];
  while (!isOver()) {
    await sleep(Math.max(1, startedAt + (asked.length * 1_000) / rate - performance.now()));
    const answer = request(url, { dispatcher: agent, headers: { ...headers } }).then(async ({ statusCode, body }) => {
      await body.dump();
      return statusCode < 300 ? ('answered' as const) : ('failed' as const);
    });
    asked.push(answer.catch(() => 'lost' as const));
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const results = await Promise.all(asked);
  await agent.close();
  const count = (result: (typeof results)[number]) => results.filter((each) => each === result).length;
  const [lost, failed] = [count('lost'), count('failed')];
  return { answered: results.length - lost, lost, failed, seconds };
}
