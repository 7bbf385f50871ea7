import autocannon from 'autocannon';

export interface LoadProps {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Requests each second, over all connections. */
  readonly rate: number;
  readonly seconds: number;
  /** @default 10 */
  readonly connections?: number;
}

/** What became of the requests. */
export interface LoadResult {
  readonly answered: number;
  /** Requests that were to be sent and have no answer: refused, reset or timed out. */
  readonly lost: number;
  /** Answers other than 2xx. */
  readonly failed: number;
  /** How long it took. */
  readonly seconds: number;
  /** Milliseconds: of half of all answers at most, and of 99 of 100. */
  readonly p50: number;
  readonly p99: number;
}

/** Sends `rate` times `seconds` requests at a constant rate, and waits for what becomes of each. */
export async function load({ url, headers, rate, seconds, connections = 10 }: LoadProps): Promise<LoadResult> {
  const amount = rate * seconds;
  const result = await autocannon({
    url,
    headers: { ...headers },
    overallRate: rate,
    amount,
    connections,
    timeout: 10,
  });
  const answered = result['2xx'] + result.non2xx;
  return {
    answered,
    lost: amount - answered,
    failed: result.non2xx,
    seconds: result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
  };
}
