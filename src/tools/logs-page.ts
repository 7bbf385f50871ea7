import { type LogFieldName, logFields, severities } from '../model/index.ts';

const head = `<!-- Written by \`npm run reference\` from src/model/log-line.ts: change that, not this file. -->

# Fields of a log line

A line is one flat object of JSON. Its fields are those of a log record of [OpenTelemetry](https://opentelemetry.io/docs/specs/otel/logs/data-model/), in the
[form for logs of other formats](https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/), and attributes by the names of the
[semantic conventions](https://opentelemetry.io/docs/specs/semconv/). What has no convention has a name of ours, without a dot. Beside these a line has the particulars of its event, such as
\`store\` and \`reason\`, in names of ours too. How to use them: [Logs](../guide/logs.md).
`;

/** The schema of log lines, as Markdown. */
export function logsPage(): string {
  const byLine = Map.groupBy(Object.keys(logFields) as LogFieldName[], (name) => logFields[name].on);
  const tables = [...byLine].map(([on, names]) => {
    const rows = names.map((name) => {
      const field = logFields[name];
      const by = 'by' in field ? (field.by === 'gateway' ? 'the gateway' : 'services') : 'both';
      return `| \`${name}\` | ${by} | ${field.says} |`;
    });
    return `## On ${on}\n\n| field | written by | says |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  const levels = Object.entries(severities).map(
    ([level, { severity_text, severity_number }]) => `| \`${level}\` | \`${severity_text}\` | ${severity_number} |`,
  );
  return `${[head, ...tables, `## Levels\n\n| level | \`severity_text\` | \`severity_number\` |\n| --- | --- | --- |\n${levels.join('\n')}\n`].join('\n')}`;
}
