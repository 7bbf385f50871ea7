import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { problemsOf } from '../../test/problems-of.ts';
import { defineContract, del, exposedRoutes, get, patch, post, put } from './contract.ts';

const label = 'a DNS label: 1 to 63 of a-z, 0-9 and -, a letter first, no - at the end';
const item = { summary: 'An item.', response: z.string() };

// The type of the props already refuses most of these; the check is for what the compiler does not see.
const declare = (props: object) => () => defineContract(props as Parameters<typeof defineContract>[0]);
const withRoute = (route: object) =>
  declare({ name: 'shop', port: 3000, routes: { item: { ...get('/', item), ...route } } });

test('minimal props', () => {
  const contract = defineContract({ name: 'shop', port: 3000, routes: {} });
  expect(contract).toEqual({ name: 'shop', port: 3000, routes: {} });
});

test('all props', () => {
  const params = z.object({ id: z.string() });
  const query = z.object({ full: z.boolean() });
  const body = z.object({ name: z.string() });
  const route = { ...item, exposed: true, user: true, retryMissing: false, params, query, body, status: 201 };
  const contract = defineContract({
    name: 'shop',
    port: 65_535,
    coldStart: '45s',
    routes: { change: put('/items/:id', route) },
  });
  expect(contract.coldStart).toBe('45s');
  expect(contract.routes.change).toEqual({ method: 'PUT', path: '/items/:id', ...route });
});

test('what a route does not say is filled in', () => {
  const { routes } = defineContract({ name: 'shop', port: 1024, routes: { item: get('/', item) } });
  expect(routes.item).toEqual({
    ...{ ...item, method: 'GET', path: '/', exposed: false, user: false, retryMissing: false, status: 200 },
  });
});

test('one function for each method', () => {
  expect([get, post, put, patch, del].map((method) => method('/', item).method)).toEqual([
    'GET',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
  ]);
});

test('the exposed routes are those that say so', () => {
  const contract = defineContract({
    name: 'shop',
    port: 3000,
    routes: { inside: get('/inside', item), outside: get('/outside', { ...item, exposed: true }) },
  });
  expect(exposedRoutes(contract).map((route) => route.path)).toEqual(['/outside']);
});

