import { createStore, type Store } from './store.ts';

/** A file that is chosen for a post. */
export interface Upload {
  readonly key: number;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly kind: 'picture' | 'video';
  /** Where this browser finds the file itself. */
  readonly preview: string;
  readonly status: 'waiting' | 'sending' | 'sent' | 'failed';
  /** How much of it was sent: 0 to 1. */
  readonly progress: number;
  /** Why it was not sent. */
  readonly error?: unknown;
  /** What the server calls it. */
  readonly media?: { readonly id: string; readonly type: string };
}

/** What an upload needs of a `File`. */
export interface ChosenFile {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

export interface UploadQueueProps<F extends ChosenFile> {
  /** Sends a file. It ends with an error after `signal`. */
  readonly send: (
    file: F,
    options: { readonly onProgress: (part: number) => void; readonly signal: AbortSignal },
  ) => Promise<{ id: string; type: string }>;
  /** Deletes what was sent and is not wanted any more. */
  readonly discard: (id: string) => void;
  /** Makes and gives up the address by which this browser shows a file. */
  readonly preview: { readonly open: (file: F) => string; readonly close: (address: string) => void };
}

/** So many are under way at the same time: more would only each be slower. */
const atOnce = 2;

/** The files of a post that is being written: each is sent as soon as it is chosen. */
export class UploadQueue<F extends ChosenFile> {
  readonly uploads: Store<readonly Upload[]> = createStore<readonly Upload[]>([]);
  readonly #props: UploadQueueProps<F>;
  readonly #files = new Map<number, { readonly file: F; abort: AbortController }>();
  #last = 0;
  #isHeld = false;

  constructor(props: UploadQueueProps<F>) {
    this.#props = props;
  }

  /** Whether all files are there and none is missing: so the post can be made. */
  get isComplete(): boolean {
    const uploads = this.uploads.get();
    return uploads.length > 0 && uploads.every(({ status }) => status === 'sent');
  }

  /** The ids of what was sent, in the order of the post. */
  get mediaIds(): string[] {
    return this.uploads.get().flatMap(({ media }) => (media ? [media.id] : []));
  }

  /** Lets nobody add, move or take out a file until `release`: the post is being made of them. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
  }

  /** Takes files that `sortFiles` let through. */
  add(files: readonly F[]): void {
    if (this.#isHeld) return;
    const added = files.map((file): Upload => {
      this.#last += 1;
      this.#files.set(this.#last, { file, abort: new AbortController() });
      return {
        key: this.#last,
        name: file.name,
        size: file.size,
        kind: file.type.startsWith('video/') ? 'video' : 'picture',
        preview: this.#props.preview.open(file),
        status: 'waiting',
        progress: 0,
      };
    });
    this.uploads.update((now) => [...now, ...added]);
    this.#next();
  }

  /** Takes a file out, whether it is under way or there already. */
  remove(key: number): void {
    const upload = this.#find(key);
    if (!upload || this.#isHeld) return;
    this.#forget(upload);
    if (upload.media) this.#props.discard(upload.media.id);
    this.uploads.update((now) => now.filter((each) => each.key !== key));
    this.#next();
  }

  retry(key: number): void {
    const entry = this.#files.get(key);
    if (!entry || this.#find(key)?.status !== 'failed') return;
    entry.abort = new AbortController();
    this.#change(key, { status: 'waiting', progress: 0, error: undefined });
    this.#next();
  }

  /** Moves a file one place to the front or the back. */
  move(key: number, by: -1 | 1): void {
    if (this.#isHeld) return;
    this.uploads.update((now) => {
      const from = now.findIndex((each) => each.key === key);
      const moved = now[from];
      const other = now[from + by];
      if (!moved || !other) return now;
      return now.map((each) => (each === moved ? other : each === other ? moved : each));
    });
  }

  /** Begins anew. @param keep whether what was sent is in use now @default false */
  clear({ keep = false } = {}): void {
    for (const upload of this.uploads.get()) {
      this.#forget(upload);
      if (upload.media && !keep) this.#props.discard(upload.media.id);
    }
    this.uploads.set([]);
  }

  #forget({ key, preview }: Upload): void {
    this.#files.get(key)?.abort.abort();
    this.#files.delete(key);
    this.#props.preview.close(preview);
  }

  #find(key: number): Upload | undefined {
    return this.uploads.get().find((each) => each.key === key);
  }

  #change(key: number, change: Partial<Upload>): void {
    this.uploads.update((now) => now.map((each) => (each.key === key ? { ...each, ...change } : each)));
  }

  #next(): void {
    const uploads = this.uploads.get();
    const free = atOnce - uploads.filter(({ status }) => status === 'sending').length;
    for (const { key } of uploads.filter(({ status }) => status === 'waiting').slice(0, Math.max(0, free))) {
      void this.#send(key);
    }
  }

  async #send(key: number): Promise<void> {
    const entry = this.#files.get(key);
    if (!entry) return;
    this.#change(key, { status: 'sending' });
    const { signal } = entry.abort;
    const onProgress = (progress: number) => this.#change(key, { progress });
    try {
      const media = await this.#props.send(entry.file, { onProgress, signal });
      // It was taken out while its last bytes arrived.
      if (signal.aborted) this.#props.discard(media.id);
      else this.#change(key, { status: 'sent', progress: 1, media });
    } catch (error) {
      if (!signal.aborted) this.#change(key, { status: 'failed', error });
    }
    this.#next();
  }
}
