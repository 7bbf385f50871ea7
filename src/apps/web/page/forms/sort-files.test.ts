import { expect, test } from 'vitest';
import { fileOptions } from '../../../../model/index.ts';
import media from '../../../media/contract.ts';
import posts from '../../../posts/contract.ts';
import { largestFile, mostFiles, sortFiles } from './sort-files.ts';

const picture = (name: string, changes = {}) => ({ name, size: 1_000, type: 'image/png', ...changes });

test('what can be chosen is what the services take', () => {
  expect(fileOptions(media.routes.upload.body)?.limit).toBe(`${largestFile / 1_024 / 1_024}Mi`);
  const ids = Array.from({ length: mostFiles + 1 }, () => crypto.randomUUID());
  const accepts = (list: string[]) => posts.routes.create.body.safeParse({ media: list }).success;
  expect([accepts(ids.slice(1)), accepts(ids)]).toEqual([true, false]);
});

test('what is wrong with a file is said, and the others are taken', () => {
  const good = picture('a.png');
  const { taken, troubles } = sortFiles(
    [
      picture('b.heic', { type: 'image/heic' }),
      good,
      picture('c.png', { size: 0 }),
      picture('d.mp4', { type: 'video/mp4', size: 300_000_000 }),
    ],
    0,
  );
  expect(taken).toEqual([good]);
  expect(troubles).toEqual([
    '“b.heic” cannot be shown here. Choose a JPEG, PNG, WebP, GIF, AVIF, MP4 or WebM file.',
    '“c.png” is empty.',
    '“d.mp4” is too large: 300 MB. A file may have 209.7 MB.',
  ]);
});

test('a post has no more files than it may', () => {
  const files = Array.from({ length: 5 }, (_, index) => picture(`${index}.png`));
  const { taken, troubles } = sortFiles(files, mostFiles - 3);
  expect(taken).toEqual(files.slice(0, 3));
  expect(troubles).toEqual(['A post has at most 10 pictures and videos; 2 files were left out.']);
});
