import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type Lifecycle, toMilliseconds } from '../../model/index.ts';
import type { Logger } from './log.ts';
import type { Readiness } from './readiness.ts';

/** @see createShutdown */
export interface ShutdownProps {
  readonly server: FastifyInstance;
  readonly readiness: Readiness;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  /** What is closed after the last request, in this order. */
  readonly after: () => Promise<void>;
}

/** The two ends of an app. */
export interface Shutdown {
  /** Ends it so that nobody notices: not ready at once, closed once the cluster had time to send its requests elsewhere. */
  drain(): Promise<void>;
  /** Ends it now, but lets requests under way finish. */
  close(): Promise<void>;
}

/** How long the rest of a request's head may take to come once the server closes, in milliseconds. */
const mostPatience = 2_000;

/** Prepares a server, before it listens, for its end. */
export function createShutdown({ server, readiness, lifecycle, log, after }: ShutdownProps): Shutdown {
  const connections = new Map<Socket, { requests: number; lastUsed: number }>();
  server.server.on('connection', (socket: Socket) => {
    connections.set(socket, { requests: 0, lastUsed: performance.now() });
    socket.once('close', () => connections.delete(socket));
  });
  server.server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const use = connections.get(socket);
    if (!use) return;
    use.requests++;
    response.once('close', () => {
      use.requests--;
      use.lastUsed = performance.now();
    });
  });
  server.addHook('onSend', (_request, reply, _payload, done) => {
    // A caller that keeps its connection would go on sending requests here.
    if (readiness.draining) reply.header('connection', 'close');
    done();
  });

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= closeAll();
    return closing;
  };

  async function closeAll(): Promise<void> {
    readiness.drain();
    const closed = new AbortController();
    const limit = toMilliseconds(lifecycle.drain);
    const begunAt = performance.now();
    const patience = Math.min(mostPatience, limit / 2);
    // Connections that become idle while the server closes, and those that never carried a request, would else hold it until their time-outs. So would
    // half the head of a request, and for all of the drain: a server that closes no longer looks for requests past their time.
    const sweep = setInterval(() => {
      server.server.closeIdleConnections();
      for (const [socket, { requests, lastUsed }] of connections) {
        const waited = performance.now() - Math.max(begunAt, lastUsed);
        if (requests === 0 && (socket.bytesRead === 0 || waited > patience)) socket.destroy();
      }
    }, 100);
    const cut = sleep(limit, undefined, { signal: closed.signal }).then(
      () => {
        const requests = [...connections.values()].reduce((sum, use) => sum + use.requests, 0);
        if (requests > 0) log.warn({ drain_ms: limit, requests }, 'requests still under way were cut');
        server.server.closeAllConnections();
      },
      () => {},
    );
    try {
      await server.close();
    } finally {
      clearInterval(sweep);
      closed.abort();
      await cut;
      await after();
    }
  }

  return {
    close,
    async drain() {
      readiness.drain();
      log.info({ delay_ms: toMilliseconds(lifecycle.drainDelay) }, 'draining');
      await sleep(toMilliseconds(lifecycle.drainDelay));
      await close();
    },
  };
}
