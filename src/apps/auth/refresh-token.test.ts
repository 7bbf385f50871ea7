import { expect, test } from 'vitest';
import { RefreshTokens, sessionOfToken } from './refresh-token.ts';

const session = 'A'.repeat(22);
const key = RefreshTokens.newKey();
const tokens = new RefreshTokens(session, key);

test('each token names its session, and is no other', () => {
  const all = [tokens.first(), tokens.first()].flatMap((token) => [token, tokens.after(token)]);
  for (const token of all) expect(sessionOfToken(token)).toBe(session);
  expect(new Set(all).size).toBe(4);
});

test('the same token is followed by the same, of the same session and key alone', () => {
  const first = tokens.first();
  expect(new RefreshTokens(session, key).after(first)).toBe(tokens.after(first));
  expect(new RefreshTokens(session, RefreshTokens.newKey()).after(first)).not.toBe(tokens.after(first));
});

test.each<[what: string, make: (token: string) => string, isGenuine: boolean]>([
  ['the first', (token) => token, true],
  ['the next', (token) => tokens.after(token), true],
  ['one that follows from no token of ours', (token) => tokens.after(`${token}x`), true],
  ['one of another key', () => new RefreshTokens(session, RefreshTokens.newKey()).first(), false],
  [
    'one of another session',
    () => new RefreshTokens('B'.repeat(22), key).first().replace('B'.repeat(22), session),
    false,
  ],
  ['one with another nonce', (token) => token.replace(/\.(.)/, (_, first) => `.${first === 'A' ? 'B' : 'A'}`), false],
  [
    'one with another mark',
    (token) => token.replace(/.(..)$/, (all, rest) => `${all[0] === 'A' ? 'B' : 'A'}${rest}`),
    false,
  ],
  ['one without a mark', (token) => token.slice(0, 45), false],
  ['no token', () => '', false],
])('tells whether it was given out: %s', (_what, make, isGenuine) => {
  expect(tokens.isGenuine(make(tokens.first()))).toBe(isGenuine);
});
