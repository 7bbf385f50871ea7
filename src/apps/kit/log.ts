import { type DestinationStream, type Logger, pino } from 'pino';
import { currentTrace } from './trace.ts';

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

const hidden = '[hidden]';
const secretHeaders = ['authorization', 'cookie', '["set-cookie"]', '["proxy-authorization"]'];
const headerPaths = ['headers', 'req.headers', 'res.headers', 'request.headers', 'response.headers', 'err.headers'];

/** JSON lines on standard output, each with the service, its version and, within a request, the ids of request and trace. */
export function createLog({ service, version, level, secrets = [], to }: LogProps): Logger {
  const paths = headerPaths.flatMap((path) =>
    secretHeaders.map((header) => (header.startsWith('[') ? `${path}${header}` : `${path}.${header}`)),
  );
  return pino(
    {
      level,
      base: { service, version },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths, censor: hidden },
      mixin: () => idsOf(currentTrace.getStore()),
      hooks: { streamWrite: hider(secrets) },
    },
    to ?? pino.destination({ fd: 1, sync: true }),
  );
}

/** The ids as a log line names them. */
export function idsOf(ids: { requestId: string; traceId: string } | undefined): Record<string, string> {
  return ids ? { request_id: ids.requestId, trace_id: ids.traceId } : {};
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
