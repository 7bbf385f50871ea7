import { type DestinationStream, type Logger, pino } from 'pino';
import { type LogFieldName, type LogLevel, severities } from '../../model/index.ts';
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
type LogFields = Partial<Readonly<Record<LogFieldName, unknown>>>;

const hidden = '[hidden]';
const secretHeaders = ['authorization', 'cookie', '["set-cookie"]', '["proxy-authorization"]'];
const headerPaths = ['headers', 'req.headers', 'res.headers', 'request.headers', 'response.headers', 'err.headers'];

/** JSON lines on standard output, each with the service, its version and, within a request, the ids of request and trace. Their fields are those of `logFields`. */
export function createLog({ service, version, level, secrets = [], to }: LogProps): Logger {
  const paths = headerPaths.flatMap((path) =>
    secretHeaders.map((header) => (header.startsWith('[') ? `${path}${header}` : `${path}.${header}`)),
  );
  return pino(
    {
      level,
      base: { 'service.name': service, 'service.version': version } satisfies LogFields,
      messageKey: 'body' satisfies LogFieldName,
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => severities[label as LogLevel], log: withoutError },
      redact: { paths, censor: hidden },
      // Who writes for a request that is not the current one says which.
      mixin: (line) => ('trace_id' in line ? {} : idsOf(currentTrace.getStore())),
      hooks: { streamWrite: hider(secrets) },
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

/**
 * Takes the secrets out of finished lines. Redaction by path cannot see a secret inside a message, a URL or an error of some library. A value
 * of less than 4 characters is left: it is in half of all lines by chance, and protects nothing.
 */
function hider(secrets: readonly string[]): (line: string) => string {
  const forms = new Set(
    secrets
      .filter((secret) => secret.length >= 4)
      .flatMap((secret) => [
        JSON.stringify(secret).slice(1, -1),
        JSON.stringify(encodeURIComponent(secret)).slice(1, -1),
      ]),
  );
  return (line) => {
    let safe = line;
    for (const form of forms) if (safe.includes(form)) safe = safe.replaceAll(form, hidden);
    return safe;
  };
}
