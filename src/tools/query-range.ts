/** Milliseconds for one answer. */
const patience = 60_000;

/**
 * Asks a Prometheus for series over a time.
 *
 * @param url may carry a name and a password
 * @returns its answer, whatever the status
 * @throws Error with a cause where nobody answers, TimeoutError after a minute
 * @see https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries
 */
export function queryRange(url: URL, parameters: Readonly<Record<string, string>>): Promise<Response> {
  const { username, password } = url;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  return fetch(`${withoutCredentials(url)}/api/v1/query_range`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
    headers: username === '' ? {} : { authorization: `Basic ${credentials}` },
    signal: AbortSignal.timeout(patience),
  });
}

/** Why `queryRange` got no answer, in a few words. */
export function silenceOf(error: Error & { cause?: { code?: string } }): string {
  return error.name === 'TimeoutError' ? `within ${patience / 1_000} s` : `(${error.cause?.code ?? error.message})`;
}

/** Without what is in front of the host, which nobody else is to see. */
export function withoutCredentials({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/$/, '')}`;
}
