import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { httpRequests, requestDurationWith, routesOfSlo, type Service } from '../../model/index.ts';
import { idsOf, type LogFields, type Logger } from './log.ts';
import type { RequestSample } from './request-sample.ts';
import { methodOf, probes, routeOf, stateOf } from './request-trace.ts';
import { type Series, SeriesMetrics } from './series-metrics.ts';

const otherMethod = 'other';
/** What no caller should ever get. Of a route that an SLO counts each is there at 0 from the start: an alert on a rate sees no increase from nothing to 1. */
const announced = [500, 502, 503, 504];
/** What Nginx logs for a caller that left before its answer: no answer had a status. */
const callerLeft = 499;

/** The requests of one method, route and status. */
interface Kind {
  readonly series: Series;
  /** Its lines have these fields already: put in words for each line, they cost half of its time. */
  readonly log: Logger;
  readonly level: 'debug' | 'info';
}

/**
 * One log line and one observation for each request, but for probes: they are no traffic, and why one fails is logged with its check. What services ask
 * one another, often all day long, is of the level `debug` unless it fails.
 *
 * @param props.sample chooses those of which there is a line
 * @param props.log its level decides
 * @param props.requestLog gets the lines
 * @param props.service its contract says which routes are for other services alone: those that are not exposed
 */
export function recordRequests(
  server: FastifyInstance,
  props: { service: Service; registry: Registry; log: Logger; requestLog: Logger; sample: RequestSample },
): void {
  const { registry, log, requestLog, sample } = props;
  const { name: service, contract, slo } = props.service;
  const inner = new Set(
    Object.values(contract.routes).flatMap(({ exposed, method, path }) => (exposed ? [] : [`${method} ${path}`])),
  );
  const metrics = new SeriesMetrics(registry, httpRequests, requestDurationWith(slo));
  const known = new Map<string, Map<string, Map<number, Kind>>>();

  const kindOf = (method: string, route: string, status: number, options?: { announced: boolean }): Kind => {
    const byMethod = ensure(known, route, () => new Map<string, Map<number, Kind>>());
    const byStatus = ensure(byMethod, method, () => new Map<number, Kind>());
    return ensure(byStatus, status, () => ({
      series: metrics.start({ service, method, route, status: String(status) }, options),
      log: requestLog.child(fieldsOf(method, route, status)),
      level: status < 400 && inner.has(`${method} ${route}`) ? 'debug' : 'info',
    }));
  };
  const counted = routesOfSlo(contract);
  for (const { method, path, status: success } of Object.values(contract.routes)) {
    if (!counted.includes(path)) continue;
    // Of this one the histogram too: the first answer may be a late one.
    kindOf(method, path, success);
    for (const status of announced) kindOf(method, path, status, { announced: true });
  }

  const record = (request: FastifyRequest, status: number) => {
    const state = stateOf(request);
    if (!state || state.recorded) return;
    state.recorded = true;
    const now = performance.now();
    const seconds = (now - state.startedAt) / 1_000;
    const route = routeOf(request);
    const method = methodOf(request.method) ?? otherMethod;
    if (probes.has(route)) return;
    const kind = kindOf(method, route, status);
    kind.series.record(seconds, state.trace.span && state.trace.traceId);
    const share = sample.shareOf(state.trace, status, seconds, now / 1_000);
    if (!log.isLevelEnabled(kind.level)) return;
    // Whoever wants to see more wants to see all.
    const isWhole = share === 1 || log.isLevelEnabled('debug');
    if (share === undefined && !isWhole) return;
    const duration = Math.round(seconds * 1_000_000) / 1_000_000;
    const fields = { ...idsOf(state.trace), 'http.server.request.duration': duration } satisfies LogFields;
    kind.log[kind.level](isWhole ? fields : ({ ...fields, kept_share: share } satisfies LogFields), 'request');
  };

  server.addHook('onResponse', (request, reply, done) => {
    record(request, reply.statusCode);
    done();
  });
  server.addHook('onRequestAbort', (request, done) => {
    record(request, callerLeft);
    done();
  });
}

function fieldsOf(method: string, route: string, status: number): LogFields {
  return {
    'http.request.method': method === otherMethod ? '_OTHER' : method,
    'http.route': route,
    'http.response.status_code': status,
  };
}

function ensure<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
