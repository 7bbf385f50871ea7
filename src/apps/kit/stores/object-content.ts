import { IncomingMessage } from 'node:http';
import { finished, pipeline, type Readable, Transform } from 'node:stream';

/** The content of a put, so that what breaks it is told apart from what the store does. */
export interface Reading {
  /** What the store reads. Breaks when the content breaks or the signal aborts, even while the content hangs. */
  readonly source: Readable;
  /** How many bytes were read. */
  readonly bytes: number;
  /** Why the content could not be read to its end. */
  readonly broken: { readonly error: unknown } | undefined;
  /** To be called when the put has ended. @param kept whether it succeeded */
  end(kept: boolean): void;
}

/** Reads the content of a put. */
export function readContent(content: Readable, signal?: AbortSignal): Reading {
  const reading = { bytes: 0, broken: undefined as Reading['broken'] };
  const source = new Transform({
    transform(chunk: Buffer, _, done) {
      reading.bytes += chunk.length;
      done(null, chunk);
    },
  });
  const fail = (error: unknown) => {
    reading.broken ??= { error };
    source.destroy(error instanceof Error ? error : new Error('the put was aborted', { cause: error }));
  };
  const abort = () => fail(signal?.reason);
  // Both may break while nobody reads yet, which would end the process. Whoever reads hears of it all the same.
  const ignore = () => {};
  content.on('error', ignore);
  source.on('error', ignore);
  // Not a pipeline: that would destroy a request, and with it the answer, when the store fails.
  const forget = finished(content, { writable: false }, (error) => error && fail(error));
  content.pipe(source);
  if (signal?.aborted) abort();
  else signal?.addEventListener('abort', abort, { once: true });
  return {
    source,
    get bytes() {
      return reading.bytes;
    },
    get broken() {
      return reading.broken;
    },
    end(kept) {
      signal?.removeEventListener('abort', abort);
      forget();
      content.unpipe(source);
      source.destroy();
      if (!kept && !(content instanceof IncomingMessage)) content.destroy();
    },
  };
}

/** The same content, which breaks where it ends before its time. @param bytes how long it has to be @param what whose content it is, for the error */
export function whole(content: Readable, bytes: number, what: string): Readable {
  let got = 0;
  const checked = new Transform({
    transform(chunk: Buffer, _, done) {
      got += chunk.length;
      done(null, chunk);
    },
    flush(done) {
      done(got === bytes ? null : new Error(`${what} broke off after ${got} of ${bytes} bytes`));
    },
  });
  // Breaks either one with the other. Whoever reads `checked` hears of the error.
  return pipeline(content, checked, () => {});
}
