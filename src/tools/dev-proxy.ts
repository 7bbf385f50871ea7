import { isIP } from 'node:net';
import httpProxy from '@fastify/http-proxy';
import fastify, { type FastifyInstance } from 'fastify';
import { type Entrance, exposedRoutes, type Route, type Service, type System } from '../model/index.ts';

/**
 * The entrance that answers for a Host header: the one of the host's first label, so `bird.localhost` and `bird.test` are those of `bird`. Any other host,
 * such as 127.0.0.1, is the first entrance.
 */
export function entranceFor(host: string, { entrances }: System): Entrance | undefined {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const [label] = name.split('.');
  return (isIP(name) === 0 && entrances.find((each) => each.host === label)) || entrances[0];
}

/** Whether a request is for one of these routes, as the cluster's own router would see it. */
export function matchesRoute(routes: readonly Route[], method: string, path: string): boolean {
  return routes.some((route) => {
    if (route.method !== method && !(route.method === 'GET' && method === 'HEAD')) return false;
    const template = route.path.split('/');
    const segments = path.split('/');
    return (
      template.length === segments.length &&
      template.every((part, index) => (part.startsWith(':') ? segments[index] !== '' : part === segments[index]))
    );
  });
}

/** The service of an entrance that answers a request. */
function serviceFor(entrance: Entrance | undefined, method: string, path: string): Service | undefined {
  return entrance?.services.find(({ contract }) => matchesRoute(exposedRoutes(contract), method, path));
}

function pathOf(url: string): string {
  return url.replace(/\?.*$/s, '');
}

/** The one URL of a system: exposed routes pass, and nothing else, as in the cluster. */
export async function createDevProxy(system: System, urlOf: (service: string) => string): Promise<FastifyInstance> {
  const proxy = fastify({ forceCloseConnections: 'idle' });
  await proxy.register(httpProxy, {
    upstream: '',
    preHandler: (request, reply, done) => {
      const entrance = entranceFor(request.host, system);
      const path = pathOf(request.url);
      if (serviceFor(entrance, request.method, path)) return done();
      const where = entrance
        ? `of ${entrance.services.map(({ name }) => name).join(', ')}`
        : `as ${system.name} has no entrance`;
      reply
        .code(404)
        .type('text/plain')
        .send(
          `no exposed route ${where}: ${request.method} ${path}; if it is new since npm run dev began, end that and run it again\n`,
        );
    },
    replyOptions: {
      getUpstream: ({ host, method, url }) =>
        urlOf(serviceFor(entranceFor(host, system), method, pathOf(url))?.name ?? ''),
      rewriteRequestHeaders: (request, headers) => ({
        ...headers,
        'x-forwarded-for': request.ip,
        'x-forwarded-host': request.host,
        'x-forwarded-proto': 'http',
      }),
      onError: (reply, { error }) => {
        reply.code(502).type('text/plain').send(`no answer from the service behind this URL: ${error.message}\n`);
      },
    },
  });
  return proxy;
}
