import { describe, expect, test } from 'vitest';
import { HttpError, type KeyValue } from '../kit/index.ts';
import { makeFilePlace, openTestKeyValue } from '../kit/testing/key-value-places.ts';
import { Sessions } from './sessions.ts';

const ada = { id: 'ada', passwordVersion: 1 };

test('an account has 100 sessions at most: past them the oldest end', async () => {
  await using place = await makeFilePlace();
  await using keyValue = openTestKeyValue(place.url);
  const sessions = new Sessions({ keyValue, ttl: '1h', grace: '30s' });
  const ids = Array.from({ length: 103 }, () => sessions.newId());
  for (const id of ids) {
    await sessions.start(id, ada, 'browser');
    // The time is their order.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect((await sessions.of('ada')).map(({ id }) => id)).toEqual(ids.slice(3).toReversed());
  for (const id of ids.slice(0, 3)) expect(await sessions.find(id)).toBeUndefined();
});

test('the store never sees a refresh token', async () => {
  await using place = await makeFilePlace();
  await using keyValue = openTestKeyValue(place.url);
  const sessions = new Sessions({ keyValue, ttl: '1h', grace: '30s' });
  const id = sessions.newId();
  const [, secret = ''] = (await sessions.start(id, ada)).split('.');
  const stored = await keyValue.get(`session:${id}`);
  expect(stored).toContain('"account":"ada"');
  expect(secret).toHaveLength(43);
  expect(stored).not.toContain(secret);
});

/** A store of which the answer to each replacement is lost, and to the reads that follow, so often. */
function losing(keyValue: KeyValue, { isDone, reads }: { isDone: boolean; reads: number }): KeyValue {
  const lost = () => new HttpError(503, 'store-unavailable', 'away', { retryAfter: 2 });
  let left = 0;
  return {
    ...keyValue,
    replace: async (...given) => {
      if (isDone) await keyValue.replace(...given);
      left = reads;
      throw lost();
    },
    get: async (key) => {
      if (left-- > 0) throw lost();
      return keyValue.get(key);
    },
  };
}

describe('a refresh whose answer was lost', () => {
  test.each<[what: string, loss: { isDone: boolean; reads: number }, isTold: boolean]>([
    ['succeeds if it took place', { isDone: true, reads: 0 }, true],
    ['succeeds if it took place and the store is back soon', { isDone: true, reads: 2 }, true],
    ['fails if it did not take place', { isDone: false, reads: 0 }, false],
    ['fails if the store stays away', { isDone: false, reads: 100 }, false],
  ])('%s', async (_what, loss, isTold) => {
    await using place = await makeFilePlace();
    await using keyValue = openTestKeyValue(place.url);
    const sessions = new Sessions({ keyValue, ttl: '1h', grace: '30s' });
    const first = await sessions.start(sessions.newId(), ada);
    const found = await sessions.findByToken(first);
    if (!found) throw new Error('no session');
    const rotating = new Sessions({ keyValue: losing(keyValue, loss), ttl: '1h', grace: '30s' }).next(found, first);
    if (!isTold) await expect(rotating).rejects.toMatchObject({ statusCode: 503, code: 'store-unavailable' });
    const current = isTold ? await rotating : first;
    const after = await sessions.findByToken(first);
    expect(after && sessions.standingOf(after, current ?? '')).toBe('current');
  });

  test('gives what another gave that was faster', async () => {
    await using place = await makeFilePlace();
    await using keyValue = openTestKeyValue(place.url);
    const sessions = new Sessions({ keyValue, ttl: '1h', grace: '30s' });
    const first = await sessions.start(sessions.newId(), ada);
    const found = await sessions.findByToken(first);
    if (!found) throw new Error('no session');
    const next = await sessions.next(found, first);
    expect(next).toBeDefined();
    const late = new Sessions({ keyValue: losing(keyValue, { isDone: true, reads: 0 }), ttl: '1h', grace: '30s' });
    expect(await late.next(found, first)).toBe(next);
  });

  test('gives nothing where another went on from it', async () => {
    await using place = await makeFilePlace();
    await using keyValue = openTestKeyValue(place.url);
    const sessions = new Sessions({ keyValue, ttl: '1h', grace: '30s' });
    const first = await sessions.start(sessions.newId(), ada);
    const found = await sessions.findByToken(first);
    if (!found) throw new Error('no session');
    const second = (await sessions.next(found, first)) ?? '';
    const later = await sessions.findByToken(second);
    expect(later && (await sessions.next(later, second))).toBeDefined();
    expect(await sessions.next(found, first)).toBeUndefined();
  });
});

test('a session that ended while it was refreshed stays ended', async () => {
  await using place = await makeFilePlace();
  await using keyValue = openTestKeyValue(place.url);
  const sessions = new Sessions({ keyValue, ttl: '1h', grace: '30s' });
  const token = await sessions.start(sessions.newId(), ada);
  const found = await sessions.findByToken(token);
  if (!found) throw new Error('no session');
  await sessions.endAll('ada');
  expect(await sessions.next(found, token)).toBeUndefined();
  expect(await sessions.findByToken(token)).toBeUndefined();
  expect(await sessions.of('ada')).toEqual([]);
});
