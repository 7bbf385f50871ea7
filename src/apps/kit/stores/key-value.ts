import type { Duration } from '../../../model/index.ts';

/** How long something is kept. */
export interface Kept {
  /** From now on; at least 1 ms. */
  readonly ttl: Duration;
}

/** What a counter says after it was raised. */
export interface Count {
  readonly count: number;
  /** When it starts at 0 again, in milliseconds from now. */
  readonly resetsIn: number;
}

/**
 * Small values that every instance of a service sees and that all end by themselves: sessions, locks, counters. A key holds one kind of value: text,
 * a count (which reads as text) or a set.
 *
 * Each method throws HttpError 503 `store-unavailable` when the store does not answer in time. What a write did then is not known. Only reads are sent
 * again on a new connection.
 */
export interface KeyValue {
  /** The text at a key, undefined when there is none or its time is over. */
  get(key: string): Promise<string | undefined>;

  /**
   * Puts a text at a key, whatever was there before.
   *
   * @param options.onlyIfAbsent leaves what is there. @default false
   * @returns whether it was put there
   */
  set(key: string, value: string, options: Kept & { readonly onlyIfAbsent?: boolean }): Promise<boolean>;

  /** Puts another text in the place of the expected one, in one step. @returns false if another is there, or none */
  replace(key: string, expected: string, value: string, options: Kept): Promise<boolean>;

  /** Removes texts, counts and sets. @returns how many of them there were; of several callers at once, one is told of each */
  delete(...keys: string[]): Promise<number>;

  /**
   * Adds 1 in one step, from 0 when there is none.
   *
   * @param options.ttl starts with the first; later ones do not change it
   */
  increment(key: string, options: Kept): Promise<Count>;

  /** Adds to a set, which is kept at least as long as the member that is kept longest. Members do not end one by one. */
  addTo(set: string, member: string, options: Kept): Promise<void>;

  /** Takes members out of a set. @returns how many of them were in it */
  removeFrom(set: string, ...members: string[]): Promise<number>;

  /** All members of a set in no order, none when there is no set. */
  membersOf(set: string): Promise<string[]>;
}

/** A key-value store that is connected to, or trying to be. */
export interface OpenKeyValue extends KeyValue {
  /** For `kit.ready.add`: rejects when the store cannot answer. */
  check(signal: AbortSignal): Promise<void>;
  /** Lets commands under way end. Later ones are refused. */
  close(): Promise<void>;
}
