import { expect, test } from 'vitest';
import { z } from 'zod';
import { minimalService } from '../../../test/declarations.ts';
import { defineContract, type Route } from '../../model/index.ts';
import { gatewayPaths, gatewayRoutes } from './gateway-routes.ts';

function serviceWith(name: string, routes: readonly (readonly [Route['method'], path: string, exposed: boolean])[]) {
  const declared = routes.map(([method, path, exposed], at) => {
    const params = z.object(Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, key = '']) => [key, z.string()])));
    return [`route${at}`, { method, path, exposed, params, summary: 'For a test.', response: z.unknown() }];
  });
  return minimalService(defineContract({ name, port: 3000, routes: Object.fromEntries(declared) }));
}

const shown = (services: Parameters<typeof gatewayRoutes>[0]) =>
  gatewayRoutes(services).map(
    ({ methods, template, to }) => `${methods[0]} ${template} ${to?.service.name ?? 'closed'}`,
  );

test('what says more comes first, across services', () => {
  const one = serviceWith('one', [
    ['GET', '/:any', true],
    ['GET', '/users/:handle', true],
  ]);
  const two = serviceWith('two', [['GET', '/users/me', true]]);
  expect(shown([one, two])).toEqual([
    'GET /users/me two',
    'GET /users/:handle one',
    'GET /healthz closed',
    'GET /openapi.json closed',
    'GET /readyz closed',
    'GET /:any one',
  ]);
});

test('a route that is not exposed is closed where the service would choose it, and stands nowhere else', () => {
  const one = serviceWith('one', [
    ['GET', '/users/:handle', true],
    ['GET', '/users/internal', false],
    ['PUT', '/users/other', false],
    ['GET', '/inside', false],
    ['GET', '/:some/internal', false],
  ]);
  expect(shown([one])).toEqual(['GET /users/internal closed', 'GET /users/:handle one']);
});

test('a path answers to the methods of all its templates, apart from those that are closed', () => {
  const routes = gatewayRoutes([
    serviceWith('one', [
      ['GET', '/users/:handle', true],
      ['PUT', '/users/:handle', true],
      ['DELETE', '/users/me', true],
      ['GET', '/users/me', false],
    ]),
  ]);
  expect(gatewayPaths(routes)).toEqual([
    { template: '/users/me', methods: ['DELETE', 'PUT'] },
    { template: '/users/:handle', methods: ['GET', 'HEAD', 'PUT'] },
  ]);
});
