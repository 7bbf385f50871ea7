import { describe, expect, test } from 'vitest';
import { problemsOf } from '../../test/problems-of.ts';
import { check } from './declaration-error.ts';
import {
  boolean,
  number as decimal,
  integer,
  isRequired,
  oneOf,
  parseVariable,
  secret,
  text,
  time,
  url,
  variable,
} from './env.ts';

const types =
  'type: "integer" | type: "number" | type: "boolean" | type: "text" | type: "oneOf" | type: "url" | type: "duration" | type: "secret"';
const number = integer({ min: 1, max: 9 });
const numberRule = { allowed: 'a whole number, at least 1, at most 9', fix: 'set a number in that range' };
const urlRule = { allowed: 'an http or https URL', fix: 'write it whole, such as https://host:8080/path' };
const plainUrlRule = {
  allowed: 'an http or https URL without user, password, query and fragment',
  fix: 'delete them: a path is added to the URL, and what is secret belongs into a secret()',
};

describe('a text is read as', () => {
  test.each([
    ['a whole number', number, '5', { value: 5 }],
    ['a whole number with spaces around it', number, ' 5 ', { value: 5 }],
    ['a whole number at its limit', number, '9', { value: 9 }],
    ['a whole number below zero', integer({}), '-3', { value: -3 }],
    ['no number below its least', number, '0', numberRule],
    ['no number above its most', number, '10', numberRule],
    ['no fraction', number, '1.5', numberRule],
    ['no power of ten', number, '1e0', numberRule],
    ['no number in hexadecimal', number, '0x5', numberRule],
    ['no number out of nothing', number, '', numberRule],
    ['a number with decimals', decimal({ min: 0, max: 1 }), '0.25', { value: 0.25 }],
    [
      'no number above its most with decimals',
      decimal({ min: 0, max: 1 }),
      '1.01',
      { allowed: 'a number, at least 0, at most 1', fix: 'set a number in that range' },
    ],
    ['no power of ten with decimals', decimal({}), '1e-3', { allowed: 'a number', fix: 'set a number in that range' }],
    [
      'no number that JavaScript rounds',
      integer({}),
      '9007199254740993',
      { allowed: 'a whole number', fix: numberRule.fix },
    ],
    ['true', boolean({}), 'true', { value: true }],
    ['false', boolean({}), 'false', { value: false }],
    ['neither true nor false', boolean({}), '1', { allowed: 'true or false', fix: 'write one of the two' }],
    ['itself', text({}), ' a ', { value: ' a ' }],
    ['no text out of nothing', text({}), '', { allowed: 'a text that is not empty', fix: 'set a value' }],
    ['one of a list', oneOf({ values: ['a', 'b'] }), 'b', { value: 'b' }],
    ['none of a list', oneOf({ values: ['a', 'b'] }), 'B', { allowed: 'a | b', fix: 'choose one of these' }],
    ['a URL without the slash at its end', url({}), 'http://a:1/b/', { value: 'http://a:1/b' }],
    ['no URL without protocol', url({}), 'localhost:8080', urlRule],
    ['no URL of another protocol', url({}), 'file:///etc', urlRule],
    ['no URL with a space', url({}), 'http://a b', urlRule],
    ['no URL with a user', url({}), 'https://user@host', plainUrlRule],
    ['no URL with a password', url({}), 'https://:pa55@host', plainUrlRule],
    ['no URL with a query', url({}), 'https://host/v1?key=k', plainUrlRule],
    ['no URL with a fragment', url({}), 'https://host#k', plainUrlRule],
    ['a URL with an @ in its path', url({}), 'https://host/@me', { value: 'https://host/@me' }],
    ['a duration', time({}), '10m', { value: '10m' }],
    ['no time at all', time({}), '0s', { value: '0s' }],
    [
      'no duration at the end of which a timer would have fired at once',
      time({}),
      '25d',
      { allowed: 'a duration from 0s to 24d', fix: 'choose one in that range' },
    ],
    [
      'no duration without unit',
      time({}),
      '10',
      { allowed: "a duration such as '300ms', '5s' or '10m'", fix: 'write a number and its unit' },
    ],
  ])('%s', (_what, declared, given, result) => {
    expect(parseVariable(declared, given)).toEqual(result);
  });
});

