import fastify, { type FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { openMetrics, takesOpenMetrics } from './open-metrics.ts';

/** Serves the metrics on a port of their own, which no route and no ingress can expose. */
export function createMetricsServer(registry: Registry): FastifyInstance {
  const server = fastify({
    logger: false,
    bodyLimit: 1_024,
    requestTimeout: 5_000,
    handlerTimeout: 10_000,
    return503OnClosing: false,
  });
  server.get('/metrics', async ({ headers }, reply) => {
    if (!takesOpenMetrics(headers.accept)) return reply.type(registry.contentType).send(await registry.metrics());
    const { contentType, text } = await openMetrics(registry);
    return reply.type(contentType).send(text);
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).type('text/plain').send('Metrics are at /metrics\n'));
  return server;
}
