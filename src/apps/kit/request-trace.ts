import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { kitPaths } from '../../model/index.ts';
import type { Span } from './span.ts';
import { currentTrace, isSampled, newSpanId, type Trace, type TraceParent, traceParentOf } from './trace.ts';
import type { Tracing } from './tracing.ts';

/** What the kit keeps about a request while it runs. */
export interface RequestState {
  readonly trace: Trace;
  /** By the clock of `performance.now()`, in milliseconds. */
  readonly startedAt: number;
  /** Whether its end has been logged and counted. */
  recorded: boolean;
}

/** What asks for health is no traffic. */
export const probes: ReadonlySet<string> = new Set([kitPaths.health, kitPaths.ready]);

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const states = new WeakMap<FastifyRequest, RequestState>();

/** What is kept about a request; nothing for one that was refused before any hook ran. */
export function stateOf(request: FastifyRequest): RequestState | undefined {
  return states.get(request);
}

/** The template of the route, never the URL. */
export function routeOf(request: FastifyRequest): string {
  return (request.is404 ? undefined : request.routeOptions.url) ?? 'unmatched';
}

/** A verb that means something here. Anybody may send any other, which is none to tell apart by. */
export function methodOf(method: string): string | undefined {
  return methods.has(method) ? method : undefined;
}

/** The caller's request id if it is fit for a log line and a header, else a new one: none that begins as a JSON Web Token does. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^(?!.*eyJ)[\w.:-]{8,128}$/.test(given) ? given : randomUUID();
}

/** Gives every request its ids, all code that works for it the way to them, and its span where its trace is recorded. */
export function traceRequests(server: FastifyInstance, tracing: Tracing | undefined): void {
  server.addHook('onRequest', (request, reply, done) => {
    const trace = traceOf(request, tracing);
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
  if (!tracing) return;
  server.addHook('onResponse', (request, reply, done) => {
    const span = states.get(request)?.trace.span;
    span?.set({ 'http.response.status_code': reply.statusCode });
    // What the caller did wrong is no failure of this service.
    if (reply.statusCode >= 500) span?.fail(String(reply.statusCode));
    span?.end();
    done();
  });
  server.addHook('onRequestAbort', (request, done) => {
    const span = states.get(request)?.trace.span;
    span?.fail('caller-left');
    span?.end();
    done();
  });
}

function traceOf(request: FastifyRequest, tracing: Tracing | undefined): Trace {
  const parent = traceParentOf(request.headers['traceparent'] as string | undefined);
  const { traceId } = parent;
  const flags = parent.flags ?? (tracing?.samples(traceId) ? '01' : '00');
  const route = routeOf(request);
  const isRecorded = tracing && isSampled(flags) && !probes.has(route);
  const span = isRecorded ? begin(tracing, parent, request, route) : undefined;
  return { traceId, spanId: span?.id ?? newSpanId(), flags, requestId: request.id, span };
}

/** Neither the path nor the query: a part of a path may be a secret as well, and the route says what was asked. */
function begin(tracing: Tracing, parent: TraceParent, { method, protocol }: FastifyRequest, route: string): Span {
  const known = methodOf(method) ?? '_OTHER';
  return tracing.begin(parent, `${known === '_OTHER' ? 'HTTP' : known} ${route}`, {
    'http.request.method': known,
    'http.route': route,
    'url.scheme': protocol,
  });
}
