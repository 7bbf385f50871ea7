import { LRUCache } from 'lru-cache';
import { type Duration, toMilliseconds } from '../../model/index.ts';
import type { CacheCounts } from './caches.ts';
import { ClientError } from './client-error.ts';

/** What a source knew, or why it knew nothing. */
export type Finding<Value extends {}, Reason extends string> =
  | { readonly value: Value; readonly reason?: undefined }
  | { readonly value?: undefined; readonly reason: Reason };

/** A failed call as the metrics of the apps name it. */
export type CallReason = 'unreachable' | 'timeout' | 'status' | 'invalid';

/**
 * Remembers what a slow or unreliable source said: at most one question for a key is under way, and a failure is remembered too, so that an outage
 * does not cost every request the time-out of a call. A failure that any other key would meet as well, such as a time-out, holds for all keys that
 * are not known yet. Unless `lastKnownFor` says so, an answer past its time is not given again, even when the source fails: what is shown is then the
 * fallback, which the metrics count, and not old news that nobody notices.
 *
 * @param source answers for one key; a ClientError that it throws becomes a reason, everything else is a bug and passes through
 */
export function remember<Value extends {}, Reason extends string = never>(
  source: (key: string) => Promise<Finding<Value, Reason>>,
  options: {
    /** What counts how often a question was spared. */
    readonly counts: CacheCounts;
    /** How long an answer is given again. */
    readonly ttl: Duration;
    /** How long a failure is remembered. */
    readonly failureTtl: Duration;
    /** The most keys, or the most that they weigh together; past it the one that was asked for least recently is forgotten. */
    readonly max: number;
    /** What an answer counts towards `max`, from 1: for answers whose sizes are far apart. @default - each counts 1 */
    readonly weigh?: (value: Value) => number;
    /** How old an answer may be that is given again while the source fails. @default - none is */
    readonly lastKnownFor?: Duration;
  },
): (key: string) => Promise<Finding<Value, Reason | CallReason>> {
  type Found = Finding<Value, Reason | CallReason>;
  interface Entry {
    readonly found: Found;
    /** When the source is asked again, and when the answer is of no use any more. */
    readonly until: number;
    readonly lastUntil: number;
  }
  const { max, weigh, counts } = options;
  const ttl = toMilliseconds(options.ttl);
  const failureTtl = toMilliseconds(options.failureTtl);
  const lastKnownFor = options.lastKnownFor === undefined ? 0 : toMilliseconds(options.lastKnownFor);
  const known = new LRUCache<string, Entry>(
    weigh
      ? { maxSize: max, sizeCalculation: ({ found }) => (found.value === undefined ? 1 : weigh(found.value)) }
      : { max },
  );
  // Apart from the cache, which would give up a question whose key it has no room for.
  const underWay = new Map<string, Promise<Found>>();
  let outage: { readonly reason: CallReason; readonly until: number } | undefined;

  const lastKnown = (key: string): Entry | undefined => {
    const entry = known.get(key);
    return entry?.found.value !== undefined && performance.now() < entry.lastUntil ? entry : undefined;
  };

  const ask = async (key: string): Promise<Found> => {
    try {
      const found = await source(key);
      const now = performance.now();
      const freshFor = found.value === undefined ? failureTtl : ttl;
      known.set(key, { found, until: now + freshFor, lastUntil: now + lastKnownFor });
      return found;
    } catch (error) {
      const reason = callReason(error);
      const until = performance.now() + failureTtl;
      const entry = { found: { reason }, lastUntil: until, ...lastKnown(key), until };
      known.set(key, entry);
      if (failsForAll(error as ClientError)) outage = { reason, until };
      return entry.found;
    }
  };

  /** What is answered without a question. */
  const answer = (key: string): Found | Promise<Found> | undefined => {
    const entry = known.get(key);
    if (entry && performance.now() < entry.until) return entry.found;
    const asked = underWay.get(key);
    if (asked) return asked;
    if (outage && performance.now() < outage.until) return lastKnown(key)?.found ?? { reason: outage.reason };
    return undefined;
  };

  return async (key) => {
    const answered = answer(key);
    if (answered) {
      counts.hit();
      return answered;
    }
    counts.miss();
    const asking = ask(key).finally(() => underWay.delete(key));
    underWay.set(key, asking);
    return asking;
  };
}

/** These speak of the caller, or of how often it asks. All others below 500 speak of what was asked. */
const ofTheCaller = new Set([401, 403, 407, 408, 429]);

function failsForAll({ outcome, status = 0 }: ClientError): boolean {
  if (outcome === 'status') return status >= 500 || ofTheCaller.has(status);
  return outcome === 'network' || outcome === 'timeout';
}

/** Why a call failed. @throws what is no ClientError */
export function callReason(error: unknown): CallReason {
  if (!(error instanceof ClientError)) throw error;
  return error.outcome === 'network' ? 'unreachable' : error.outcome;
}
