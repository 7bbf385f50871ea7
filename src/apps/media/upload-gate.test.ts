import { expect, test } from 'vitest';
import { UploadGate } from './upload-gate.ts';

const mebi = 1024 * 1024;

/** Uploads that are under way until they are ended. */
function build() {
  const gate = new UploadGate();
  const begin = async (account: string, bytes?: number) => {
    const end = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const ended = gate.run(account, bytes, async () => {
      begun.resolve();
      await end.promise;
    });
    await Promise.race([begun.promise, ended]);
    return async () => {
      end.resolve();
      await ended;
    };
  };
  return { gate, begin };
}
const overloaded = { statusCode: 503, code: 'overloaded', retryAfter: expect.any(Number) };
const tooMany = { statusCode: 429, code: 'too-many-uploads', retryAfter: expect.any(Number) };

test.each([
  ['of unknown length', undefined, 8],
  ['large', 200 * mebi, 8],
  ['of 5 MiB', 5 * mebi, 24],
  ['tiny', 1, 120],
])('as many uploads at once as there is memory for: %s', async (_, bytes, most) => {
  const { begin } = build();
  const ends = [];
  for (let at = 0; at < most; at++) ends.push(await begin(`account ${at}`, bytes));
  await expect(begin('another', bytes)).rejects.toMatchObject(overloaded);
  await ends[0]?.();
  await begin('another', bytes);
  await expect(begin('one more', bytes)).rejects.toMatchObject(overloaded);
});

test('of one account there are a few at once, and others are not held up by it', async () => {
  const { begin } = build();
  const ends = [];
  for (let at = 0; at < 4; at++) ends.push(await begin('ann', 1));
  await expect(begin('ann', 1)).rejects.toMatchObject(tooMany);
  await begin('bob', 1);
  await ends[0]?.();
  await begin('ann', 1);
  await expect(begin('ann', 1)).rejects.toMatchObject(tooMany);
});

test('one that fails leaves its place', async () => {
  const { gate, begin } = build();
  for (let at = 0; at < 100; at++) {
    await expect(gate.run('ann', undefined, () => Promise.reject(new Error('broke')))).rejects.toThrow('broke');
  }
  for (let at = 0; at < 4; at++) await begin('ann');
});
