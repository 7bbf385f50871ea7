import { expect, test } from 'vitest';
import { PasswordHash } from './password-hash.ts';
import { hashCost, Passwords } from './passwords.ts';

test('hashes with the cost of today, and finds a hash of another cost outdated', async () => {
  const passwords = new Passwords({ longestWait: 10_000 });
  const stored = await passwords.hash('open sesame');
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.check('open sesame', stored)).toEqual({ matches: true, isOutdated: false });
  expect(await passwords.check('open', stored)).toEqual({ matches: false, isOutdated: false });
  const raised = new Passwords({ longestWait: 10_000, cost: { ...hashCost, passes: 3 } });
  expect(await raised.check('open sesame', stored)).toEqual({ matches: true, isOutdated: true });
  expect(await raised.check('open', stored)).toEqual({ matches: false, isOutdated: true });
});

test('nothing matches where there is no account', async () => {
  const passwords = new Passwords({ longestWait: 10_000 });
  expect(await passwords.check('open sesame', undefined)).toMatchObject({ matches: false });
});

test('sheds passwords when too many wait', async () => {
  const passwords = new Passwords({ longestWait: 100 });
  const stored = String(await PasswordHash.of('x', { ...hashCost, memory: 8 * hashCost.memory }));
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => passwords.check('x', stored)));
  const shed = outcomes.filter((each) => each.status === 'rejected').map(({ reason }) => reason);
  expect(shed.length).toBeGreaterThan(10);
  for (const reason of shed) expect(reason).toMatchObject({ statusCode: 503, code: 'overloaded' });
  expect(outcomes.filter((each) => each.status === 'fulfilled' && each.value.matches).length).toBe(20 - shed.length);
  expect(shed.length).toBeLessThan(20);
});
