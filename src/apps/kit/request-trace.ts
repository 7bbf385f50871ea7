import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { currentTrace, startTrace, type Trace } from './trace.ts';

/** What the kit keeps about a request while it runs. */
export interface RequestState {
  readonly trace: Trace;
  /** By the clock of `performance.now()`, in milliseconds. */
  readonly startedAt: number;
  /** Whether its end has been logged and counted. */
  recorded: boolean;
}

const states = new WeakMap<FastifyRequest, RequestState>();

/** What is kept about a request; nothing for one that was refused before any hook ran. */
export function stateOf(request: FastifyRequest): RequestState | undefined {
  return states.get(request);
}

/** The caller's request id if it is fit for a log line and a header, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:-]{8,128}$/.test(given) ? given : randomUUID();
}

/** Gives every request its ids, and all code that works for it the way to them. */
export function traceRequests(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    const trace = startTrace(request.headers['traceparent'] as string | undefined, request.id);
    states.set(request, { trace, startedAt: performance.now(), recorded: false });
    reply.header('x-request-id', request.id);
    currentTrace.run(trace, done);
  });
  // Reading a body leaves the context of the first hook: it goes on from an event of the socket.
  server.addHook('preValidation', (request, _reply, done) => {
    const state = states.get(request);
    if (state) currentTrace.run(state.trace, done);
    else done();
  });
}
