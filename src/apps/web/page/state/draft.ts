import { createStore, type Watched } from './store.ts';
import { UploadQueue, type UploadQueueProps } from './upload-queue.ts';

export interface DraftProps extends UploadQueueProps<File> {
  /** Makes the post. */
  readonly create: (caption: string, media: readonly string[]) => Promise<unknown>;
}

/** What becomes of a draft. `sharing`: the post is being made; its files and its caption stay as they are meanwhile. */
export type Sharing =
  | { readonly status: 'idle' }
  | { readonly status: 'sharing' }
  | { readonly status: 'failed'; readonly error: unknown };

export type Draft = ReturnType<typeof createDraft>;

/** The post that is being written. It stays while one looks at something else, and its files go on being sent. */
export function createDraft({ create, ...props }: DraftProps) {
  const files = new UploadQueue<File>(props);
  const caption = createStore('');
  const sharing = createStore<Sharing>({ status: 'idle' });
  const isSharing = () => sharing.get().status === 'sharing';
  /** A draft that was given up while it was shared must not take the next one with it. */
  let drafts = 0;

  const clear = (options?: { keep?: boolean }): void => {
    drafts += 1;
    files.release();
    files.clear(options);
    caption.set('');
    sharing.set({ status: 'idle' });
  };

  return {
    files,
    caption: caption as Watched<string>,
    sharing,

    /** Does nothing while the draft is being shared. */
    write(text: string): void {
      if (!isSharing()) caption.set(text);
    },

    /** Whether something would be lost. */
    get isBegun(): boolean {
      return files.uploads.get().length > 0 || caption.get().trim() !== '';
    },

    /** Makes a post of it, and begins the next one. @returns whether there is one now; false also while it is being made already. Never rejects */
    async share(): Promise<boolean> {
      if (isSharing()) return false;
      const draft = drafts;
      sharing.set({ status: 'sharing' });
      files.hold();
      try {
        await create(caption.get().trim(), files.mediaIds);
        if (draft === drafts) clear({ keep: true });
        return true;
      } catch (error) {
        if (draft === drafts) {
          files.release();
          sharing.set({ status: 'failed', error });
        }
        return false;
      }
    },

    clear,
  };
}
