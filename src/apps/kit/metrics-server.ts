import fastify, { type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';

/** Serves the metrics on a port of their own, which no route and no ingress can expose. */
export function createMetricsServer(registry: Registry): FastifyInstance {
  const server = fastify({
    logger: false,
    bodyLimit: 1_024,
    requestTimeout: 5_000,
    handlerTimeout: 10_000,
    return503OnClosing: false,
  });
  server.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  server.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('Metrics are at /metrics\n'));
  return server;
}
