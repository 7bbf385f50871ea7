import { fileTypeFromBuffer } from 'file-type';
import { HttpError } from '../kit/index.ts';
import { imageTypes, videoTypes } from './contract.ts';

/** How many bytes of the start of a file tell its type: what file-type asks for. */
export const tellingBytes = 4_100;

/** What a file is by its content. */
export interface ContentType {
  readonly type: string;
  readonly kind: 'image' | 'video';
}

/** An animated PNG is a PNG of which old programs see the first picture. */
const sameAs: Readonly<Record<string, string>> = { 'image/apng': 'image/png' };

/** @param start its first bytes @throws HttpError 415 `unsupported-file` */
export async function contentTypeOf(start: Buffer): Promise<ContentType> {
  const mime = (await fileTypeFromBuffer(start))?.mime ?? '';
  const type = sameAs[mime] ?? mime;
  if (imageTypes.some((image) => image === type)) return { type, kind: 'image' };
  if (videoTypes.some((video) => video === type)) return { type, kind: 'video' };
  const known = type === '' ? 'of no type that is known' : `of the type ${type}`;
  throw new HttpError(
    415,
    'unsupported-file',
    `By its content the file is ${start.length === 0 ? 'empty' : known}; allowed: ${[...imageTypes, ...videoTypes].join(', ')}`,
  );
}
