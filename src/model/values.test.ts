import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { problemsOf } from '../../test/problems-of.ts';
import { check, DeclarationError, rule, show, strict } from './declaration-error.ts';
import { type Duration, duration, toMilliseconds, toSeconds } from './duration.ts';
import {
  dnsLabel,
  dnsName,
  labelKey,
  labelValue,
  metricName,
  objectName,
  secretKey,
  upperSnake,
  variableName,
} from './names.ts';
import { byteQuantity, cpuQuantity, quantityValue } from './quantity.ts';

describe('accepts and refuses', () => {
  test.each([
    [
      'duration',
      duration,
      ['300ms', '5s', '1.5h', '10m', '24d', '0s'],
      ['5', 's', '-5s', '5 s', '5w', '1.s', '25d', '99999999999d', '', 5, null],
    ],
    [
      'cpuQuantity',
      cpuQuantity,
      ['1', '0.5', '250m', '0.125'],
      ['0.1234', '1.5m', '-1', '1k', '0', '0m', '0.000', '1001', '', 1],
    ],
    ['byteQuantity', byteQuantity, ['64Mi', '1Gi', '512Ki'], ['64M', '64', '1.5Gi', 'Mi', '0Mi', '10001Gi', '', 64]],
    [
      'dnsLabel',
      dnsLabel,
      ['a', 'bird-image', 'a1', 'a'.repeat(63)],
      ['', 'A', '1a', 'a-', '-a', 'a.b', 'a'.repeat(64)],
    ],
    [
      'dnsName',
      dnsName,
      ['test', 'shop.example.com', '1.test'],
      ['', '.', 'a..b', 'http://a', 'a:80', 'a/b', 'A.b', `${'a.'.repeat(127)}a`],
    ],
    [
      'objectName',
      objectName,
      ['a', '1.a-b.c', 'a'.repeat(253)],
      ['', 'A', 'a_b', 'a..b', '-a', 'a.', '.a', 'a'.repeat(254)],
    ],
    ['secretKey', secretKey, ['a', 'tls.crt', 'A_b-C', '.x'], ['', 'a b', 'a/b', 'a'.repeat(254)]],
    [
      'labelKey',
      labelKey,
      ['a', 'k8s-app', 'app.kubernetes.io/name', 'a/B_1.c', 'a'.repeat(63)],
      ['', '/a', 'a/', 'a/b/c', 'A.b/c', '-a', 'a-', 'a b', 'a'.repeat(64), `${'a'.repeat(254)}/b`],
    ],
    ['labelValue', labelValue, ['', 'a', 'A_1.b-C', 'a'.repeat(63)], ['-a', 'a.', 'a b', 'a/b', 'a'.repeat(64)]],
    ['variableName', variableName, ['A', 'PAGE_SIZE', 'A1'], ['', 'a', '1A', '_A', 'A-B']],
    ['metricName', metricName, ['a', 'http_requests_total'], ['', 'A', '_a', '1a', 'a-b', 'a:b']],
  ])('%s', (_name, schema, good, bad) => {
    expect(good.filter((value) => !schema.safeParse(value).success)).toEqual([]);
    expect(bad.filter((value) => schema.safeParse(value).success)).toEqual([]);
  });
});

test.each<[Duration, number]>([
  ['300ms', 300],
  ['5s', 5_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  ['1d', 86_400_000],
  // No timer takes a fraction of a millisecond.
  ['0.0015s', 2],
])('%s in milliseconds', (value, milliseconds) => {
  expect(toMilliseconds(value)).toBe(milliseconds);
  expect(toSeconds(value)).toBe(milliseconds / 1_000);
});

test.each([
  ['250m', 0.25],
  ['1', 1],
  ['0.5', 0.5],
  ['2k', 2_000],
  ['1M', 1e6],
  ['1G', 1e9],
  ['1T', 1e12],
  ['5u', 5e-6],
  ['5n', 5e-9],
  ['1Ki', 1_024],
  ['64Mi', 67_108_864],
  ['1Gi', 1_073_741_824],
  ['1Ti', 1_099_511_627_776],
])('%s as a number', (quantity, value) => {
  expect(quantityValue(quantity)).toBeCloseTo(value, 10);
});

test.each([
  ['bird-image', 'BIRD_IMAGE'],
  ['birds', 'BIRDS'],
  ['photoApi', 'PHOTO_API'],
  ['s3Bucket', 'S3_BUCKET'],
])('%s as the stem of a variable', (name, stem) => {
  expect(upperSnake(name)).toBe(stem);
});

test.each<[unknown, string]>([
  [undefined, 'nothing'],
  [null, 'null'],
  ['a', '"a"'],
  [{ a: [1] }, '{"a":[1]}'],
  [() => 1, 'a function'],
  [Symbol('s'), 'Symbol(s)'],
  [12n, '12'],
  [NaN, 'NaN'],
  [-Infinity, '-Infinity'],
  ['x'.repeat(100), `"${'x'.repeat(76)}...`],
])('shows a value as its reader would write it', (value, text) => {
  expect(show(value)).toBe(text);
});

test('shows a value that goes round in circles', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  expect(show(circle)).toBe('[object Object]');
});

test('the message counts the mistakes and has no stack', () => {
  const problem = { path: 'shop.port', got: 80, allowed: 'more', fix: 'raise it' };
  const one = new DeclarationError([problem]);
  expect(one.message).toBe('1 mistake in the declaration\n  shop.port: got 80; allowed: more; fix: raise it');
  expect(one.stack).toBe(`DeclarationError: ${one.message}`);
  expect(new DeclarationError([problem, problem]).message).toMatch(/^2 mistakes/);
});

test('two rules that allow the same keep their own fixes', () => {
  const fixes = ['call the first', 'call the second'].map((fix) => {
    const schema = z.custom(() => false, rule('a number', fix));
    return () => check(schema, 'x', 'X');
  });
  expect(fixes.flatMap(problemsOf)).toEqual([
    'X: got "x"; allowed: a number; fix: call the first',
    'X: got "x"; allowed: a number; fix: call the second',
  ]);
});

test.each([
  ['scalng', 'did you mean scaling? else delete scalng'],
  ['limit', 'did you mean limits? else delete limit'],
  ['ower', 'did you mean owner? else delete ower'],
  ['default', 'delete default'],
  ['x', 'delete x'],
])('only a near key is proposed for %s', (key, fix) => {
  const schema = strict({
    owner: z.string().optional(),
    scaling: z.string().optional(),
    limits: z.string().optional(),
  });
  expect(problemsOf(() => check(schema, { [key]: 1 }, 'X'))).toEqual([
    `X.${key}: got 1; allowed: the keys owner, scaling, limits; fix: ${fix}`,
  ]);
});

test('what is right comes back as the schema makes it', () => {
  expect(check(duration, '5s', 'x')).toBe('5s');
});
