import { expect, test } from 'vitest';
import { freePort } from './free-port.ts';
import { stubServer } from './stub-server.ts';

test('gives no port twice in a row, none that is taken, and none that systems give to anybody', async () => {
  const port = await freePort();
  // The next of its part, unless that part begins anew.
  await using taken = await stubServer(() => {}, port + 1).catch(() => undefined);
  const more = [await freePort(), await freePort()];
  expect(new Set([port, ...more]).size).toBe(3);
  expect(more).not.toContain(taken && Number(new URL(taken.url).port));
  for (const each of [port, ...more]) expect(each).toBeLessThan(32_768);
});
