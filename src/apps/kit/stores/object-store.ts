import type { Readable } from 'node:stream';

/** What is known of an object without reading it. */
export interface ObjectHead {
  readonly bytes: number;
  /** Its media type. */
  readonly type: string;
}

/** An object, or a part of one, to be read. */
export interface ObjectPart extends ObjectHead {
  /**
   * Breaks with an error if the store does not give all its bytes: it never ends early. Read it or destroy it; left alone it holds a connection for as
   * long as the store allows.
   */
  readonly content: Readable;
  /** How long the content is, which of a part is less than the object. */
  readonly bytes: number;
}

/** What a listing says of an object. */
export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  readonly modified: Date;
}

/**
 * Keeps objects by key: pictures, videos, documents. They are replaced as a whole, and two puts of one key leave one of the two, whole.
 *
 * A key is 1 to 1,024 characters of `a-z A-Z 0-9 . _ - /`, its parts between slashes are 1 to 200 long and none is `.` or `..`. A key is never the
 * folder of another, such as `a` beside `a/b`: some stores keep objects as files, and refuse it.
 *
 * Everything throws HttpError 503 `store-unavailable` while the store cannot be reached, and works again when it can; and an error that is no HttpError
 * for a key that is not valid or a store that refuses its user.
 */
export interface ObjectStore {
  /**
   * Keeps an object under a key, in place of what was there. Holds no more than a few parts of 5 MiB in memory.
   *
   * When the content breaks or the signal aborts it throws that error, and the store is as before: nothing of the content is kept, and what was under the
   * key stays. No reader ever sees half an object.
   *
   * @param content read to its end. Where the put fails it is destroyed, unless it is a request, which then can still be answered
   * @param options.type its media type, such as `image/webp`; at most 200 characters
   * @param options.signal gives the put up. @default - only the content's end or an error ends it
   */
  put(
    key: string,
    content: Readable,
    options: { readonly type: string; readonly signal?: AbortSignal },
  ): Promise<{ bytes: number }>;
  /**
   * @param range from byte `start` to byte `end`, both included; an end past the object's is its end. @default - all of it
   * @returns undefined if there is no such object
   * @throws HttpError 416 `range-not-satisfiable` if the object ends before `start`
   */
  get(key: string, range?: { readonly start: number; readonly end: number }): Promise<ObjectPart | undefined>;
  /** @returns undefined if there is no such object */
  head(key: string): Promise<ObjectHead | undefined>;
  /** Deletes objects. Those that are not there are fine. */
  delete(...keys: string[]): Promise<void>;
  /** The objects whose keys start with a prefix, in the order of their keys. @param prefix what a key may start with; empty for all */
  list(prefix: string): AsyncIterable<ListedObject>;
  /**
   * Removes what puts began and never ended, as those of a process that died: nobody can read it, and the store would keep it for ever. Any number of
   * replicas may do it at once. A put that goes on for longer than that fails.
   *
   * @param olderThanMs how long ago such a put began, or in a folder last wrote, at least, in milliseconds: more than any put takes
   * @param signal ends it between two of them. @default - it ends when all are gone
   * @returns how many were removed
   */
  sweepUnfinished(olderThanMs: number, signal?: AbortSignal): Promise<number>;
}

/** An object store and what only its opener may do with it. */
export interface OpenObjectStore extends ObjectStore {
  /** Throws if the store cannot be used. @param signal aborts when nobody waits any more */
  check(signal: AbortSignal): Promise<void>;
  /** Closes its connections. Nothing of it may be used afterwards. */
  close(): Promise<void>;
}
