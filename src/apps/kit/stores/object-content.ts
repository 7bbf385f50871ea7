import { IncomingMessage } from 'node:http';
import { pipeline, Readable, Transform } from 'node:stream';

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
  const source = Readable.from(
    (async function* () {
      try {
        // The store may give up first. Whether the content dies of that is for `end` to say.
        for await (const chunk of content.iterator({ destroyOnReturn: false })) {
          reading.bytes += Buffer.byteLength(chunk);
          yield chunk;
        }
      } catch (error) {
        reading.broken ??= { error };
        throw error;
      }
    })(),
    { objectMode: false },
  );
  const abort = () => {
    reading.broken ??= { error: signal?.reason };
    source.destroy(signal?.reason);
  };
  // Both may break while nobody reads yet, which would end the process. Whoever reads hears of it all the same.
  const ignore = () => {};
  content.on('error', ignore);
  source.on('error', ignore);
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
      source.destroy();
      // A request takes its connection with it, and the answer.
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
