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

/** Prepares a server, before it listens, for its end. */
export function createShutdown({ server, readiness, lifecycle, log, after }: ShutdownProps): Shutdown {
  const unused = new Set<Socket>();
  server.server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.server.on('request', ({ socket }: { socket: Socket }) => unused.delete(socket));
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
    // Connections that become idle while the server closes, and those that never carried a request, would else hold it until their time-outs.
    const sweep = setInterval(() => {
      server.server.closeIdleConnections();
      for (const socket of unused) if (socket.bytesRead === 0) socket.destroy();
    }, 100);
    const limit = toMilliseconds(lifecycle.drain);
    const cut = sleep(limit, undefined, { signal: closed.signal }).then(
      () => {
        log.warn({ drain_ms: limit }, 'requests still under way were cut');
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
