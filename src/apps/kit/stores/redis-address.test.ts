import { expect, test } from 'vitest';
import { redisAddress } from './redis-address.ts';

const none = { username: undefined, password: undefined };

test.each([
  ['redis://cache', { host: 'cache', port: 6379, tls: false, ...none, database: 0 }],
  ['redis://cache/', { host: 'cache', port: 6379, tls: false, ...none, database: 0 }],
  ['rediss://cache:7000/3', { host: 'cache', port: 7000, tls: true, ...none, database: 3 }],
  [
    'redis://:p%40ss%3A%2F@cache',
    { host: 'cache', port: 6379, tls: false, username: undefined, password: 'p@ss:/', database: 0 },
  ],
  [
    'redis://us%20er:pass@[::1]:1/12',
    { host: '::1', port: 1, tls: false, username: 'us er', password: 'pass', database: 12 },
  ],
])('%s', (url, address) => {
  expect(redisAddress(url)).toEqual(address);
});

test.each([
  'redis://user:topsecret@cache/first',
  'redis://user:topsecret@cache/1/2',
  'redis://user:topsecret@',
  'redis://user:top/secret@cache',
  'redis://user:topsecret@cache:port',
  'redis://user:topsecret%zz@cache',
])('%s is refused, and nothing of it is shown', (url) => {
  expect(() => redisAddress(url)).toThrow(
    new Error(
      'the URL of a key-value store is (hidden); allowed: redis://user:password@host:port/db, with db a number; fix: write what is not a letter or digit in user and password as %xx',
    ),
  );
});
