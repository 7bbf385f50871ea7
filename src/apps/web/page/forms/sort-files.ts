import { imageTypes, videoTypes } from '../../../media/contract.ts';
import { size } from '../format/size.ts';

export const fileTypes: readonly string[] = [...imageTypes, ...videoTypes];
/** Bytes, as the media service takes them; a test compares. */
export const largestFile = 200 * 1_024 * 1_024;
export const mostFiles = 10;

interface Chosen {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

/** Which of the chosen files can be in a post, and what is wrong with the others. @param already how many the post has */
export function sortFiles<F extends Chosen>(files: readonly F[], already: number): { taken: F[]; troubles: string[] } {
  const taken: F[] = [];
  const troubles: string[] = [];
  let tooMany = 0;
  for (const file of files) {
    const trouble = troubleOf(file);
    if (trouble) troubles.push(trouble);
    else if (already + taken.length >= mostFiles) tooMany += 1;
    else taken.push(file);
  }
  if (tooMany > 0) {
    const left = tooMany === 1 ? 'one file was' : `${tooMany} files were`;
    troubles.push(`A post has at most ${mostFiles} pictures and videos; ${left} left out.`);
  }
  return { taken, troubles };
}

function troubleOf({ name, size: bytes, type }: Chosen): string | undefined {
  if (!fileTypes.includes(type))
    return `“${name}” cannot be shown here. Choose a JPEG, PNG, WebP, GIF, AVIF, MP4 or WebM file.`;
  if (bytes === 0) return `“${name}” is empty.`;
  if (bytes > largestFile) return `“${name}” is too large: ${size(bytes)}. A file may have ${size(largestFile)}.`;
  return undefined;
}
