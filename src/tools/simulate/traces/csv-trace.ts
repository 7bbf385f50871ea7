import { CsvError } from 'csv-parse';
import { type Info, parse } from 'csv-parse/sync';
import { CommandError } from '../../run-command.ts';
import type { Trace } from '../simulation.ts';
import { longestTrace } from './longest-trace.ts';

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** A moment of the file. */
interface Time {
  readonly kind: 'seconds' | 'timestamps';
  /** Since what the file counts from, or since 1970. */
  readonly seconds: number;
}

interface Entry {
  readonly line: number;
  /** The time as it was written. */
  readonly text: string;
  readonly time: Time;
  readonly perSecond: number;
}

/** Notes a mistake. */
type Add = (line: number, got: string, allowed: string, fix: string) => void;

/** So many mistakes are told at once: the first ones say what is wrong with the others. */
const mostTold = 10;
const fastest = 1_000_000;
const pointOfFraction = 'a fraction has a point, no comma';

/**
 * Reads traffic from a CSV: a column of time, in seconds or as ISO timestamps, which are UTC where they name no zone, and one of requests per second. Commas, semicolons or tabs
 * part them; a first line with names, lines that are empty and lines that begin with # are passed over. A rate holds until the next line, the last one as long as that before it.
 *
 * @param name of the file, for messages
 * @throws CommandError with each mistake by its line
 */
export function csvTrace(name: string, text: string): Trace {
  const mistakes: string[] = [];
  const add: Add = (line, got, allowed, fix) =>
    mistakes.push(`${name}:${line}: got ${got}; allowed: ${allowed}; fix: ${fix}`);
  const all = rowsOf(name, text);
  const rows = all[0] && isHeader(all[0]) ? all.slice(1) : all;
  const entries = inOrder(
    rows.flatMap((row) => entryOf(row, add) ?? []),
    add,
  );
  const [first, last, lastButOne] = [entries[0], entries.at(-1), entries.at(-2)];
  if (mistakes.length === 0 && entries.length < 2)
    add(
      rows.at(-1)?.line ?? 1,
      `${entries.length} of them`,
      'at least two lines of traffic',
      'add lines such as 60,120',
    );
  const more = mistakes.length - mostTold;
  if (!first || !last || !lastButOne || mistakes.length > 0)
    throw new CommandError([...mistakes.slice(0, mostTold), ...(more > 0 ? [`and ${more} more`] : [])].join('\n'), 2);
  const end = { time: { seconds: endOf(last, lastButOne) }, perSecond: last.perSecond };
  return {
    name,
    points: [...entries, end].map(({ time, perSecond }) => ({ at: time.seconds - first.time.seconds, perSecond })),
    ...(first.time.kind === 'timestamps' && { startsAt: new Date(first.time.seconds * 1_000) }),
  };
}

function entryOf({ line, cells }: Row, add: Add): Entry | undefined {
  if (cells.length !== 2) {
    const got = `${cells.length} ${cells.length === 1 ? 'column' : 'columns'}, ${shown(cells.join(' | '))}`;
    const fix = cells.length === 1 ? 'part them by a comma' : `leave the others out; ${pointOfFraction}`;
    add(line, got, 'two: time and requests per second', fix);
    return undefined;
  }
  const [text = '', rate = ''] = cells;
  const time = timeOf(text);
  const perSecond = numberOf(rate);
  if (!time)
    add(line, shown(text), 'seconds such as 60, or a time such as 2026-11-22T10:00:00Z', 'write one of the two');
  if (perSecond === undefined || perSecond > fastest) {
    add(line, shown(rate), `requests per second, a number from 0 to ${fastest}`, fixOf(rate));
    return undefined;
  }
  return time && { line, text, time, perSecond };
}

/** What to write in place of what is no rate. */
function fixOf(text: string): string {
  if (text === '') return 'write 0 where there were none';
  return /^\d+,\d+$/.test(text) ? pointOfFraction : 'write the number alone';
}

/** In seconds: the last line lasts as long as that before it. */
function endOf(last: Entry, before: Entry): number {
  return 2 * last.time.seconds - before.time.seconds;
}

/** Those whose time is right beside the others. */
function inOrder(entries: readonly Entry[], add: Add): Entry[] {
  const [first] = entries;
  const kept: Entry[] = [];
  for (const entry of entries) {
    const before = kept.at(-1);
    const { line, text, time } = entry;
    if (first && time.kind !== first.time.kind) {
      add(line, shown(text), `${first.time.kind}, as in line ${first.line}`, 'write all times in one way');
    } else if (before && time.seconds <= before.time.seconds) {
      add(
        line,
        shown(text),
        `a time after that of line ${before.line}`,
        'sort the lines, and leave out what is there twice',
      );
    } else kept.push(entry);
  }
  const [last, lastButOne] = [kept.at(-1), kept.at(-2)];
  const all = first && last && lastButOne ? endOf(last, lastButOne) - first.time.seconds : 0;
  const length = first && last ? last.time.seconds - first.time.seconds : 0;
  if (last && all > longestTrace)
    add(
      last.line,
      `${shown(last.text)}, with which it is ${all} s long, as the last line lasts as long as the one before it`,
      `at most ${longestTrace} s in all, which are ${longestTrace / 86_400} days`,
      'cut the file',
    );
  if (last && kept.length > 1 && length < 1)
    add(
      last.line,
      `${shown(last.text)}, ${length} s after line ${first?.line}`,
      'at least 1 s in all',
      'write times in seconds',
    );
  return kept;
}

/** @throws CommandError where it is no CSV */
function rowsOf(name: string, text: string): Row[] {
  try {
    const records = parse(text, {
      // The least likely in a number or a time first.
      delimiter: [';', '\t'].find((each) => text.includes(each)) ?? ',',
      record_delimiter: ['\r\n', '\n', '\r'],
      ...{ bom: true, trim: true, skip_empty_lines: true, relax_column_count: true, info: true },
      ...{ comment: '#', comment_no_infix: true },
    }) as unknown as readonly { readonly record: readonly string[]; readonly info: Info }[];
    return records.map(({ record, info }) => ({ line: info.lines, cells: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const isOpen = error.code === 'CSV_QUOTE_NOT_CLOSED';
    // Of one that is not closed the parser knows but that the file ended.
    const line = isOpen ? oddQuotes(text) : Number(error['lines']);
    const got = isOpen ? 'a quote that is not closed' : error.message;
    throw new CommandError(
      `${name}:${line}: got ${got}; allowed: a CSV whose quotes are closed; fix: leave the quotes out`,
      2,
    );
  }
}

/** The first line in which a quote is without another. */
function oddQuotes(text: string): number {
  return text.split(/\r\n|\n|\r/).findIndex((line) => line.split('"').length % 2 === 0) + 1;
}

/** Whether a line has names, and no value. */
function isHeader({ cells }: Row): boolean {
  return cells.every((cell) => /[a-z]/i.test(cell) && !timeOf(cell) && numberOf(cell) === undefined);
}

function timeOf(text: string): Time | undefined {
  const seconds = numberOf(text);
  // What began in the year 5138 is in milliseconds since 1970.
  if (seconds !== undefined) return { kind: 'seconds', seconds: seconds >= 1e11 ? seconds / 1_000 : seconds };
  const [, date, clock, zone] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? [];
  const milliseconds = date === undefined ? Number.NaN : Date.parse(`${date}T${clock}${zone ?? 'Z'}`);
  return Number.isNaN(milliseconds) ? undefined : { kind: 'timestamps', seconds: milliseconds / 1_000 };
}

function numberOf(text: string): number | undefined {
  return /^\d+(\.\d*)?([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);
}
