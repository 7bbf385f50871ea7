import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, type FileHandle, mkdir, open, readdir, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Logger } from '../log.ts';
import { HttpError } from '../problem.ts';
import { Availability } from './availability.ts';
import type { ObjectBackend } from './object-backend.ts';
import { whole } from './object-content.ts';
import type { ListedObject, ObjectHead, ObjectPart } from './object-store.ts';

/** Every file ends in its media type, filled up with spaces to this many bytes: a second file could not change in the same instant. */
const trailerBytes = 256;
/** How many objects are listed at once. */
const pageSize = 100;

/** Objects as files of a folder, under their keys: for one machine, or a volume that all pods share. */
export class FileObjectStore implements ObjectBackend {
  readonly #objects: string;
  /** What is being written. On the same file system, so that it can be moved in one step. */
  readonly #partial: string;

  readonly #log: Logger;
  readonly #availability: Availability;

  private constructor(folder: string, log: Logger) {
    this.#log = log;
    this.#availability = new Availability('object store', folder, log);
    this.#objects = join(folder, 'objects');
    this.#partial = join(folder, 'partial');
  }

  /** Makes the folder if it is not there. */
  static async open(folder: string, log: Logger): Promise<FileObjectStore> {
    const store = new FileObjectStore(folder, log);
    await mkdir(store.#objects, { recursive: true });
    await mkdir(store.#partial, { recursive: true });
    return store;
  }

  async put(key: string, source: Readable, type: string): Promise<void> {
    const partial = join(this.#partial, randomUUID());
    await this.#do(
      'put',
      async () => {
        try {
          await this.#write(partial, source, type);
          await this.#publish(partial, key);
        } catch (error) {
          await rm(partial, { force: true }).catch(() => {});
          throw error;
        }
      },
      source,
    );
  }

  async get(key: string, range?: { start: number; end: number }): Promise<ObjectPart | undefined> {
    const file = await this.#do('get', () => this.#open(key));
    if (!file) return undefined;
    const { handle, bytes: size, type } = file;
    const start = range?.start ?? 0;
    const end = Math.min(range?.end ?? Infinity, size - 1);
    if (range && start >= size) {
      await handle.close();
      throw new HttpError(416, 'range-not-satisfiable', `The object has ${size} bytes, the range starts at ${start}`);
    }
    if (size === 0) {
      await handle.close();
      return { content: Readable.from([]), bytes: 0, type };
    }
    const bytes = end - start + 1;
    return { content: whole(handle.createReadStream({ start, end }), bytes, `the object ${key}`), bytes, type };
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    const file = await this.#do('head', () => this.#open(key));
    await file?.handle.close();
    return file && { bytes: file.bytes, type: file.type };
  }

  async delete(keys: readonly string[]): Promise<void> {
    await this.#do('delete', async () => {
      // Before and after: of a folder that goes or comes meanwhile nobody knows which keys were there.
      await access(this.#objects);
      for (const key of keys) {
        const path = join(this.#objects, key);
        // A folder is no object.
        await orNone(unlink(path), 'ENOENT', 'ENOTDIR', 'EISDIR');
        await this.#removeEmpty(dirname(path));
      }
      await access(this.#objects);
    });
  }

  async *pages(prefix: string): AsyncIterable<readonly ListedObject[]> {
    await this.#do('list', () => access(this.#objects));
    const found = this.#walk('', prefix)[Symbol.asyncIterator]();
    for (let more = true; more; ) {
      yield await this.#do('list', async () => {
        const page: ListedObject[] = [];
        while (more && page.length < pageSize) {
          const next = await found.next();
          if (next.done) more = false;
          else page.push(next.value);
        }
        return page;
      });
    }
  }

  async sweepUnfinished(olderThan: number, signal?: AbortSignal): Promise<number> {
    return this.#do('sweep', async () => {
      const writtenBefore = Date.now() - olderThan;
      let removed = 0;
      for (const name of await readdir(this.#partial)) {
        signal?.throwIfAborted();
        const path = join(this.#partial, name);
        // Another process may be sweeping too.
        const found = await orNone(stat(path), 'ENOENT');
        if (!found || found.mtimeMs > writtenBefore) continue;
        const isRemoved = await orNone(
          unlink(path).then(() => true),
          'ENOENT',
        );
        if (!isRemoved) continue;
        this.#log.info({ path }, 'half an object removed');
        removed++;
      }
      return removed;
    });
  }

  async check(): Promise<void> {
    await this.#do('check', async () => {
      for (const path of [this.#objects, this.#partial]) await access(path, constants.R_OK | constants.W_OK);
    });
  }

  async close(): Promise<void> {}

  async #write(path: string, source: Readable, type: string): Promise<void> {
    await using file = await open(path, 'wx');
    await file.writeFile(source);
    await file.writeFile(type.padEnd(trailerBytes));
    await file.sync();
  }

