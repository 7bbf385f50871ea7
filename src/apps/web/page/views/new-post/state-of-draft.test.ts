import { expect, test } from 'vitest';
import type { Upload } from '../../state/upload-queue.ts';
import { stateOfDraft } from './state-of-draft.ts';

const upload = (status: Upload['status'], key = 1): Upload => ({
  key,
  name: 'a.png',
  size: 1,
  kind: 'picture',
  preview: '',
  status,
  progress: 0,
});

test.each<[uploads: Upload['status'][], caption: string, mayShare: boolean, text: string]>([
  [[], 'Hello', false, 'A post needs a picture or a video.'],
  [['sent'], '', true, 'Ready to share.'],
  [['sent', 'sent'], '', true, 'All 2 files are ready to share.'],
  [['sending', 'waiting', 'sent'], '', false, 'Sending 2 files…'],
  [['failed', 'sending'], '', false, '1 file could not be sent. Try again, or remove it.'],
  [['failed', 'failed'], '', false, '2 files could not be sent. Try again, or remove them.'],
  [['sent'], 'a'.repeat(2_201), false, 'The caption is 1 character too long.'],
])('with %j and a caption it waits for what it says', (statuses, caption, mayShare, text) => {
  expect(
    stateOfDraft(
      statuses.map((status, index) => upload(status, index)),
      caption,
    ),
  ).toEqual({ mayShare, text });
});