describe('is refused', () => {
  test.each<[what: string, declare: () => unknown, problems: string[]]>([
    ['undefined', declare(undefined as never), ['contract: got nothing; allowed: an object; fix: add it']],
    ['null', declare(null as never), ['contract: got null; allowed: an object; fix: write an object']],
    ['a text', declare('shop' as never), ['contract: got "shop"; allowed: an object; fix: write an object']],
    [
      'nothing in it',
      declare({}),
      [
        `contract.name: got nothing; allowed: ${label}; fix: add it`,
        'contract.port: got nothing; allowed: a whole number from 1024 to 65535; fix: add it',
        'contract.routes: got nothing; allowed: an object; fix: add it',
      ],
    ],
    [
      'a name that no host can have',
      declare({ name: 'My_Shop', port: 3000, routes: {} }),
      [`My_Shop.name: got "My_Shop"; allowed: ${label}; fix: use lower-case letters, digits and single dashes`],
    ],
    [
      'a name that is no text',
      declare({ name: 3, port: 3000, routes: {} }),
      [`contract.name: got 3; allowed: ${label}; fix: use lower-case letters, digits and single dashes`],
    ],
    ...[80, 65_536, 3000.5, '80'].map((port): [string, () => unknown, string[]] => [
      `port ${JSON.stringify(port)}`,
      declare({ name: 'shop', port, routes: {} }),
      [
        `shop.port: got ${JSON.stringify(port)}; allowed: a whole number from 1024 to 65535; fix: choose a number in that range`,
      ],
    ]),
    [
      'a port in quotes',
      declare({ name: 'shop', port: '3000', routes: {} }),
      ['shop.port: got "3000"; allowed: a whole number from 1024 to 65535; fix: write 3000 without quotes'],
    ],
    [
      "the metrics' port",
      declare({ name: 'shop', port: 9464, routes: {} }),
      ['shop.port: got 9464; allowed: a port other than 9464; fix: choose another: the metrics are scraped there'],
    ],
    ...['4s', '6m'].map((coldStart): [string, () => unknown, string[]] => [
      `a cold start of ${coldStart}`,
      declare({ name: 'shop', port: 3000, coldStart, routes: {} }),
      [`shop.coldStart: got "${coldStart}"; allowed: a duration from 5s to 5m; fix: choose one in that range`],
    ]),
    [
      'a misspelt key',
      declare({ name: 'shop', port: 3000, route: {}, routes: {} }),
      [
        'shop.route: got {}; allowed: the keys name, port, coldStart, routes; fix: did you mean routes? else delete route',
      ],
    ],
    [
      'a misspelt key of a route',
      withRoute({ exposd: true }),
      [
        'shop.routes.item.exposd: got true; allowed: the keys method, path, summary, exposed, user, rate, retryMissing, params, query, body, status, response; fix: did you mean exposed? else delete exposd',
      ],
    ],
    [
      'a user in words',
      withRoute({ user: 'any' }),
      ['shop.routes.item.user: got "any"; allowed: a boolean; fix: write a boolean'],
    ],
    [
      'another method',
      withRoute({ method: 'HEAD' }),
      [
        'shop.routes.item.method: got "HEAD"; allowed: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"; fix: choose one of these',
      ],
    ],
    ...['posts', '/posts/', '//posts', '/posts?x', '/{id}'].map((path): [string, () => unknown, string[]] => [
      `path ${path}`,
      withRoute({ path }),
      [
        `shop.routes.item.path: got "${path}"; allowed: a path such as /posts/:id; fix: start with / and write parameters as :name`,
      ],
    ]),
    [
      'a path of the kit',
      withRoute({ path: '/healthz' }),
      [
        'shop.routes.item.path: got "/healthz"; allowed: a path other than /healthz, /readyz, /openapi.json; fix: choose another: every service has these already',
      ],
    ],
    [
      'an empty summary',
      withRoute({ summary: '' }),
      ['shop.routes.item.summary: got ""; allowed: a text that is not empty; fix: write one sentence'],
    ],
    [
      'a response that is no schema',
      withRoute({ response: {} }),
      ['shop.routes.item.response: got {}; allowed: a zod schema; fix: write it with z, such as z.string()'],
    ],
    [
      'no response',
      withRoute({ response: undefined }),
      ['shop.routes.item.response: got nothing; allowed: a zod schema; fix: add it'],
    ],
    [
      'a query that is no object',
      withRoute({ query: [] }),
      ['shop.routes.item.query: got []; allowed: a zod object; fix: write z.object({ ... })'],
    ],
    [
      'a status of failure',
      withRoute({ status: 404 }),
      ['shop.routes.item.status: got 404; allowed: a whole number from 200 to 299; fix: choose a number in that range'],
    ],
    [
      'a rate of a route that nobody outside asks',
      withRoute({ exposed: false, rate: { perSecond: 1, burst: 1 } }),
      [
        'shop.routes.item.rate: got {"perSecond":1,"burst":1}; allowed: no rate for a route that is not exposed; fix: delete it: only a gateway counts',
      ],
    ],
    [
      'asking again for what is no GET from outside',
      withRoute({ exposed: false, retryMissing: true }),
      [
        'shop.routes.item.retryMissing: got true; allowed: true for an exposed GET alone; fix: delete it: only a gateway asks again, and only what changes nothing',
      ],
    ],
    [
      'a parameter without schema',
      withRoute({ path: '/:id/:part' }),
      [
        "shop.routes.item.params: got []; allowed: a schema of exactly the path's parameters: id, part; fix: name the same parameters in both",
      ],
    ],
    [
      'a schema without parameter',
      withRoute({ params: z.object({ id: z.string() }) }),
      [
        'shop.routes.item.params: got ["id"]; allowed: a schema of exactly the path\'s parameters: none; fix: name the same parameters in both',
      ],
    ],
    [
      'a body where none is sent',
      withRoute({ body: z.string() }),
      ['shop.routes.item.body: got "a schema"; allowed: no body for GET; fix: use the query, or POST, PUT or PATCH'],
    ],
    [
      'one path twice, under other names of its parameters',
      declare({
        name: 'shop',
        port: 3000,
        routes: {
          one: get('/:id', { ...item, params: z.object({ id: z.string() }) }),
          two: get('/:key', { ...item, params: z.object({ key: z.string() }) }),
        },
      }),
      [
        'shop.routes.two: got "GET /:key"; allowed: a method and path that no other route has; fix: merge it with routes.one',
      ],
    ],
    [
      'all mistakes at once, those between its parts too',
      declare({
        name: 'Shop',
        port: 80,
        routes: { a: get('/', item), b: get('/', item), c: { ...del('/c', item), body: z.string(), status: 500 } },
      }),
      [
        `Shop.name: got "Shop"; allowed: ${label}; fix: use lower-case letters, digits and single dashes`,
        'Shop.port: got 80; allowed: a whole number from 1024 to 65535; fix: choose a number in that range',
        'Shop.routes.c.status: got 500; allowed: a whole number from 200 to 299; fix: choose a number in that range',
        'Shop.routes.c.body: got "a schema"; allowed: no body for DELETE; fix: use the query, or POST, PUT or PATCH',
        'Shop.routes.b: got "GET /"; allowed: a method and path that no other route has; fix: merge it with routes.a',
      ],
    ],
  ])('%s', (_what, declared, problems) => {
    expect(problemsOf(declared)).toEqual(problems);
  });
});
