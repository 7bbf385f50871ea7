import { type AddressInfo, connect } from 'node:net';
import fc from 'fast-check';
import fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { environmentWith, exposures } from '../../test/declarations.ts';
import { needNginx, startGateway } from '../../test/gateway/nginx.ts';
import {
  defineContract,
  defineService,
  defineSystem,
  exposedRoutes,
  fixed,
  kitPaths,
  nginx,
  type Route,
  type Service,
} from '../model/index.ts';
import { matchesRoute } from './dev-proxy.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 40);

/** Routes as they are easily mixed up: a fixed part beside a parameter, exposed and not, one below another. */
const routes: Readonly<
  Record<string, readonly (readonly [method: Route['method'], path: string, exposed: boolean])[]>
> = {
  one: [
    ['GET', '/users', true],
    ['GET', '/users/me', true],
    ['GET', '/users/:handle', true],
    ['PUT', '/users/:handle', true],
    ['GET', '/users/internal', false],
    ['DELETE', '/users/:handle', false],
    ['GET', '/users/:handle/files', false],
    ['POST', '/internal/users', false],
    ['GET', '/:any', true],
    ['GET', '/a.b~c-d_e', true],
  ],
  two: [
    ['GET', '/users/:handle/posts', true],
    ['GET', '/internal/:id', true],
    ['POST', '/posts/:id/likes/:like', true],
    ['POST', '/posts/:id/likes/all', false],
    ['GET', '/', true],
  ],
};

const services = Object.entries(routes).map(([name, declared], index) =>
  defineService({
    contract: defineContract({
      name,
      port: 3000 + index,
      routes: Object.fromEntries(
        declared.map(([method, path, exposed], at) => {
          const params = z.object(
            Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, key = '']) => [key, z.string()])),
          );
          return [`route${at}`, { method, path, exposed, summary: 'For a test.', params, response: z.unknown() }];
        }),
      ),
    }),
    owner: 'team',
    description: 'Answers.',
    scaling: fixed(1),
  }),
) as Service[];
const system = defineSystem({ name: 'both', services, entrances: [{ host: 'both', services }] });
const environment = environmentWith({
  exposure: [exposures.ingress],
  gateways: { both: nginx({ rate: { perSecond: 100_000, burst: 100_000 } }) },
});

/** A server that routes as services do, and answers with which of its routes it took. */
async function routing({ name, contract }: Service) {
  const server = fastify({ routerOptions: { maxParamLength: 1_000 } });
  const inside = Object.values(kitPaths).map((path) => ({ method: 'GET' as const, path, exposed: false }));
  for (const { method, path, exposed } of [...Object.values(contract.routes), ...inside]) {
    server.route({ method, url: path, handler: () => ({ service: name, exposed }) });
  }
  await server.listen({ host: '127.0.0.1', port: 0 });
  return server;
}

/** What is said to a request line, as it is written. */
function ask(port: number, line: string): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`${line} HTTP/1.1\r\nHost: both.test\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    });
    let said = '';
    socket.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', ...rest] = said.split('\r\n\r\n');
      const text = rest.join('');
      resolve({ status: Number(head.split(' ')[1]), body: text.startsWith('{') ? JSON.parse(text) : undefined });
    });
  });
}

/** Whether a path means one thing alone: no dots to resolve, nothing encoded in vain, and no NUL, at which some programs end a text. */
function isPlain(path: string): boolean {
  return path
    .slice(1)
    .split('/')
    .every(
      (segment) =>
        /^([\w.~!$&'()*+,;=:@-]|%(?!00)[0-9A-Fa-f]{2})*$/.test(segment) &&
        !['.', '..'].includes(segment) &&
        [...segment.matchAll(/%[0-9A-Fa-f]{2}/g)].every(
          ([code]) => !/[\w.~-]/.test(String.fromCharCode(Number.parseInt(code.slice(1), 16))),
        ),
    );
}

const words = [
  'users',
  'me',
  'internal',
  'posts',
  'likes',
  'all',
  'files',
  'a.b~c-d_e',
  'healthz',
  'readyz',
  'openapi.json',
];
const segment = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...words) },
  { weight: 2, arbitrary: fc.constantFrom(...words).map((word) => word.toUpperCase()) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...words).map((word) => `%${word.charCodeAt(0).toString(16)}${word.slice(1)}`),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '.',
      '..',
      '%2e%2e',
      '%2E',
      '..;',
      '...',
      '%2f',
      '%2F..%2f',
      '%5c',
      '%',
      '%zz',
      '%00',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('me#x', 'me;x', 'me\\x', '%23', '%3f', '%252e', 'ü', 'me%0a', 'me%20', '*', "(a)'"),
  },
  { weight: 2, arbitrary: fc.webSegment({ size: 'small' }) },
);
const anyPath = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join('/')}`);
/** A path of some route, exposed or not, with anything in the place of its parameters. */
const nearPath = fc
  .tuple(
    fc.constantFrom(...Object.values(routes).flatMap((each) => each.map(([, template]) => template))),
    fc.array(segment, { minLength: 2, maxLength: 2 }),
  )
  .map(([template, [first = '', second = '']]) => template.replace(/:\w+/, () => first).replace(/:\w+/, () => second));
const path = fc.oneof(anyPath, nearPath);
const query = fc.constantFrom('', '', '?', '?a=b', '?/users/me', '?a=/../internal#x', '?%2e%2e');
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'get', 'PROPFIND');

describe('of all that may be sent to a gateway', () => {
  test('just what is declared as exposed reaches a service, as with the proxy of `npm run dev`', async (context) => {
    await needNginx(context);
    const servers = await Promise.all(services.map(routing));
    const portOf = (index: number) => (servers[index]?.server.address() as AddressInfo | undefined)?.port ?? 0;
    await using gateway = await startGateway({
      system,
      environment,
      upstreams: Object.fromEntries(services.map(({ name }, index) => [name, portOf(index)])),
    });
    const port = Number(new URL(gateway.url).port);
    const exposed = services.flatMap(({ contract }) => exposedRoutes(contract));
    let reached = 0;
    await fc.assert(
      fc.asyncProperty(method, path, query, async (verb, sent, asked) => {
        const { status, body } = await ask(port, `${verb} ${sent}${asked}`);
        const service = (body as { service?: string } | undefined)?.service;
        // Whoever asks for the head alone hears no body.
        const isReached = service !== undefined || (verb === 'HEAD' && status === 200);
        if (isReached) reached++;
        // What a service took for a route that is not exposed is never let through.
        expect((body as { exposed?: boolean } | undefined)?.exposed).not.toBe(false);
        const wanted = isPlain(sent) && matchesRoute(exposed, verb, sent) && !isClosed(verb, sent);
        expect({ sent, verb, status, isReached }).toEqual({ sent, verb, status, isReached: wanted });
      }),
      { numRuns: runs * 50 },
    );
    // Guards the guard: most of what is made up must not be refused for its form alone.
    expect(reached).toBeGreaterThan(runs * 3);
    for (const server of servers) await server.close();
  }, 120_000);
});

/** What its service would take for a route that is not exposed, although the template of an exposed one stands for it. */
function isClosed(verb: string, sent: string): boolean {
  const closed = [...Object.values(kitPaths).map((each) => `GET ${each}`), 'GET /users/internal'];
  const route = `${verb === 'HEAD' ? 'GET' : verb} ${sent}`;
  return closed.includes(route) || /^POST \/posts\/[^/]+\/likes\/all$/.test(route);
}
