import { clock } from '../report/plot.ts';
import { shown } from '../report/shown.ts';
import { scalingText } from './scaling-text.ts';
import type { ServiceResult, SystemResult } from './service-result.ts';
import { summaryColumns } from './summary-columns.ts';

/** What was simulated, for a terminal: a table for each service, and what it takes for true. */
export function summaryLines({ system, environment, services }: SystemResult): string[] {
  return services.flatMap((result, index) => [
    ...(index > 0 ? [''] : []),
    `${result.service} of ${system} in ${environment}, simulated with ${trafficText(result)}`,
    ...table(result),
    ...(result.proposed === undefined ? [] : ['proposed:', ...result.proposed.split('\n').map((line) => `  ${line}`)]),
    ...result.notes.map((note) => `note: ${note}`),
    ...factLines(result),
  ]);
}

/** What came, in a few words. */
export function trafficText({ trace, outcomes }: ServiceResult): string {
  const requests = outcomes[0]?.summary.requests ?? 0;
  const peak = trace.points.reduce((most, { perSecond }) => Math.max(most, perSecond), 0);
  const length = clock(trace.points.at(-1)?.at ?? 0);
  return `${trace.name}: ${length} long, at most ${shown(peak)} requests per second, ${Math.round(requests).toLocaleString('en')} in all`;
}

function table({ outcomes }: ServiceResult): string[] {
  const head = ['', ...summaryColumns.map(({ title }) => title)];
  const rows = outcomes.map(({ name, summary }) => [name, ...summaryColumns.map(({ text }) => text(summary))]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const lines = [head, ...rows].map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
  );
  const explained = outcomes.map(({ name, scaling }) => `  ${name}: ${scalingText(scaling)}`);
  return [...lines.map((cells) => `  ${cells.join('  ')}`), ...explained];
}

function factLines({ assumptions }: ServiceResult): string[] {
  return (['given', 'declared', 'assumed'] as const).flatMap((from) => {
    const facts = assumptions.filter((each) => each.from === from).map(({ option, value }) => `${option} ${value}`);
    return facts.length === 0 ? [] : [`${from}: ${facts.join(', ')}`];
  });
}
