import type { Count, KeyValue } from './key-value.ts';

/** What keeps the values of a KeyValue. Keys come with their prefix, and lifetimes in whole milliseconds from 1. */
export interface KeyValueBackend extends Pick<KeyValue, 'get' | 'membersOf'> {
  set(key: string, value: string, lifetime: number, onlyIfAbsent: boolean): Promise<boolean>;
  replace(key: string, expected: string, value: string, lifetime: number): Promise<boolean>;
  /** @param keys at least one */
  delete(keys: readonly string[]): Promise<number>;
  increment(key: string, lifetime: number): Promise<Count>;
  addTo(set: string, member: string, lifetime: number): Promise<void>;
  /** @param members at least one */
  removeFrom(set: string, members: readonly string[]): Promise<number>;
  /** Rejects when the store cannot answer. */
  check(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** A mistake in the calling code: a key is used for two kinds of value. It does not name the key, which may be a secret such as a session's. */
export function wrongKind(): Error {
  return new Error(
    'the key holds another kind of value; allowed: text for get and replace, a number for increment, a set for addTo, removeFrom and membersOf; fix: give each kind keys of its own',
  );
}
