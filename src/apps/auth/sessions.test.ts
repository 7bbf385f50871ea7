import { expect, test } from 'vitest';
import { makeFilePlace, openTestKeyValue } from '../kit/testing/key-value-places.ts';
import { Sessions } from './sessions.ts';

const ada = { id: 'ada', passwordVersion: 1 };

test('an account has 100 sessions at most: past them the oldest end', async () => {
  await using place = await makeFilePlace();
  await using keyValue = openTestKeyValue(place.url);
  const sessions = new Sessions({ keyValue, ttl: '1h' });
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
  const sessions = new Sessions({ keyValue, ttl: '1h' });
  const id = sessions.newId();
  const [, secret = ''] = (await sessions.start(id, ada)).split('.');
  const stored = await keyValue.get(`session:${id}`);
  expect(stored).toContain('"account":"ada"');
  expect(secret).toHaveLength(43);
  expect(stored).not.toContain(secret);
});

test('a session that ended while it was refreshed stays ended', async () => {
  await using place = await makeFilePlace();
  await using keyValue = openTestKeyValue(place.url);
  const sessions = new Sessions({ keyValue, ttl: '1h' });
  const token = await sessions.start(sessions.newId(), ada);
  const found = await sessions.findByToken(token);
  if (!found) throw new Error('no session');
  await sessions.endAll('ada');
  expect(await sessions.rotate(found)).toBeUndefined();
  expect(await sessions.findByToken(token)).toBeUndefined();
  expect(await sessions.of('ada')).toEqual([]);
});
