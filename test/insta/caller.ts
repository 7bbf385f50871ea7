import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import type { Route, RouteCall, RouteResult } from '../../src/model/index.ts';

/** What a call may say beside what its route asks for. */
export interface CallerOptions {
  readonly token?: string | undefined;
  /** The bytes of a file, for a route that takes one. */
  readonly file?: Buffer | Readable;
  readonly fileType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer<R> {
  readonly status: number;
  /** Of a success, checked against the contract; of a failure the problem. */
  readonly body: RouteResult<R>;
  readonly headers: Dispatcher.ResponseData['headers'];
}

type Given<R> = keyof RouteCall<R> extends never ? object | undefined : RouteCall<R>;

/** Calls routes of contracts as a program outside would. */
export interface Caller {
  <R extends Route>(route: R, call?: Given<R>, options?: CallerOptions): Promise<Answer<R>>;
  /** Of a page that is reached as what is called. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * @param props.url where the system is reached
 * @param props.host the Host header, where it is not that of the URL
 * @param props.patience how long to wait for an answer, in milliseconds. @default 30_000
 */
export function createCaller({
  url,
  host,
  patience = 30_000,
}: {
  url: string;
  host?: string | undefined;
  patience?: number;
}): Caller {
  // What is lost must show as lost: nothing is tried again.
  const agent = new Agent({ connections: 256, keepAliveTimeout: 30_000 });
  const call = async <R extends Route>(
    route: R,
    given: Given<R> = {} as Given<R>,
    { token, file, fileType, headers }: CallerOptions = {},
  ): Promise<Answer<R>> => {
    const { params = {}, query, body } = given as { params?: object; query?: object; body?: unknown };
    const values = params as Record<string, unknown>;
    const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values[name])));
    const pairs = Object.entries(query ?? {}).flatMap(([key, value]) =>
      [value].flat().flatMap((each) => (each === undefined ? [] : [[key, String(each)]])),
    );
    const response = await agent.request({
      origin: url,
      path: `${path}${pairs.length > 0 ? `?${new URLSearchParams(pairs)}` : ''}`,
      method: route.method,
      headers: {
        ...(host && { host }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(file && { 'content-type': fileType ?? 'application/octet-stream' }),
        ...headers,
      },
      body: file ?? (body === undefined ? null : JSON.stringify(body)),
      headersTimeout: patience,
      bodyTimeout: patience,
    });
    const { statusCode: status } = response;
    const isJson = String(response.headers['content-type']).includes('json');
    const content = isJson ? await response.body.json() : Buffer.from(await response.body.arrayBuffer());
    const isGood = status >= 200 && status < 300;
    const answer = isGood && isJson ? route.response.parse(content) : content;
    return { status, headers: response.headers, body: answer as RouteResult<R> };
  };
  const { protocol, host: ownHost } = new URL(url);
  return Object.assign(call, { origin: `${protocol}//${host ?? ownHost}`, close: () => agent.close() });
}
