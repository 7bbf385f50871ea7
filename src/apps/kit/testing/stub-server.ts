import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** What a stub was asked. */
export interface StubRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that stands in for whatever a service calls. */
export interface StubServer extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string;
  readonly requests: readonly StubRequest[];
}

/**
 * @param answer what it answers; one that never ends its response hangs, as a real server may
 * @param port where it listens. @default - any that is free
 */
export async function stubServer(
  answer: (request: StubRequest, response: ServerResponse, count: number) => void,
  port = 0,
): Promise<StubServer> {
  const requests: StubRequest[] = [];
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    const { method = '', url = '', headers } = request;
    const asked = { method, url, headers, body };
    requests.push(asked);
    answer(asked, response, requests.length);
  });
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A server that is not there yet. */
export interface LateServer extends AsyncDisposable {
  readonly url: string;
  startIn(milliseconds: number): void;
  /** What it was asked at a path. */
  asked(path: string): readonly StubRequest[];
}

/** @param answer what it answers once it listens */
export async function lateServer(answer: Parameters<typeof stubServer>[0]): Promise<LateServer> {
  const url = await nowhere();
  let server: StubServer | undefined;
  let started = Promise.resolve();
  return {
    url,
    startIn(milliseconds) {
      started = sleep(milliseconds).then(async () => {
        server = await stubServer(answer, Number(new URL(url).port));
      });
    },
    asked: (path) => server?.requests.filter((request) => request.url === path) ?? [],
    async [Symbol.asyncDispose]() {
      await started;
      await server?.[Symbol.asyncDispose]();
    },
  };
}

/** Answers with JSON. */
export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A URL at which nothing listens. */
export async function nowhere(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}
