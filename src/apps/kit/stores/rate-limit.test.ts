import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { buildSample } from '../testing/build-sample.ts';
import { eventually } from '../testing/eventually.ts';
import { makeFilePlace, openTestKeyValue, places } from '../testing/key-value-places.ts';
import { startTestRedis } from '../testing/test-redis.ts';
import type { KeyValue } from './key-value.ts';
import { createRateLimit } from './rate-limit.ts';

const refused = { statusCode: 429, code: 'too-many-requests' };

describe.each(places)('in %s', (_, makePlace) => {
  test('so many pass over all instances, and each subject has its own count', async (context) => {
    await using place = await makePlace(context);
    await using one = openTestKeyValue(place.url);
    await using other = openTestKeyValue(place.url);
    const limits = [one, other].map((store) => createRateLimit(store, { name: 'login', limit: 10, per: '1m' }));
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, (_, at) => limits[at % 2]?.take('ada@example.com')),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toMatchObject(refused);
    await limits[0]?.take('bob@example.com');
    // Nor does another limit count along.
    await createRateLimit(one, { name: 'sign-up', limit: 1, per: '1m' }).take('ada@example.com');
  });

  test('the window ends by itself, although it was asked for all the time', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    const limit = createRateLimit(keyValue, { name: 'login', limit: 2, per: '300ms' });
    const start = performance.now();
    await limit.take('ada');
    await limit.take('ada');
    await expect(limit.take('ada')).rejects.toMatchObject({ ...refused, retryAfter: 1 });
    await eventually(() => limit.take('ada'), { interval: 20 });
    expect(performance.now() - start).toBeGreaterThan(250);
  });

  test('it says when the window ends, and can be reset', async (context) => {
    await using place = await makePlace(context);
    await using keyValue = openTestKeyValue(place.url);
    const limit = createRateLimit(keyValue, { name: 'login', limit: 1, per: '10s' });
    await limit.take('ada');
    await sleep(1_100);
    await expect(limit.take('ada')).rejects.toMatchObject({
      ...refused,
      message: 'At most 1 in 10 s; try again in 9 s',
      retryAfter: 9,
    });
    await limit.reset('bob');
    await expect(limit.take('ada')).rejects.toMatchObject(refused);
    await limit.reset('ada');
    await limit.take('ada');
    await expect(limit.take('ada')).rejects.toMatchObject(refused);
  });
});

test('the store does not see whom it is about', async () => {
  const increment = vi.fn<KeyValue['increment']>(async () => ({ count: 1, resetsIn: 1 }));
  const limit = createRateLimit({ increment } as Partial<KeyValue> as KeyValue, { name: 'login', limit: 1, per: '1m' });
  for (const subject of ['ada@example.com', 'bob@example.com', 'ada@example.com']) await limit.take(subject);
  const keys = increment.mock.calls.map(([key]) => key);
  for (const key of keys) expect(key).toMatch(/^rate-limit:login:[\w-]{43}$/);
  expect(keys[0]).toBe(keys[2]);
  expect(keys[0]).not.toBe(keys[1]);
});

test('without its store nobody passes', async (context) => {
  await using redis = await startTestRedis(context);
  await redis.stop();
  await using keyValue = openTestKeyValue(redis.limitedUrl, { connectTimeout: '100ms' });
  const limit = createRateLimit(keyValue, { name: 'login', limit: 1, per: '1m' });
  await expect(limit.take('ada')).rejects.toMatchObject({ statusCode: 503, code: 'store-unavailable' });
  await expect(limit.reset('ada')).rejects.toMatchObject({ statusCode: 503, code: 'store-unavailable' });
});

test('a request past the limit is told when to try again', async () => {
  await using place = await makeFilePlace();
  await using keyValue = openTestKeyValue(place.url);
  const limit = createRateLimit(keyValue, { name: 'things', limit: 1, per: '1m' });
  await using app = await buildSample({
    handlers: {
      getThing: async ({ params }) => {
        await limit.take('ada');
        return { id: params.id, name: 'thing', page: 1 };
      },
    },
  });
  expect((await app.server.inject('/things/1')).statusCode).toBe(200);
  const answer = await app.server.inject('/things/1');
  expect([answer.statusCode, answer.json().code]).toEqual([429, 'too-many-requests']);
  expect(answer.headers['retry-after']).toBe('60');
});

test.each([0, -1, 1.5, Number.NaN])('a limit of %d is refused', (limit) => {
  expect(() => createRateLimit({} as KeyValue, { name: 'login', limit, per: '1m' })).toThrow(
    `the limit of the rate limit login is ${limit}; allowed: whole numbers from 1; fix: write one`,
  );
});
