import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { type Lifecycle, toMilliseconds } from '../../model/index.ts';
import type { Logger } from './log.ts';
import { answerProblems, sendProblem } from './problem.ts';
import { requestIdOf, traceRequests } from './request-trace.ts';
import { safeHeaders, safeTlsHeaders } from './safe-headers.ts';
import type { Tracing } from './tracing.ts';

/** @see createHttpServer */
export interface HttpServerProps {
  readonly log: Logger;
  /** @default - traces are not recorded */
  readonly tracing?: Tracing | undefined;
  readonly lifecycle: Lifecycle;
  /** In bytes. */
  readonly bodyLimit: number;
  /** The methods that a path answers to. */
  readonly methodsOf: (path: string) => readonly string[];
}

/** A Fastify server with every limit set, the ids of request and trace, safe headers and problems as errors; still without routes. */
export function createHttpServer(props: HttpServerProps): FastifyInstance {
  const { log, tracing, lifecycle, bodyLimit, methodsOf } = props;
  const request = toMilliseconds(lifecycle.request);
  const server: FastifyInstance = fastify({
    loggerInstance: log as FastifyBaseLogger,
    // One line at the end of each request is the kit's own.
    logController: new LogController({ disableRequestLogging: true }),
    childLoggerFactory: (logger) => logger,
    genReqId: requestIdOf,
    requestIdHeader: false,
    bodyLimit,
    // The caller's address is what the proxies in front say, and those are in a private network; a service that is reached without one sees the truth.
    trustProxy: 'loopback, linklocal, uniquelocal',
    handlerTimeout: request,
    requestTimeout: request,
    // Cuts a caller that stops reading its answer. Later than the handler's time-out, which must get its answer out first.
    connectionTimeout: 2 * request,
    keepAliveTimeout: toMilliseconds(lifecycle.keepAlive),
    // Node looks for requests past their time this often, and only every 30 s unless told.
    http: { headersTimeout: Math.min(request, 10_000), connectionsCheckingInterval: 1_000 },
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    clientErrorHandler: answerUnreadable,
  });
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(request.protocol === 'https' ? safeTlsHeaders : safeHeaders);
    done();
  });
  // Writes those of answers. Most requests need none of theirs, so whoever asks for one has it read.
  server.register(cookie, { hook: false });
  traceRequests(server, tracing);
  answerProblems(server, methodsOf);
  return server;
}

/** Answers what is not even HTTP, or came too slowly, in the shape of every other error. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const [status, title, code] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'Request Timeout', 'request-timeout']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'Request Header Fields Too Large', 'headers-too-large']
        : [400, 'Bad Request', 'malformed-request'];
  const body = JSON.stringify({ type: 'about:blank', title, status, detail: title, code, traceId: '' });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Connection: close',
    ...Object.entries(safeHeaders).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroy(error);
}
