import { prettyFactory } from 'pino-pretty';
import { z } from 'zod';
import { type LogFieldName, severities } from '../model/index.ts';

/** What of a log line is shown in another way than as it is. */
const logLine = z.looseObject({
  severity_number: z.number(),
  'exception.type': z.string().optional(),
  'exception.message': z.string().optional(),
  'exception.stacktrace': z.string().optional(),
} satisfies Partial<Record<LogFieldName, z.ZodType>>);

/** Said of every line, or by another field too. */
const left = [
  'service.name',
  'service.version',
  'severity_number',
  'span_id',
  'trace_flags',
] as const satisfies LogFieldName[];

/** @see devPrinter */
export interface DevPrinterProps {
  /** What each line begins with, such as the name of the service. */
  readonly prefix: string;
  readonly colorize: boolean;
  /** Whether what is no warning is left out just now. */
  readonly isBrief: () => boolean;
  readonly print: (line: string) => void;
}

/** One readable line for each line of a log, and the stack of an error below it. What is no log line, such as what Node says of a crash, is shown as it is. */
export function devPrinter({ prefix, colorize, isBrief, print }: DevPrinterProps): (line: string) => void {
  const pretty = prettyFactory({
    colorize,
    messageKey: 'body' satisfies LogFieldName,
    levelKey: 'severity_text' satisfies LogFieldName,
    timestampKey: 'timestamp' satisfies LogFieldName,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
    ignore: left.map((name) => name.replaceAll('.', '\\.')).join(','),
  });
  // Without its own end of line: an error's stack keeps the prefix on each of its lines.
  return (line) => {
    const { success, data } = logLine.safeParse(parsed(line));
    if (success && isBrief() && data.severity_number < severities.warn.severity_number) return;
    const text = pretty(success ? withError(data) : line);
    for (const each of text.trimEnd().split('\n')) print(`${prefix} | ${each}`);
  };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** A line whose error is one again, of which the stack is shown as lines. */
function withError(line: z.output<typeof logLine>): Record<string, unknown> {
  const { 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack, ...others } = line;
  return stack === undefined ? line : { ...others, err: { type, message, stack } };
}
