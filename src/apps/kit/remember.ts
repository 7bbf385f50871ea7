import { LRUCache } from 'lru-cache';
import { type Duration, toMilliseconds } from '../../model/index.ts';
import { ClientError } from './client-error.ts';

/** What a source knew, or why it knew nothing. */
export type Finding<Value extends {}, Reason extends string> =
  | { readonly value: Value; readonly reason?: undefined }
  | { readonly value?: undefined; readonly reason: Reason };

/** A failed call as the metrics of the apps name it. */
export type CallReason = 'unreachable' | 'timeout' | 'status' | 'invalid';

/**
 * Remembers what a slow or unreliable source said: at most one question for a key is under way, and a failure is remembered too, so that an outage
 * does not cost every request the time-out of a call. An answer past its time is not given again, even when the source fails: what is shown is then
 * the fallback, which the metrics count, and not old news that nobody notices.
 *
 * @param source answers for one key; a ClientError that it throws becomes a reason, everything else is a bug and passes through
 */
export function remember<Value extends {}, Reason extends string = never>(
  source: (key: string) => Promise<Finding<Value, Reason>>,
  options: {
    /** How long an answer is given again. */
    readonly ttl: Duration;
    /** How long a failure is remembered. */
    readonly failureTtl: Duration;
    /** The most keys; past it the one that was asked for least recently is forgotten. */
    readonly max: number;
  },
): (key: string) => Promise<Finding<Value, Reason | CallReason>> {
  const failureTtl = toMilliseconds(options.failureTtl);
  const cache = new LRUCache<string, Finding<Value, Reason | CallReason>>({
    max: options.max,
    ttl: toMilliseconds(options.ttl),
    fetchMethod: async (key, _stale, { options: entry }) => {
      const found: Finding<Value, Reason | CallReason> = await source(key).catch((error: unknown) => ({
        reason: callReason(error),
      }));
      if (found.value === undefined) entry.ttl = failureTtl;
      return found;
    },
  });
  return (key) => cache.forceFetch(key);
}

/** Why a call failed. @throws what is no ClientError */
export function callReason(error: unknown): CallReason {
  if (!(error instanceof ClientError)) throw error;
  return error.outcome === 'network' ? 'unreachable' : error.outcome;
}
