import { vi } from 'vitest';

/**
 * Waits until a check no longer throws. Long, as machines are busy where tests run, and yet less than a test may take: what the check threw last says more than
 * that the time is over.
 *
 * @param options.interval how often it looks, in milliseconds: often at what passes soon. @default - 50
 * @param options.timeout in milliseconds, for a test that may take longer than the others. @default - 15 s
 */
export function eventually<T>(
  check: () => T | Promise<T>,
  { interval = 50, timeout = 15_000 }: { readonly interval?: number; readonly timeout?: number } = {},
): Promise<T> {
  return vi.waitFor(check, { interval, timeout });
}
