import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { kitPaths, type Service } from '../../model/index.ts';
import { problemSchema } from './problem.ts';

/** Serves the OpenAPI document of all routes that are registered after it. */
export async function serveOpenapi(server: FastifyInstance, service: Service, version: string): Promise<void> {
  server.addSchema(problemSchema);
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: service.name, version, description: service.description },
      components: { securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json['$id'] ?? `schema-${index}`) },
  });
  server.get(kitPaths.openapi, { schema: { hide: true } }, () => server.swagger());
}
