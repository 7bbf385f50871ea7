import { expect, test } from 'vitest';
import { eachAlone, HttpError } from './index.ts';

const { signal } = new AbortController();

test('what fails for one is done for all others, and told at the end', async () => {
  const done: number[] = [];
  const late = new HttpError(503, 'database-timeout', 'too late');
  const all = eachAlone([1, 2, 3, 4], signal, async (each) => {
    if (each % 2) throw late;
    done.push(each);
  });
  await expect(all).rejects.toMatchObject({ message: expect.stringContaining('2 of 4 failed'), cause: late });
  expect(done).toEqual([2, 4]);
});

test.each(['database-unavailable', 'store-unavailable'])('with %s the others are not tried', async (code) => {
  const tried: number[] = [];
  const away = new HttpError(503, code, 'away');
  const all = eachAlone([1, 2], signal, async (each) => {
    tried.push(each);
    throw away;
  });
  await expect(all).rejects.toBe(away);
  expect(tried).toEqual([1]);
});

test('a service that ends begins no other, of a list that comes in pages either', async () => {
  const end = new AbortController();
  const done: number[] = [];
  async function* endless() {
    for (let at = 1; ; at++) yield at;
  }
  await eachAlone(endless(), end.signal, async (each) => {
    done.push(each);
    if (each === 3) end.abort();
  });
  expect(done).toEqual([1, 2, 3]);
});
