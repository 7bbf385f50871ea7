import { type Asked, asked, type Shown } from './asked.ts';
import type { DashboardJson, PanelJson } from './dashboard-json.ts';

/** One series of a panel, as its legend calls it. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [seconds: number, value: number | null])[];
}

/** Answers a range query: each series by its labels. */
export type AskPrometheus = (asked: Asked) => Promise<readonly Answer[]>;

export interface Answer {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

/** The series of a panel, in the order of its queries. */
export async function panelData(
  dashboard: DashboardJson,
  { targets = [] }: PanelJson,
  shown: Shown,
  ask: AskPrometheus,
): Promise<Line[]> {
  const lines: Line[] = [];
  for (const target of targets) {
    const query = asked(dashboard, target, shown);
    for (const { metric, values } of await ask(query)) {
      const known = new Map(values.map(([at, value]) => [at, Number(value)]));
      const points: Line['points'][number][] = [];
      for (let at = query.from; at <= query.to; at += query.step) {
        const value = known.get(at);
        // No number is none: a ratio while nobody asks.
        points.push([at, value === undefined || Number.isNaN(value) ? null : value]);
      }
      lines.push({ name: legendOf(target.legendFormat ?? '', metric), points });
    }
  }
  return lines;
}

function legendOf(format: string, metric: Answer['metric']): string {
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => metric[label] ?? '');
}

/** The last value of a line. */
export function lastOf({ points }: Line): number | null {
  return points.findLast(([, value]) => value !== null)?.[1] ?? null;
}
