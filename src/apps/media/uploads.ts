import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { HttpError, type Logger, type ObjectStore } from '../kit/index.ts';
import { type IncomingFile, receiveFile } from './incoming-file.ts';
import type { createPictureReader } from './pictures.ts';
import {
  type Facts,
  type FileTable,
  type Item,
  keysOf,
  originalKey,
  type PictureFacts,
  thumbnailKey,
  thumbnailWidths,
} from './store.ts';

/** @see Uploads */
export interface UploadsProps {
  readonly files: FileTable;
  readonly objects: ObjectStore;
  readonly readPicture: ReturnType<typeof createPictureReader>;
  readonly log: Logger;
}

/** One upload. */
export interface Upload {
  /** The account that it will belong to. */
  readonly owner: string;
  readonly body: Readable;
  /** Whether somebody still waits for the answer: a file whose id nobody heard of is of no use. */
  isAwaited(): boolean;
}

/** An upload that has a row. */
interface Storing extends Pick<Upload, 'owner' | 'isAwaited'> {
  readonly id: string;
  readonly file: IncomingFile;
}

/**
 * Keeps files. First there is a row, then the objects, and only then is the file ready: whenever the process dies, a sweeper finds what is left over. An
 * upload that fails leaves nothing.
 */
export class Uploads {
  readonly #props: UploadsProps;

  constructor(props: UploadsProps) {
    this.#props = props;
  }

  /** @throws HttpError 401 `account-deleted`, 413, 415 or 422; 503 `upload-given-up` if a sweeper came first */
  async keep({ owner, body, isAwaited }: Upload): Promise<{ item: Item; kind: IncomingFile['kind'] }> {
    const { files } = this.#props;
    const file = await receiveFile(body);
    const id = randomUUID();
    try {
      if (!(await files.begin(id, owner, file.type))) throw accountDeleted();
      const facts = await this.#store({ id, owner, file, isAwaited });
      checkAwaited(isAwaited);
      const item = await files.finish(id, owner, facts);
      if (!item) throw await this.#whyGone(owner);
      return { item, kind: file.kind };
    } catch (error) {
      file.content.destroy();
      await this.#giveUp(id);
      throw error;
    }
  }

  async #store(upload: Storing): Promise<Facts> {
    const { id, file } = upload;
    const { bytes } = await this.#props.objects.put(originalKey(id), file.content, { type: file.type });
    const facts = { bytes, sha256: file.sha256() };
    return file.kind === 'image' ? { ...facts, picture: await this.#storeThumbnails(upload) } : facts;
  }

  async #storeThumbnails({ id, owner, isAwaited }: Storing): Promise<PictureFacts> {
    const { objects, readPicture } = this.#props;
    const { width, height, thumbnails } = await readPicture(async () => {
      checkAwaited(isAwaited);
      const original = await objects.get(originalKey(id));
      if (!original) throw await this.#whyGone(owner);
      // Sharp has the whole of what it reads in memory, whichever way it is given.
      return buffer(original.content);
    });
    for (const each of thumbnailWidths) {
      await objects.put(thumbnailKey(id, each), Readable.from([thumbnails[each]]), { type: 'image/webp' });
    }
    return { width, height, thumbnailBytes: { 320: thumbnails[320].length, 1080: thumbnails[1080].length } };
  }

  async #whyGone(owner: string): Promise<HttpError> {
    if (await this.#props.files.isDeletedAccount(owner)) return accountDeleted();
    const detail = 'The upload took so long that it was given up; try again';
    return new HttpError(503, 'upload-given-up', detail, { retryAfter: 2 });
  }

  /** Removes what there is of an upload; the row last, by which a sweeper finds what could not be removed now. */
  async #giveUp(id: string): Promise<void> {
    const { files, objects, log } = this.#props;
    try {
      await objects.delete(...keysOf(id));
      await files.forget(id);
    } catch (err) {
      log.warn({ file: id, err }, 'half an upload is left; it is removed later');
    }
  }
}

function checkAwaited(isAwaited: () => boolean): void {
  if (!isAwaited()) throw new HttpError(400, 'body-broken', 'Nobody waits for the answer any more');
}

function accountDeleted(): HttpError {
  return new HttpError(401, 'account-deleted', 'This account was deleted');
}
