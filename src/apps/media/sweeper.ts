import { randomInt } from 'node:crypto';
import type { Logger, ObjectStore } from '../kit/index.ts';
import { type FileTable, keysOf } from './store.ts';

/** How many files one transaction removes: so few that their objects are gone long before the transaction is cut. */
const filesAtOnce = 100;
/** How many objects are looked up at once. */
const objectsAtOnce = 1_000;
/** How many runs it takes to see all objects: each looks at those whose ids start with the same two digits. */
const shares = 256;
/** The folders of the object store, as the keys of any file tell. */
const folders = keysOf('').map((key) => key.slice(0, key.indexOf('/') + 1));

/** @see Sweeper */
export interface SweeperProps {
  readonly files: FileTable;
  readonly objects: ObjectStore;
  /** After how many milliseconds an upload has not ended. */
  readonly halfUploadTtl: number;
  readonly log: Logger;
}

/** Removes what nobody needs any more. Any number of replicas may do it at once. */
export class Sweeper {
  readonly #props: SweeperProps;
  // Replicas start anywhere, so that together they are sooner through.
  #share = randomInt(shares);

  constructor(props: SweeperProps) {
    this.#props = props;
  }

  /** Removes the files that were deleted and the uploads that never ended. */
  async sweepFiles(signal: AbortSignal): Promise<void> {
    const { files, objects, halfUploadTtl, log } = this.#props;
    let swept = 0;
    do {
      swept = await files.sweep(halfUploadTtl, filesAtOnce, (ids) => objects.delete(...ids.flatMap(keysOf)));
      if (swept > 0) log.info({ files: swept }, 'files removed');
    } while (swept === filesAtOnce && !signal.aborted);
  }

  /** Removes objects of no file: of a process that died between the row and the object, or of an upload that went on after it was given up. */
  async sweepStrays(signal: AbortSignal): Promise<void> {
    this.#share = (this.#share + 1) % shares;
    const start = this.#share.toString(16).padStart(2, '0');
    for (const folder of new Set(folders)) await this.sweepStraysOf(folder + start, signal);
  }

  /** @param prefix what the keys start with */
  async sweepStraysOf(prefix: string, signal: AbortSignal): Promise<void> {
    const { objects, halfUploadTtl } = this.#props;
    const old = Date.now() - halfUploadTtl;
    let keys: string[] = [];
    for await (const { key, modified } of objects.list(prefix)) {
      if (signal.aborted) return;
      if (modified.getTime() < old) keys.push(key);
      if (keys.length < objectsAtOnce) continue;
      await this.#removeStrays(keys);
      keys = [];
    }
    await this.#removeStrays(keys);
  }

  async #removeStrays(keys: readonly string[]): Promise<void> {
    const { files, objects, log } = this.#props;
    // Of what is no object of ours nothing is known, and it stays.
    const ours = keys.flatMap((key) => {
      const id = /^[a-z]+\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/.exec(key)?.[1];
      return id && keysOf(id).includes(key) ? [{ key, id }] : [];
    });
    if (ours.length === 0) return;
    const known = await files.known([...new Set(ours.map(({ id }) => id))]);
    const strays = ours.flatMap(({ key, id }) => (known.has(id) ? [] : [key]));
    if (strays.length === 0) return;
    await objects.delete(...strays);
    log.info({ objects: strays.length }, 'objects of no file removed');
  }
}
