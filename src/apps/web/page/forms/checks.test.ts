import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import auth from '../../../auth/contract.ts';
import posts from '../../../posts/contract.ts';
import users from '../../../users/contract.ts';
import {
  checkBio,
  checkEmail,
  checkHandle,
  checkName,
  checkNewPassword,
  limits,
  plainHandle,
  suggestHandle,
} from './checks.ts';

const { register } = auth.routes;
const { saveMe, search } = users.routes;
const accepts = (schema: z.ZodType, value: unknown) => schema.safeParse(value).success;
const lengths = (most: number) => ['a'.repeat(most), 'a'.repeat(most + 1)];

describe('what a form lets through is what the service takes', () => {
  const { email, password } = register.body.shape;
  const { handle, name, bio } = saveMe.body.shape;

  test.each([
    'ann@example.com',
    ' Ann@Example.com ',
    'ann',
    'ann@',
    '@example.com',
    'ann@example',
    '',
    'a b@example.com',
  ])('e-mail address %j', (value) => expect(checkEmail(value) === undefined).toBe(accepts(email, value)));

  test.each(['', '123456789', ...lengths(limits.password.least), ...lengths(limits.password.most)])(
    'password %j',
    (value) => expect(checkNewPassword(value) === undefined).toBe(accepts(password, value)),
  );

  test.each([...['', 'an', 'ann', ' Ann ', 'a.n', '.ann', 'ann_', 'a n', 'änn', 'ann!', 'a__b', ...lengths(30)]])(
    'handle %j',
    (value) => expect(checkHandle(value) === undefined).toBe(accepts(handle, value)),
  );

  test.each(['', '  ', 'Ann', ...lengths(limits.name.most)])('name %j', (value) =>
    expect(checkName(value) === undefined).toBe(accepts(name, value)),
  );

  test.each(['', ...lengths(limits.bio.most)])('bio %j', (value) =>
    expect(checkBio(value) === undefined).toBe(accepts(bio, value)),
  );

  test('and so are the lengths of texts without a rule of their own', () => {
    const texts = [
      [limits.caption.most, posts.routes.create.body.shape.caption],
      [limits.comment.most, posts.routes.comment.body.shape.text],
      [limits.prefix.most, search.query.shape.prefix],
    ] as const;
    for (const [most, schema] of texts) {
      expect(lengths(most).map((value) => accepts(schema, value))).toEqual([true, false]);
    }
  });
});

test('a message names what is wrong', () => {
  expect(checkHandle('an n')).toBe('A space cannot be part of a handle. Use a–z, 0–9, dot and underscore.');
  expect(checkNewPassword('short')).toContain('5 of at least 10');
});

test('a handle may be typed as others see it', () => {
  expect(plainHandle(' @Ann ')).toBe('ann');
});

test.each([
  ['Ann Lee', 'ann.lee'],
  ['  Zoë  Müller-Öz ', 'zoe.muller.oz'],
  ['Bo', ''],
  ['李', ''],
  ['x'.repeat(40), 'x'.repeat(30)],
])('for %j the handle %j is suggested', (name, handle) => {
  expect(suggestHandle(name)).toBe(handle);
});
