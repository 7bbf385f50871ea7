import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import {
  type DumpEnd,
  type DumpHeader,
  type DumpSequences,
  type DumpTable,
  damaged,
  markStart,
  marks,
  readMark,
} from './dump-format.ts';

/** Told of a dump's parts in their order. */
export interface DumpVisitor {
  /** Whose it is. */
  header?(header: DumpHeader): Promise<void>;
  /** @param rows as `copy` writes them; to be read to its end */
  table?(table: DumpTable, rows: AsyncIterable<Buffer>): Promise<void>;
  sequences?(sequences: DumpSequences): Promise<void>;
}

/** The longest line apart from those of rows, in bytes: a migration's. */
const longestLine = 16 * 2 ** 20;

/**
 * Reads a dump to its end, in pieces: however large it is, some 100 KiB are in memory. What the visitor did counts only if this does not throw: whether all
 * is as it was written shows at the end.
 *
 * @param compressed the bytes of the object
 * @throws BackupError if a byte of it is not as it was written, or it ends early
 */
export function readDump(
  compressed: Readable,
  visitor: DumpVisitor = {},
): Promise<{ header: DumpHeader; end: DumpEnd }> {
  return reading(compressed, (reader) => visit(reader, visitor));
}

/**
 * Reads the first line of a dump alone.
 *
 * @param compressed the bytes of the object
 * @throws BackupError if that line is not as it was written
 */
export function readHeader(compressed: Readable): Promise<DumpHeader> {
  return reading(compressed, async (reader) => readMark('header', await reader.line()));
}

async function reading<Result>(compressed: Readable, read: (reader: DumpReader) => Promise<Result>): Promise<Result> {
  // An error of one ends the other, and whoever reads hears of it.
  const plain = pipeline(compressed, createGunzip(), () => {});
  try {
    return await read(new DumpReader(plain));
  } catch (error) {
    const { code = '' } = error as { code?: unknown };
    if (String(code).startsWith('Z_')) throw damaged('it is cut off, or is no gzip');
    throw error;
  } finally {
    plain.destroy();
    compressed.destroy();
  }
}

async function visit(reader: DumpReader, visitor: DumpVisitor): Promise<{ header: DumpHeader; end: DumpEnd }> {
  const header = readMark('header', await reader.line());
  await visitor.header?.(header);
  for (;;) {
    const line = await reader.line();
    if (!line.startsWith(markStart)) continue;
    if (line.startsWith(marks.table)) {
      const table = readMark('table', line);
      await reader.line();
      const rows = reader.rows();
      await visitor.table?.(table, rows);
      // Whatever the visitor left.
      for await (const _ of rows);
    } else if (line.startsWith(marks.sequences)) await visitor.sequences?.(readMark('sequences', line));
    else {
      const end = readMark('end', line);
      if (end.sha256 !== reader.sha256) throw damaged('its checksum is another one');
      if (await reader.more()) throw damaged('something follows its end');
      return { header, end };
    }
  }
}

/** The bytes of a dump, by lines and by rows. */
class DumpReader {
  readonly #source: AsyncIterator<Buffer>;
  readonly #hash = createHash('sha256');
  #left: Buffer = Buffer.alloc(0);
  #sha256: string | undefined;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Of all that was read before the line of the end. */
  get sha256(): string | undefined {
    return this.#sha256;
  }

  /** The next line, without its end. */
  async line(): Promise<string> {
    let at = this.#left.indexOf('\n');
    while (at < 0) {
      if (this.#left.length > longestLine) throw damaged('a line that is too long');
      const from = this.#left.length;
      if (!(await this.more(true))) throw damaged('it ends before its last line');
      at = this.#left.indexOf('\n', from);
    }
    const line = this.#left.toString('utf8', 0, at);
    if (line.startsWith(marks.end)) this.#sha256 = this.#hash.copy().digest('hex');
    this.#take(at + 1);
    return line;
  }

  /** The rows up to the line that ends them, which is taken too. */
  async *rows(): AsyncGenerator<Buffer> {
    const last = Buffer.from('\\.\n');
    while (this.#left.length < last.length) if (!(await this.more(true))) throw damaged('it ends within its rows');
    if (this.#left.subarray(0, last.length).equals(last)) return void this.#take(last.length);
    for (;;) {
      const at = this.#left.indexOf('\n\\.\n');
      if (at >= 0) {
        yield this.#take(at + 1);
        this.#take(last.length);
        return;
      }
      // The line may have begun.
      const sure = this.#left.length - last.length;
      if (sure > 0) yield this.#take(sure);
      if (!(await this.more(true))) throw damaged('it ends within its rows');
    }
  }

  /** Reads on. @param always also if something is left @returns whether there is something left */
  async more(always = false): Promise<boolean> {
    if (this.#left.length > 0 && !always) return true;
    const next = await this.#source.next();
    if (next.done) return false;
    this.#left = this.#left.length === 0 ? next.value : Buffer.concat([this.#left, next.value]);
    return true;
  }

  #take(bytes: number): Buffer {
    const taken = this.#left.subarray(0, bytes);
    this.#hash.update(taken);
    this.#left = this.#left.subarray(bytes);
    return taken;
  }
}
