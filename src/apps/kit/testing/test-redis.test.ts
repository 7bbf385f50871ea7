import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startTestRedis } from './test-redis.ts';

const note = 'no redis-server on PATH; fix: install Redis, such as by apt-get install redis-server';

/** Ends the test, as that of vitest does. */
const context = {
  skip: (said?: string): never => {
    throw new Error(`skipped: ${said}`);
  },
};

beforeEach(() => {
  vi.stubEnv('PATH', '/nowhere');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test('without a redis-server a test is skipped with the reason', async () => {
  vi.stubEnv('CI', '');
  await expect(startTestRedis(context)).rejects.toThrow(`skipped: ${note}`);
});

test('where CI is set it fails instead', async () => {
  vi.stubEnv('CI', 'true');
  const failed = startTestRedis(context);
  await expect(failed).rejects.toThrow(note);
  await expect(failed).rejects.not.toThrow('skipped');
});
