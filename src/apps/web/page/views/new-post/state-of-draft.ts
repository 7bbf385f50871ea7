import { counted } from '../../format/count.ts';
import { limits } from '../../forms/checks.ts';
import type { Upload } from '../../state/upload-queue.ts';

/** Whether a post can be shared, and in words what it waits for. */
export function stateOfDraft(uploads: readonly Upload[], caption: string): { mayShare: boolean; text: string } {
  if (uploads.length === 0) return { mayShare: false, text: 'A post needs a picture or a video.' };
  const over = caption.trim().length - limits.caption.most;
  if (over > 0) return { mayShare: false, text: `The caption is ${counted(over, 'character')} too long.` };
  const failed = uploads.filter(({ status }) => status === 'failed').length;
  if (failed > 0) {
    return {
      mayShare: false,
      text: `${counted(failed, 'file')} could not be sent. Try again, or remove ${failed === 1 ? 'it' : 'them'}.`,
    };
  }
  const open = uploads.filter(({ status }) => status !== 'sent').length;
  if (open > 0) return { mayShare: false, text: `Sending ${counted(open, 'file')}…` };
  return {
    mayShare: true,
    text: uploads.length === 1 ? 'Ready to share.' : `All ${uploads.length} files are ready to share.`,
  };
}
