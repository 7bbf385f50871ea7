import fastify from 'fastify';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { httpRequestDuration, httpRequests } from '../../src/model/index.ts';
import { listening, port } from './port.ts';

/** What a team writes by hand for the same: pino's request log, a counter and a histogram with labels. */
const register = new Registry();
collectDefaultMetrics({ register });
const labelNames = Object.keys(httpRequests.labels);
const requests = new Counter({ ...httpRequests, labelNames, registers: [register] });
const durations = new Histogram({
  ...httpRequestDuration,
  buckets: [...httpRequestDuration.buckets],
  labelNames,
  registers: [register],
});

const server = fastify({ logger: true });
server.addHook('onResponse', async (request, reply) => {
  const labels = {
    service: 'hello',
    method: request.method,
    route: request.routeOptions.url ?? 'unmatched',
    status: String(reply.statusCode),
  };
  requests.inc(labels);
  durations.observe(labels, reply.elapsedTime / 1_000);
});
server.get(
  '/',
  { schema: { response: { 200: { type: 'object', properties: { hello: { type: 'string' } } } } } },
  async () => ({ hello: 'world' }),
);
await server.listen({ port, host: '127.0.0.1' });
listening();