test.each([
  [true, integer({})],
  [false, integer({ default: 0 })],
  [false, boolean({ default: false })],
  [true, url({})],
  [false, url({ optional: true })],
  [false, text({ optional: true })],
  [true, check(variable, secret({ secret: 'a', key: 'b' }), 'X')],
  [false, check(variable, secret({ secret: 'a', key: 'b', optional: true }), 'X')],
])('required: %s for %o', (required, declared) => {
  expect(isRequired(declared)).toBe(required);
});

describe('a variable is declared with', () => {
  test.each([
    ['minimal props', [integer({}), boolean({}), text({}), url({}), time({}), oneOf({ values: ['a'] })]],
    [
      'all props',
      [
        integer({ description: 'd', default: 2, min: 1, max: 3 }),
        boolean({ description: 'd', default: true }),
        decimal({ description: 'd', default: 0.5, min: 0, max: 1 }),
        text({ description: 'd', default: 'x', optional: true }),
        url({ description: 'd', default: 'https://x', optional: true }),
        time({ description: 'd', default: '5s' }),
        oneOf({ description: 'd', values: ['a', 'b'], default: 'b' }),
        secret({ description: 'd', secret: 'name', key: 'key', optional: true, generated: true }),
      ],
    ],
  ])('%s', (_which, declared) => {
    expect(declared.map((each) => check(variable, each, 'X'))).toEqual(declared);
  });
});

describe('is refused', () => {
  test.each<[what: string, declared: unknown, problems: string[]]>([
    ['nothing', undefined, [`X: got nothing; allowed: ${types}; fix: add it`]],
    ['a value in place of a declaration', 3, [`X: got 3; allowed: ${types}; fix: choose one of these`]],
    ['an unknown type', { type: 'int' }, [`X.type: got "int"; allowed: ${types}; fix: choose one of these`]],
    ['no type', {}, [`X.type: got nothing; allowed: ${types}; fix: add it`]],
    [
      'a misspelt key',
      { type: 'boolean', defualt: true },
      [
        'X.defualt: got true; allowed: the keys type, description, default; fix: did you mean default? else delete defualt',
      ],
    ],
    [
      'a default out of its limits',
      integer({ min: 1, default: 0 }),
      [
        'X.default: got 0; allowed: a whole number, at least 1; fix: give a default that the service itself would accept',
      ],
    ],
    [
      'min above max',
      integer({ min: 5, max: 1, default: 3 }),
      ['X.max: got 1; allowed: at least min, which is 5; fix: raise max or lower min'],
    ],
    [
      'a default that is none of the values',
      oneOf({ values: ['a'], default: 'b' }),
      ['X.default: got "b"; allowed: a; fix: give a default that the service itself would accept'],
    ],
    [
      'no values',
      oneOf({ values: [] }),
      ['X.values: got []; allowed: a list of at least one value; fix: list the values'],
    ],
    [
      'a default of a secret, which would be a secret in the code',
      { ...secret({ secret: 'a', key: 'b' }), default: 'hunter2' },
      [
        'X.default: got "(hidden)"; allowed: the keys type, description, secret, key, optional, generated; fix: delete default',
      ],
    ],
    [
      'a default that is a URL with a password',
      url({ default: 'https://user:pa55@host:81/v1?key=k' }),
      [
        `X.default: got "https://host:81/(hidden)"; allowed: ${plainUrlRule.allowed}; fix: give a default that the service itself would accept`,
      ],
    ],
    [
      'a secret without its key',
      secret({ secret: 'A_b', key: '' }),
      [
        'X.secret: got "A_b"; allowed: the name of an object: 1 to 253 of a-z, 0-9, - and ., a letter or digit around each dot and at both ends; fix: write it as kubectl get shows it',
        'X.key: got ""; allowed: a key of the Secret: 1 to 253 letters, digits and -._; fix: write it as it stands in the Secret',
      ],
    ],
  ])('%s', (_what, declared, problems) => {
    expect(problemsOf(() => check(variable, declared, 'X'))).toEqual(problems);
  });
});
