import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { testAlerts } from './promtool.ts';

beforeEach(() => void vi.stubEnv('PROMTOOL', '/nowhere/promtool'));
afterEach(() => void vi.unstubAllEnvs());

const skipped = new Error('skipped');
const context = {
  skip: vi.fn(() => {
    throw skipped;
  }),
};
const note =
  'no promtool: /nowhere/promtool; fix: install it, such as by apt-get install prometheus, or set PROMTOOL to one';

test('without promtool alerts are not tried out, and the test says so', async () => {
  vi.stubEnv('CI', '');
  await expect(testAlerts(context, { groups: [], tests: [] })).rejects.toBe(skipped);
  expect(context.skip).toHaveBeenCalledWith(note);
});

test('where CI is set it fails instead', async () => {
  vi.stubEnv('CI', 'true');
  await expect(testAlerts(context, { groups: [], tests: [] })).rejects.toThrow(note);
});
