import { z } from 'zod';
import { BackupError } from './backup-error.ts';

/**
 * A dump is a script of SQL that `psql` runs in an empty database. Lines of comments say to us what is where, so that a restore takes the rows alone and
 * runs no SQL of the dump: whoever can write to the store could else run statements of their own.
 *
 *     -- trellis-backup {header}
 *     ...                                  the migrations, then what makes tables ready to be filled
 *     -- trellis-table {table}             once for each table
 *     copy "posts" ("id") from stdin;
 *     ...                                  a row a line
 *     \.
 *     -- trellis-sequences [...]
 *     ...                                  what the tables have when they are full, and the commit
 *     -- trellis-end {end}                 the last line, without which it was cut off
 */
export const marks = {
  header: '-- trellis-backup ',
  table: '-- trellis-table ',
  sequences: '-- trellis-sequences ',
  end: '-- trellis-end ',
} as const;

/** What every mark begins with. */
export const markStart = '-- trellis-';

/** Rises when an older reader could no longer read it. */
const format = 1;

/** The first line: whose data these are, and as of when. */
const header = z.object({
  format: z.literal(format),
  service: z.string(),
  /** When the snapshot was taken. */
  at: z.iso.datetime(),
  /** Of the service. */
  version: z.string(),
  /** Of Postgres. */
  server: z.string(),
  /** Those that were applied, in their order. */
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  /**
   * Since when the database was without what the backups of before then have: it was new then, as after a loss.
   * @default - it had all that was backed up before, or a backup was restored to it
   */
  newSince: z.iso.datetime().optional(),
});
export type DumpHeader = z.output<typeof header>;

/** Before the rows of a table. */
const table = z.object({ table: z.string(), columns: z.array(z.string()) });
export type DumpTable = z.output<typeof table>;

/** How far each sequence is. Its numbers are text, as they may be too large for a number. */
const sequences = z.array(z.object({ name: z.string(), last: z.string(), called: z.boolean() }));
export type DumpSequences = z.output<typeof sequences>;

/** The last line. */
const end = z.object({
  /** The rows of all tables. */
  rows: z.number(),
  /** Of all bytes before this line, as hexadecimal digits. */
  sha256: z.string(),
});
export type DumpEnd = z.output<typeof end>;

const schemas = { header, table, sequences, end } as const;
type Mark = keyof typeof marks;

/** A marked line, with its end. JSON has no line ends of its own. */
export function markLine<M extends Mark>(mark: M, value: z.output<(typeof schemas)[M]>): string {
  return `${marks[mark]}${JSON.stringify(value)}\n`;
}

/** What a first line says. */
export function newHeader(values: Omit<DumpHeader, 'format'>): DumpHeader {
  return { format, ...values };
}

/** @throws BackupError if the line has another mark, or is none that this version reads */
export function readMark<M extends Mark>(mark: M, line: string): z.output<(typeof schemas)[M]> {
  if (!line.startsWith(marks[mark])) throw damaged(`a line that does not begin with ${marks[mark].trim()}`);
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.slice(marks[mark].length));
  } catch {
    throw damaged(`a line ${marks[mark].trim()} that cannot be read`);
  }
  const result = schemas[mark].safeParse(parsed);
  if (result.success) return result.data as z.output<(typeof schemas)[M]>;
  const found = (parsed as { format?: unknown } | null)?.format;
  if (mark === 'header' && typeof found === 'number' && found !== format)
    throw new BackupError(
      `the backup is of format ${found}; allowed: ${format}; fix: restore it with the version of the service that made it`,
    );
  throw damaged(`a line ${marks[mark].trim()} of another form`);
}

/** @param what what was found */
export function damaged(what: string): BackupError {
  return new BackupError(
    `the backup is damaged: ${what}; allowed: what a backup wrote, whole; fix: restore another one`,
  );
}
