import { createHash } from 'node:crypto';
import { type Duration, toSeconds } from '../../../model/index.ts';
import { HttpError } from '../problem.ts';
import type { KeyValue } from './key-value.ts';

/** How often one subject may do something, counted for all instances of a service. */
export interface RateLimit {
  /**
   * Counts once for a subject.
   *
   * @param subject who or what is limited, such as an address or an e-mail address. The store sees only its hash.
   * @throws HttpError 429 `too-many-requests` with `retryAfter` past the limit
   * @throws HttpError 503 `store-unavailable` if the store is away: a log-in without a limit is worse than none
   */
  take(subject: string): Promise<void>;
  /** Forgets what was counted for a subject, such as after a log-in that succeeded. */
  reset(subject: string): Promise<void>;
}

/**
 * Makes a limit in windows of fixed length, each from a subject's first time on. Around the end of a window up to twice the limit can pass, and what
 * is refused counts too, but does not make the window longer.
 *
 * @throws Error if the limit is no whole number from 1
 */
export function createRateLimit(
  keyValue: KeyValue,
  { name, limit, per }: { readonly name: string; readonly limit: number; readonly per: Duration },
): RateLimit {
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new Error(`the limit of the rate limit ${name} is ${limit}; allowed: whole numbers from 1; fix: write one`);
  }
  const keyOf = (subject: string) => `rate-limit:${name}:${createHash('sha256').update(subject).digest('base64url')}`;
  return {
    async take(subject) {
      const { count, resetsIn } = await keyValue.increment(keyOf(subject), { ttl: per });
      if (count <= limit) return;
      const retryAfter = Math.max(1, Math.ceil(resetsIn / 1_000));
      const detail = `At most ${limit} in ${toSeconds(per)} s; try again in ${retryAfter} s`;
      throw new HttpError(429, 'too-many-requests', detail, { retryAfter });
    },
    async reset(subject) {
      await keyValue.delete(keyOf(subject));
    },
  };
}
