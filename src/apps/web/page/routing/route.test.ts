import { describe, expect, test } from 'vitest';
import web from '../../contract.ts';
import { addressOf, parseRoute, type Route } from './route.ts';

const routes: readonly (readonly [string, Exclude<Route, { view: 'missing' }>])[] = [
  ['/', { view: 'feed' }],
  ['/search', { view: 'search', prefix: '' }],
  ['/search?q=an.n', { view: 'search', prefix: 'an.n' }],
  ['/people/ann', { view: 'person', handle: 'ann' }],
  ['/post/17', { view: 'post', id: '17' }],
  ['/new', { view: 'new' }],
  ['/settings', { view: 'settings' }],
  ['/log-in', { view: 'log-in' }],
  ['/sign-up', { view: 'sign-up' }],
];

test.each(routes)('%s is an address in both directions', (address, route) => {
  expect(parseRoute(address)).toEqual(route);
  expect(addressOf(route)).toBe(address);
});

test('a handle is found however it is written', () => {
  expect(parseRoute('/people/Ann')).toEqual({ view: 'person', handle: 'ann' });
});

test.each(['/nothing', '/people', '/post', '/people/a/b', '/people/%E0%A4%A', '/new/1'])(
  '%s is nothing of the page',
  (address) => {
    expect(parseRoute(address)).toEqual({ view: 'missing' });
  },
);

describe('the server', () => {
  const served = Object.values(web.routes).filter(
    ({ method, path }) => method === 'GET' && !path.startsWith('/assets/'),
  );

  test('has the page at each address of it, and nowhere else', () => {
    const paths = routes.map(([address, { view }]) =>
      view === 'person' ? '/people/:handle' : view === 'post' ? '/post/:id' : address.split('?')[0],
    );
    expect(served.map(({ path }) => path).sort()).toEqual([...new Set(paths)].sort());
  });
});
