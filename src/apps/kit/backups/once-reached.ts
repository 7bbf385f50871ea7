import pRetry from 'p-retry';
import type { Logger } from '../log.ts';

/** How long a store may take to be reached, in milliseconds: the network policies of a cluster may let a pod through only a moment after it has started. */
const patience = 30_000;

/** @see onceReached */
export interface OnceReachedProps<T> {
  /** What is reached, for the log. */
  readonly what: string;
  readonly log: Logger;
  readonly reach: () => Promise<T>;
  /** Whether it was not reached. Anything else that fails is not tried again. */
  readonly isAway: (error: Error) => boolean;
}

/** Reaches for what a command needs, for half a minute: it runs in a pod that has just started, and where it is not tried again nobody would know why it failed. */
export function onceReached<T>({ what, log, reach, isAway }: OnceReachedProps<T>): Promise<T> {
  return pRetry(reach, {
    retries: Number.POSITIVE_INFINITY,
    maxRetryTime: patience,
    minTimeout: 250,
    maxTimeout: 2_000,
    shouldRetry: ({ error }) => isAway(error),
    onFailedAttempt: ({ error }) => {
      if (isAway(error)) log.warn({ reason: error.message }, `${what} not reached yet`);
    },
  });
}
