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
  readonly sent: number;
  readonly answered: number;
  /** Requests with no answer: refused, reset or timed out. */
  readonly lost: number;
  /** Answers other than 2xx. */
  readonly failed: number;
  /** Milliseconds. */
  readonly p99: number;
}

/** Sends requests at a constant rate over ten connections. */
export async function load({ url, headers, rate, seconds }: LoadProps): Promise<LoadResult> {
  const result = await autocannon({
    url,
    headers: { ...headers },
    overallRate: rate,
    duration: seconds,
    connections: 10,
    timeout: 10,
  });
  return {
    sent: result.requests.sent,
    answered: result['2xx'] + result.non2xx,
    lost: result.errors,
    failed: result.non2xx,
    p99: result.latency.p99,
  };
}
