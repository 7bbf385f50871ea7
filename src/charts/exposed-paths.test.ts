import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { environmentWith, exposures, minimalService, systemOf } from '../../test/declarations.ts';
import { problemsOf } from '../../test/problems-of.ts';
import { defineContract, defineSystem, del, get, post } from '../model/index.ts';
import { exposedMatches, leaks, stolenRoutes } from './exposed-paths.ts';
import { renderPlatform } from './platform.ts';

const id = z.object({ id: z.string() });
const options = { summary: 'Does something.', response: z.string() };
const exposed = { ...options, exposed: true };

const routes = {
  list: get('/items', exposed),
  item: get('/items/:id', { ...exposed, params: id }),
  anything: get('/:id', { ...exposed, params: id }),
  add: post('/items', exposed),
  insideDelete: del('/items', options),
  insideBelow: get('/items/:id/audit', { ...options, params: id }),
  insidePost: post('/items/:id', { ...options, params: id }),
  insideElsewhere: get('/internal', options),
};

function contractOf(...operations: (keyof typeof routes)[]) {
  return defineContract({
    name: 'shop',
    port: 3000,
    routes: Object.fromEntries(operations.map((each) => [each, routes[each]])),
  });
}

const allOfKit = ['GET /healthz', 'GET /readyz', 'GET /openapi.json'];

describe('what exposed routes open beyond themselves', () => {
  const cases: [what: string, operations: (keyof typeof routes)[], byIngress: string[], byGateway: string[]][] = [
    ['a fixed path: nothing', ['list', 'insideElsewhere'], [], []],
    ['a parameter below a fixed path: nothing', ['item', 'insideElsewhere'], [], []],
    ['a parameter at the root: what the kit serves', ['anything'], allOfKit, allOfKit],
    ['another method of its path, by Ingress alone', ['list', 'insideDelete'], ['DELETE /items'], []],
    ['what is below its parameter', ['item', 'insideBelow'], ['GET /items/:id/audit'], ['GET /items/:id/audit']],
    ['another method below its fixed part, by Ingress alone', ['item', 'insidePost'], ['POST /items/:id'], []],
  ];
  test.each(cases)('%s', (_, operations, byIngress, byGateway) => {
    const opened = (router: 'ingress' | 'gateway') =>
      leaks(contractOf(...operations), router).map((leak) => leak.opened);
    expect(opened('ingress')).toEqual(byIngress);
    expect(opened('gateway')).toEqual(byGateway);
  });

  test('stops the synth of an environment with an Ingress, by name', () => {
    const system = systemOf(minimalService(contractOf('list', 'insideDelete')));
    expect(problemsOf(() => renderPlatform({ environment: environmentWith(), systems: [system] }))).toEqual([
      'shop.entrances[0].services[0]: got "GET /items"; allowed: exposed routes by which an Ingress lets no other route of shop through; GET /items lets DELETE /items through; fix: give GET /items a path that no other route shares, such as /public/items, as an Ingress cannot tell methods apart; or expose test by a Gateway, which can: only environments with an Ingress refuse this',
    ]);
    expect(() =>
      renderPlatform({ environment: environmentWith({ exposure: [exposures.gateway] }), systems: [system] }),
    ).not.toThrow();
  });

  test.each([
    ['an Ingress', exposures.ingress],
    ['an HTTPRoute', exposures.gateway],
  ])('stops the synth with %s where it is the path, however long the names', (router, exposure) => {
    const long = `/items/:id/${'audit'.repeat(20)}`;
    const contract = defineContract({
      name: 'shop',
      port: 3000,
      routes: { item: routes.item, inside: get(long, { ...options, params: id }) },
    });
    const system = systemOf(minimalService(contract));
    const environment = environmentWith({ exposure: [exposure] });
    expect(problemsOf(() => renderPlatform({ environment, systems: [system] }))).toEqual([
      `shop.entrances[0].services[0]: got "GET /items/:id"; allowed: exposed routes by which ${router} lets no other route of shop through; GET /items/:id lets GET ${long} through; fix: give GET /items/:id a fixed path of its own that no other route shares, such as /public/items/:id, as all below its fixed part is let through`,
    ]);
  });
});

test('an Ingress gets each path once, a Gateway each method of it', () => {
  expect(exposedMatches(contractOf('list', 'add'), 'ingress')).toEqual([{ path: '/items', exact: true }]);
  expect(exposedMatches(contractOf('list', 'add'), 'gateway')).toEqual([
    { method: 'GET', path: '/items', exact: true },
    { method: 'HEAD', path: '/items', exact: true },
    { method: 'POST', path: '/items', exact: true },
  ]);
});

describe('of two services behind one host', () => {
  const contractWith = (name: string, path: `/${string}`) =>
    defineContract({
      name,
      port: 3000,
      routes: {
        only: get(path, {
          ...exposed,
          ...(path.includes(':') && {
            params: z.object(
              Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, key = '']) => [key, z.string()])),
            ),
          }),
        }),
      },
    });

  test.each<[one: `/${string}`, other: `/${string}`, taken: string[]]>([
    ['/users/:id', '/posts/:id', []],
    ['/users', '/users/:id', []],
    ['/x/:id', '/x/y', ['GET /x/:id by GET /x/y']],
    ['/x/:id', '/x/y/:z', ['GET /x/:id by GET /x/y/:z']],
    ['/x/:id/likes', '/x/y/:z', ['GET /x/:id/likes by GET /x/y/:z']],
    ['/x/y', '/x/:id', []],
    ['/:id', '/x', ['GET /:id by GET /x']],
  ])('%s beside %s', (one, other, taken) => {
    for (const router of ['ingress', 'gateway'] as const) {
      const found = stolenRoutes(contractWith('one', one), contractWith('other', other), router);
      expect(found.map(({ route, by }) => `${route} by ${by}`)).toEqual(taken);
    }
  });

  test('what one takes from the other stops the synth', () => {
    const services = [
      minimalService(contractWith('one', '/x/:id')),
      minimalService(contractWith('other', '/x/y')),
    ] as const;
    const system = defineSystem({
      name: 'shop',
      services: [...services],
      entrances: [{ host: 'shop', services: [...services] }],
    });
    expect(problemsOf(() => renderPlatform({ environment: environmentWith(), systems: [system] }))).toEqual([
      'shop.entrances[0].services[0]: got "GET /x/:id"; allowed: exposed routes of one that no other service on shop takes; GET /x/y of other takes GET /x/:id; fix: start the paths of each service with a part of its own, such as its name',
    ]);
  });
});
