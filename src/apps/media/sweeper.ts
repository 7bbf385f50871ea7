import { randomInt } from 'node:crypto';
import { eachAlone, type Logger, type ObjectStore } from '../kit/index.ts';
import { type FileTable, type KeptObject, keysOf } from './store.ts';

/** How many files are removed at once: a store deletes the objects of so many with one command. */
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
  readonly objects: Pick<ObjectStore, 'delete' | 'list' | 'sweepUnfinished'>;
  /** After how many milliseconds an upload has not ended. */
  readonly halfUploadTtl: number;
  /** After how many milliseconds a file is seen to again that could not be removed. */
  readonly patience: number;
  readonly log: Logger;
  /** Is told of each deleted account of which no file is left now. */
  readonly onAccountRemoved: () => void;
}

/** Removes what nobody needs any more. Any number of replicas may do it at once. */
export class Sweeper {
  readonly #props: SweeperProps;
  // Replicas start anywhere, so that together they are sooner through.
  #share = randomInt(shares);

  constructor(props: SweeperProps) {
    this.#props = props;
  }

  /** Deletes what deleted accounts may still have, and notes those of which nothing is left. */
  async sweepAccounts(signal: AbortSignal): Promise<void> {
    const { files, onAccountRemoved } = this.#props;
    await eachAlone(files.leftAccounts(), signal, async (account) => {
      while (!signal.aborted && (await files.removeSomeOf(account)) > 0) {
        // The next ones.
      }
      if (await files.markRemoved(account)) onAccountRemoved();
    });
  }

  /** Removes the files that were deleted and the uploads that never ended. */
  async sweepFiles(signal: AbortSignal): Promise<void> {
    await eachAlone(this.#claims(), signal, (ids) => this.#remove(ids, signal));
  }

  /** Removes parts of objects that their upload never completed, as the process died. */
  async sweepUnfinished(signal: AbortSignal): Promise<void> {
    const { objects, halfUploadTtl } = this.#props;
    // Twice the time, so that their uploads were given up before, and none of them becomes a file.
    await objects.sweepUnfinished(2 * halfUploadTtl, signal);
  }

  async *#claims(): AsyncGenerator<string[]> {
    const { files, halfUploadTtl, patience } = this.#props;
    let ids: string[];
    do {
      ids = await files.claimUnneeded(halfUploadTtl, patience, filesAtOnce);
      if (ids.length > 0) yield ids;
    } while (ids.length === filesAtOnce);
  }

  /** Removes the objects of files, and forgets those of which all are gone. */
  async #remove(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const { files, objects, log } = this.#props;
    const gone: string[] = [];
    const remove = async (some: readonly string[]) => {
      await objects.delete(...some.flatMap(keysOf));
      gone.push(...some);
    };
    try {
      // One that the store does not delete keeps no other.
      await remove(ids).catch(() => eachAlone(ids, signal, (id) => remove([id])));
    } finally {
      const swept = gone.length > 0 ? await files.forget(...gone) : 0;
      if (swept > 0) log.info({ files: swept }, 'files removed');
    }
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
    let found: KeptObject[] = [];
    for await (const { key, modified } of objects.list(prefix)) {
      if (signal.aborted) return;
      const file = fileOf(key);
      if (file && modified.getTime() < old) found.push({ key, file, modified });
      if (found.length < objectsAtOnce) continue;
      await this.#removeStrays(found);
      found = [];
    }
    await this.#removeStrays(found);
  }

  async #removeStrays(found: readonly KeptObject[]): Promise<void> {
    const { files, objects, log } = this.#props;
    if (found.length === 0) return;
    const strays = await files.strays(found);
    if (strays.length === 0) return;
    await objects.delete(...strays);
    log.info({ objects: strays.length }, 'objects of no file removed');
  }
}

/** The id of the file that an object belongs to. @returns undefined if it is no object of ours: of that nothing is known, and it stays */
function fileOf(key: string): string | undefined {
  const id = /^[a-z]+\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/.exec(key)?.[1];
  return id && keysOf(id).includes(key) ? id : undefined;
}
