import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { type LogFieldName, type LogLevel, severities } from '../../model/index.ts';
import { createRedactor } from './redact.ts';
import { currentTrace, type Trace } from './trace.ts';

export type { Logger } from 'pino';

/** @see createLog */
export interface LogProps {
  readonly service: string;
  readonly version: string;
  readonly level: string;
  /** Values that no line may show, wherever they come from. @default - none */
  readonly secrets?: readonly string[];
  /** Where the lines go. @default - standard output */
  readonly to?: DestinationStream;
}

/** Fields of a log line. */
export type LogFields = Partial<Readonly<Record<LogFieldName, unknown>>>;

/**
 * JSON lines on standard output, each with the service, its version and, within a request, the ids of request and trace. Their fields are those of `logFields`. What looks like a secret
 * is taken out of the finished lines.
 */
export function createLog({ secrets = [], ...props }: LogProps): Logger {
  return jsonLines(props, { streamWrite: createRedactor(secrets) });
}

/**
 * The log of nothing but requests. Its lines are made of templates, numbers and ids, so nothing is looked for in them: that takes as long as to answer a small request. Its level is the
 * least there is: whoever writes to it asks the log of the service first, whose level may change.
 */
export function createRequestLog(props: Pick<LogProps, 'service' | 'version' | 'to'>): Logger {
  return jsonLines({ ...props, level: 'trace' }, {});
}

function jsonLines(
  { service, version, level, to }: Omit<LogProps, 'secrets'>,
  hooks: NonNullable<LoggerOptions['hooks']>,
): Logger {
  return pino(
    {
      level,
      base: { 'service.name': service, 'service.version': version } satisfies LogFields,
      messageKey: 'body' satisfies LogFieldName,
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => severities[label as LogLevel], log: withoutError },
      // Who writes for a request that is not the current one says which.
      mixin: (line) => ('trace_id' in line ? {} : idsOf(currentTrace.getStore())),
      hooks,
    },
    to ?? pino.destination({ fd: 1, sync: true }),
  );
}

/** The ids as a log line names them. */
export function idsOf(trace: Trace | undefined): LogFields {
  return trace
    ? { trace_id: trace.traceId, span_id: trace.spanId, trace_flags: trace.flags, request_id: trace.requestId }
    : {};
}

/** A line with the fields of its error in place of the error. */
function withoutError(line: Record<string, unknown>): Record<string, unknown> {
  if (line['err'] === undefined) return line;
  const { err, ...others } = line;
  return { ...others, ...errorFields(err) };
}

/** What else a library adds to an error, such as a request with its headers or a row, stays out: the code is all that finding the cause needs. */
function errorFields(error: unknown): LogFields {
  if (!Error.isError(error)) return { 'exception.message': String(error) };
  const { type, message, stack, code, aggregateErrors = [] } = pino.stdSerializers.err(error);
  // An error of several, such as of each address of a host, says nothing itself.
  const messages = message ? [message] : aggregateErrors.map((each: { message: string }) => each.message);
  return {
    ...(code !== undefined && { 'error.type': String(code) }),
    'exception.type': type,
    'exception.message': messages.join('; '),
    'exception.stacktrace': stack,
  };
}
