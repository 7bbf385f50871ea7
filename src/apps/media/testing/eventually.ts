import { vi } from 'vitest';

/** Waits until a check no longer throws; long, as machines are busy where tests run. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 30_000, interval: 50 });
}
