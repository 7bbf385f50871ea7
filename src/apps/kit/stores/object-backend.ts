import type { Readable } from 'node:stream';
import type { ListedObject, ObjectHead, ObjectPart } from './object-store.ts';

/**
 * Where objects are kept. It gets arguments that are checked, and throws HttpError 503 `store-unavailable` where it cannot be reached.
 *
 * @see openObjectStore which makes an ObjectStore of it
 */
export interface ObjectBackend {
  /** Keeps what the source gives, once it has ended: no sooner is anything of it visible. Leaves nothing where the source breaks. */
  put(key: string, source: Readable, type: string): Promise<void>;
  /** @throws HttpError 416 `range-not-satisfiable` */
  get(key: string, range?: { readonly start: number; readonly end: number }): Promise<ObjectPart | undefined>;
  head(key: string): Promise<ObjectHead | undefined>;
  delete(keys: readonly string[]): Promise<void>;
  /** In the order of their keys, in pages; at least one, which may be empty. */
  pages(prefix: string): AsyncIterable<readonly ListedObject[]>;
  /** @see ObjectStore.sweepUnfinished */
  sweepUnfinished(olderThanMs: number, signal?: AbortSignal): Promise<number>;
  check(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
