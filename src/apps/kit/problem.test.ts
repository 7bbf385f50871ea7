import { expect, test } from 'vitest';
import { HttpError } from './index.ts';
import { buildSample } from './testing/build-sample.ts';

test.each([
  ['that passes', { retryAfter: 2 }, 'The database is away; try again later', '2', 0],
  ['without an end in sight', {}, 'Something went wrong here; the traceId finds it in the logs', undefined, 1],
])('a 503 %s', async (_, options, detail, retryAfter, logged) => {
  await using app = await buildSample({
    handlers: {
      getThing: async () => {
        throw new HttpError(503, 'database-unavailable', 'The database is away; try again later', options);
      },
    },
  });
  const answer = await app.server.inject('/things/1');
  expect(answer.json()).toMatchObject({ status: 503, code: 'database-unavailable', detail });
  expect(answer.headers['retry-after']).toBe(retryAfter);
  expect(app.lines.of('request failed')).toHaveLength(logged);
});
