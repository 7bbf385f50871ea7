import autocannon from 'autocannon';

export interface LoadProps {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Requests each second, over all connections. */
  readonly rate: number;
  readonly seconds: number;
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
  /** Milliseconds. */
  readonly p99: number;
}

/** Sends `rate` times `seconds` requests at a constant rate over ten connections, and waits for what becomes of each. */
export async function load({ url, headers, rate, seconds }: LoadProps): Promise<LoadResult> {
  const amount = rate * seconds;
  const result = await autocannon({
    url,
    headers: { ...headers },
    overallRate: rate,
    amount,
    connections: 10,
    timeout: 10,
  });
  const answered = result['2xx'] + result.non2xx;
  return {
    answered,
    lost: amount - answered,
    failed: result.non2xx,
    seconds: result.duration,
    p99: result.latency.p99,
  };
}
