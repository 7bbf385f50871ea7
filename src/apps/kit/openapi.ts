import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { kitPaths, type Service } from '../../model/index.ts';
import { cookieName } from './cookies.ts';
import { problemSchema } from './problem.ts';

const securitySchemes = {
  accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  accessCookie: {
    type: 'apiKey',
    in: 'cookie',
    name: cookieName('access', { protocol: 'https' }),
    description: `Of a browser, which another service logs in; without TLS its name is ${cookieName('access', { protocol: 'http' })}. What changes something must come from a page of the same origin.`,
  },
} as const;

/** What a route that needs a user takes: either. */
export const eitherToken: Record<string, string[]>[] = Object.keys(securitySchemes).map((scheme) => ({ [scheme]: [] }));

/** Serves the OpenAPI document of all routes that are registered after it. */
export async function serveOpenapi(server: FastifyInstance, service: Service, version: string): Promise<void> {
  server.addSchema(problemSchema);
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: service.name, version, description: service.description },
      components: { securitySchemes },
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json['$id'] ?? `schema-${index}`) },
  });
  server.get(kitPaths.openapi, { schema: { hide: true } }, () => server.swagger());
}
