import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpError, knowsEtag, type ObjectStore } from '../kit/index.ts';
import { type ByteRange, byteRange } from './byte-range.ts';

/** A file as it may be sent. */
export interface SentFile {
  /** Its key in the object store. */
  readonly key: string;
  readonly type: string;
  readonly bytes: number;
  /** Differs wherever a byte differs; letters, digits and dashes. */
  readonly version: string;
  readonly modified: Date;
}

/** A file never changes, so whoever has it need not ask again, for a year. */
const cacheControl = 'public, max-age=31536000, immutable';

/**
 * Answers with a file, a part of it or nothing but its headers, as HTTP has it for GET and HEAD (RFC 9110, sections 13 and 14). A request for several
 * parts gets the whole, as the RFC allows.
 *
 * @throws HttpError 404 `file-not-found` if its object is gone, 416 `range-not-satisfiable`
 */
export async function sendFile(
  objects: ObjectStore,
  { key, type, bytes, version, modified }: SentFile,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Readable> {
  const etag = `"${version}"`;
  const lastModified = modified.toUTCString();
  const send = (content: Readable) => {
    reply.headers({
      etag,
      'last-modified': lastModified,
      'cache-control': cacheControl,
      'accept-ranges': 'bytes',
      // Somebody made it, and it comes from the host of our own pages: opened by itself it is of no origin, and runs nothing.
      'content-security-policy': "default-src 'none';frame-ancestors 'none';sandbox",
      // Pages of other hosts show it too, as anybody may have it.
      'cross-origin-resource-policy': 'cross-origin',
    });
    return content;
  };
  if (isUnchanged(request, etag, modified)) {
    reply.code(304);
    return send(nothing());
  }
  reply.type(type).headers({ 'content-disposition': 'inline', 'content-length': bytes });
  if (request.method === 'HEAD') return send(nothing());

  const range = rangeOf(request, { bytes, etag, lastModified });
  if (range === 'unsatisfiable') {
    reply.header('content-range', `bytes */${bytes}`);
    throw new HttpError(
      416,
      'range-not-satisfiable',
      `The file has ${bytes} bytes; allowed: a range that starts in it`,
    );
  }
  const part = await objects.get(key, range);
  if (!part) {
    request.log.warn({ object: key }, 'a file has no object: it was deleted this moment, or the store lost it');
    throw fileNotFound();
  }
  if (range) {
    reply
      .code(206)
      .headers({ 'content-range': `bytes ${range.start}-${range.end}/${bytes}`, 'content-length': part.bytes });
  }
  return send(part.content);
}

export function fileNotFound(): HttpError {
  return new HttpError(404, 'file-not-found', 'There is no such file');
}

/** A body of no bytes. A stream, as what is sent to HEAD must keep the length that GET would have. */
function nothing(): Readable {
  return Readable.from([]);
}

/** Whether the caller has the file already. */
function isUnchanged(request: FastifyRequest, etag: string, modified: Date): boolean {
  if (request.headers['if-none-match'] !== undefined) return knowsEtag(request, etag);
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return wholeSeconds(modified) <= since;
}

/** The one part that is asked for; nothing where it is all of it. */
function rangeOf(
  { headers }: FastifyRequest,
  { bytes, etag, lastModified }: { bytes: number; etag: string; lastModified: string },
): ByteRange | 'unsatisfiable' | undefined {
  const condition = headers['if-range'];
  if (headers.range === undefined || (condition !== undefined && ![etag, lastModified].includes(String(condition))))
    return;
  return byteRange(headers.range, bytes);
}

/** Headers have no more than that. */
function wholeSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1_000) * 1_000;
}
