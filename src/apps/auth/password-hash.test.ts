import { describe, expect, test } from 'vitest';
import { type HashCost, PasswordHash } from './password-hash.ts';

const cheap: HashCost = { memory: 64, passes: 1, parallelism: 1 };
/** Of the test vectors of Argon2's own implementation: the password "password" with the salt "somesalt". */
const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';

test('is what other implementations of argon2id write', async () => {
  const hash = PasswordHash.parse(known);
  expect(String(hash)).toBe(known);
  expect(await hash.matches('password')).toBe(true);
  expect(await hash.matches('Password')).toBe(false);
});

test('matches its password alone, after it was kept as text', async () => {
  const hash = PasswordHash.parse(String(await PasswordHash.of('open sesame', cheap)));
  expect(await hash.matches('open sesame')).toBe(true);
  for (const other of ['', 'open sesam', 'open sesame ', 'open sesame\0', 'Open sesame']) {
    expect(await hash.matches(other)).toBe(false);
  }
});

test('has a salt of its own, so that the same password twice cannot be seen', async () => {
  const [one, other] = await Promise.all([PasswordHash.of('same', cheap), PasswordHash.of('same', cheap)]);
  expect(String(one)).not.toBe(String(other));
});

test('matches whichever way a keyboard composes a letter', async () => {
  const hash = await PasswordHash.of('caf\u00e9 noir', cheap);
  expect(await hash.matches('cafe\u0301 noir')).toBe(true);
  expect(await hash.matches('cafe noir')).toBe(false);
});

test('knows whether it has another cost', async () => {
  const hash = await PasswordHash.of('x', cheap);
  expect(hash.hasCost(cheap)).toBe(true);
  expect(hash.hasCost({ ...cheap, memory: 128 })).toBe(false);
  expect(hash.hasCost({ ...cheap, passes: 2 })).toBe(false);
  expect(hash.hasCost({ ...cheap, parallelism: 2 })).toBe(false);
});

test('a decoy matches nothing', async () => {
  const decoy = PasswordHash.decoy(cheap);
  expect(await decoy.matches('')).toBe(false);
  expect(decoy.hasCost(cheap)).toBe(true);
});

describe('a text of another form is refused without being shown', () => {
  test.each([
    ['another algorithm', known.replace('argon2id', 'argon2i')],
    ['another version', known.replace('v=19', 'v=16')],
    ['no key', known.slice(0, known.lastIndexOf('$'))],
    ['a clear text', 'CTFhFdXPJO1a'],
    ['nothing', ''],
  ])('%s', (_, text) => {
    const parse = () => PasswordHash.parse(text);
    expect(parse).toThrow('another form than $argon2id$');
    expect(parse).not.toThrow('CTFhFdXPJO1a');
  });
});
