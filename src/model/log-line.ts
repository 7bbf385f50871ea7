/** What a log line may have in one field. */
interface LogField {
  /** Which lines have it. */
  readonly on: 'every line' | 'what is written for a request' | 'the line of a request' | 'an error';
  /** Whether the gateway writes it, a service, or both. @default - both */
  readonly by?: 'services' | 'gateway';
  readonly says: string;
}

/**
 * What log lines are made of: the fields of a log record of OpenTelemetry, and its attributes by the names of the semantic conventions, in one flat object. A name with no dot and
 * no convention is ours. What else a line has are the particulars of its event, in names of ours too.
 *
 * @see https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
 */
export const logFields = {
  timestamp: { on: 'every line', says: 'When it was written, as RFC 3339 has it, in UTC.' },
  severity_text: { on: 'every line', says: 'How bad it is, as a word.' },
  severity_number: { on: 'every line', says: 'The same as a number, which can be compared.' },
  'service.name': { on: 'every line', says: 'The service, `gateway` for the gateway.' },
  'service.version': { on: 'every line', says: 'The tag of its image.' },
  body: { on: 'every line', says: 'What happened. The same words each time, with what differs in other fields.' },
  trace_id: { on: 'what is written for a request', says: 'The trace: the same in the lines of all services.' },
  span_id: {
    on: 'what is written for a request',
    says: 'The part of the trace that the service is; for the gateway the one that it passes on.',
  },
  trace_flags: { on: 'what is written for a request', says: '`01` where the trace is sampled, else `00`.' },
  request_id: {
    on: 'what is written for a request',
    says: 'What the caller sent as `X-Request-Id`, or a new one; the answer has it too.',
  },
  'http.request.method': { on: 'the line of a request', says: 'The method; `_OTHER` for one that is none of ours.' },
  'http.route': {
    on: 'the line of a request',
    says: 'The template of the route, never the URL; `unmatched` for what no route knows.',
  },
  'http.response.status_code': {
    on: 'the line of a request',
    says: 'The status; 499 where the caller left before there was one.',
  },
  'http.server.request.duration': {
    on: 'the line of a request',
    says: 'Seconds from the first byte of the request to the last of the answer.',
  },
  kept_share: {
    on: 'the line of a request',
    by: 'services',
    says: 'The share of such requests of which a line was kept, where it is not all: the line stands for 1 divided by it.',
  },
  'client.address': {
    on: 'the line of a request',
    by: 'gateway',
    says: 'Who asked. Truncated, unless `clientAddresses` of the gateway says otherwise.',
  },
  upstream_status: {
    on: 'the line of a request',
    by: 'gateway',
    says: 'What the service answered at each try; empty where none was asked.',
  },
  'exception.type': { on: 'an error', by: 'services', says: 'Its class.' },
  'exception.message': { on: 'an error', by: 'services', says: 'What it says, and what its causes say.' },
  'exception.stacktrace': { on: 'an error', by: 'services', says: 'Where it comes from, and where its causes do.' },
  'error.type': {
    on: 'an error',
    by: 'services',
    says: 'Its code where it has one, such as `ECONNREFUSED` or that of Postgres.',
  },
} as const satisfies Record<string, LogField>;

export type LogFieldName = keyof typeof logFields;

/** The levels of the log, the least first, and what its lines call them. */
export const severities = {
  trace: { severity_text: 'TRACE', severity_number: 1 },
  debug: { severity_text: 'DEBUG', severity_number: 5 },
  info: { severity_text: 'INFO', severity_number: 9 },
  warn: { severity_text: 'WARN', severity_number: 13 },
  error: { severity_text: 'ERROR', severity_number: 17 },
  fatal: { severity_text: 'FATAL', severity_number: 21 },
} as const satisfies Record<string, Partial<Record<LogFieldName, unknown>>>;

export type LogLevel = keyof typeof severities;

/** The same levels as a list. */
export const logLevels = Object.keys(severities) as [LogLevel, ...LogLevel[]];