  /** Moves what is written to where readers look for it. */
  async #publish(partial: string, key: string): Promise<void> {
    const path = join(this.#objects, key);
    const folder = dirname(path);
    for (let tries = 1; ; tries++) {
      try {
        const made = await mkdir(folder, { recursive: true });
        await rename(partial, path);
        // The name is safe from a power cut when its folder is, and so for each folder that is new.
        const last = made ? dirname(made) : folder;
        for (let each = folder; ; each = dirname(each)) {
          await syncFolder(each);
          if (each === last) return;
        }
      } catch (error) {
        if (hasCode(error, 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENOTEMPTY')) throw folderOfAnother(key);
        // A delete may take the folder away as it was empty.
        if (!hasCode(error, 'ENOENT') || tries === 10) throw error;
      }
    }
  }

  /** @returns the object's file, which the caller has to close */
  async #open(key: string): Promise<(ObjectHead & { handle: FileHandle }) | undefined> {
    let handle: FileHandle | undefined;
    try {
      handle = await orNone(open(join(this.#objects, key), 'r'), 'ENOENT', 'ENOTDIR');
      if (!handle) {
        // Without its folder the store is away, which is no answer about the object.
        await access(this.#objects);
        return undefined;
      }
      const found = await handle.stat();
      if (found.isDirectory()) {
        await handle.close();
        return undefined;
      }
      const bytes = found.size - trailerBytes;
      if (bytes < 0) throw new Error('it is too short to be an object: somebody else wrote it');
      const { buffer } = await handle.read(Buffer.alloc(trailerBytes), 0, trailerBytes, bytes);
      return { handle, bytes, type: buffer.toString().trimEnd() };
    } catch (error) {
      await handle?.close();
      throw error;
    }
  }

  async #removeEmpty(folder: string): Promise<void> {
    for (let each = folder; each !== this.#objects; each = dirname(each)) {
      const removed = await orNone(
        rmdir(each).then(() => true),
        'ENOTEMPTY',
        'EEXIST',
        'ENOENT',
        'ENOTDIR',
      );
      if (!removed) return;
    }
  }

  /** @param folder its path in the store, with a slash at the end unless it is the root */
  async *#walk(folder: string, prefix: string): AsyncIterable<ListedObject> {
    const entries = await orNone(readdir(join(this.#objects, folder), { withFileTypes: true }), 'ENOENT');
    // With their slash folders sort to where the keys in them do.
    const names = (entries ?? []).map((entry) => folder + entry.name + (entry.isDirectory() ? '/' : ''));
    for (const name of names.sort()) {
      if (name.endsWith('/')) {
        if (name.startsWith(prefix) || prefix.startsWith(name)) yield* this.#walk(name, prefix);
      } else if (name.startsWith(prefix)) {
        const found = await orNone(stat(join(this.#objects, name)), 'ENOENT');
        if (found && found.size >= trailerBytes) {
          yield { key: name, bytes: found.size - trailerBytes, modified: found.mtime };
        }
      }
    }
  }

  /** Runs a command, and says what a failure of the file system means to callers. */
  async #do<T>(what: string, run: () => Promise<T>, source?: Readable): Promise<T> {
    try {
      const result = await run();
      this.#availability.well();
      return result;
    } catch (error) {
      // Content may come from files too.
      if (source?.errored) throw source.errored;
      if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
      throw this.#availability.away(String(error.code), what);
    }
  }
}

function folderOfAnother(key: string): Error {
  return new Error(
    `object store: the key is ${key}, which is the folder of another or has another as its folder; allowed: keys that are never both; fix: end keys of objects otherwise than folders, such as /original`,
  );
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, 'r');
  await folder.sync();
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** @returns undefined where it fails with one of these codes */
async function orNone<T>(result: Promise<T>, ...codes: string[]): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
}
