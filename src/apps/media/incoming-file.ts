import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { quantityValue } from '../../model/index.ts';
import { HttpError } from '../kit/index.ts';
import { type ContentType, contentTypeOf, tellingBytes } from './content-type.ts';

/** Videos may be as large as the route takes. */
const imageLimit = '20Mi';

/** A file on its way here, of which only the start was read. */
export interface IncomingFile extends ContentType {
  /** All of it, from its first byte. Breaks with HttpError 413 as soon as it is larger than its type may be. */
  readonly content: Readable;
  /** Of the content, in hexadecimal, once that was read to its end. */
  sha256(): string;
}

/** Reads as much of a body as tells what it is. @throws HttpError 415 `unsupported-file`; the body is destroyed then */
export async function receiveFile(body: Readable): Promise<IncomingFile> {
  const chunks: AsyncIterator<Buffer, undefined> = body[Symbol.asyncIterator]();
  const start: Buffer[] = [];
  let bytes = 0;
  while (bytes < tellingBytes) {
    const { value } = await chunks.next();
    if (value === undefined) break;
    start.push(value);
    bytes += value.length;
  }
  const type = await contentTypeOf(Buffer.concat(start, bytes).subarray(0, tellingBytes)).catch((error) => {
    body.destroy();
    throw error;
  });
  const hash = createHash('sha256');
  const most = type.kind === 'image' ? quantityValue(imageLimit) : Infinity;

  async function* content() {
    let passed = 0;
    try {
      for await (const chunk of allOf(start, chunks)) {
        passed += chunk.length;
        if (passed > most) {
          throw new HttpError(413, 'body-too-large', `The image is too large; allowed: ${imageLimit} at most`);
        }
        hash.update(chunk);
        yield chunk;
      }
    } finally {
      body.destroy();
    }
  }
  return { ...type, content: Readable.from(content(), { objectMode: false }), sha256: () => hash.digest('hex') };
}

async function* allOf(start: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* start;
  yield* { [Symbol.asyncIterator]: () => rest };
}
