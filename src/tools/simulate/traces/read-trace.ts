import { readFile } from 'node:fs/promises';
import { CommandError } from '../../run-command.ts';
import type { Trace } from '../simulation.ts';
import { csvTrace } from './csv-trace.ts';
import { type RecordedTraces, reportTraces } from './report-traces.ts';

/** Traffic as a file has it. */
export type TraceFile =
  /** A CSV: whatever service it is of. */
  | { readonly kind: 'csv'; readonly trace: Trace }
  /** The report of a load test, by service. */
  | ({ readonly kind: 'report' } & RecordedTraces);

/** Reads a trace: a CSV, or the `report.json` of `npm run loadtest`. @throws CommandError with each mistake in it by its line */
export async function readTrace(path: string): Promise<TraceFile> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(
      `--trace: got ${path}, which cannot be read (${error.code ?? error.message}); allowed: a CSV of time and requests per second, or the report.json of a load test; fix: name such a file`,
      2,
    );
  });
  return text.trimStart().startsWith('{')
    ? { kind: 'report', ...reportTraces(path, text) }
    : { kind: 'csv', trace: csvTrace(path, text) };
}
