import { type Duration, toSeconds } from '../../model/index.ts';
import type { DashboardJson, TargetJson } from './dashboard-json.ts';

/** The time that a dashboard shows. */
export interface Shown {
  /** In seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Seconds between two values, where a query asks for no longer. */
  readonly step: number;
}

/** What Grafana asks Prometheus for a panel. */
export interface Asked extends Shown {
  readonly query: string;
}

/**
 * What Grafana asks for a query of a dashboard, with everything chosen that can be chosen above it.
 * @see https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/#use-__rate_interval
 */
export function asked({ templating }: DashboardJson, { expr, interval = '15s' }: TargetJson, shown: Shown): Asked {
  const scraped = toSeconds(interval as Duration);
  const step = Math.max(shown.step, scraped);
  const values: Record<string, string> = {
    __rate_interval: `${Math.max(step + scraped, 4 * scraped)}s`,
    __interval: `${step}s`,
    __range: `${shown.to - shown.from}s`,
  };
  for (const { name, allValue } of templating.list) if (allValue !== undefined) values[name] = allValue;
  const query = expr.replace(/\$(\w+)|\$\{(\w+)\}/g, (text, plain?: string, braced?: string) => {
    const value = values[plain ?? braced ?? ''];
    if (value === undefined)
      throw new Error(`${text} has no value: got ${expr}; known: ${Object.keys(values).join(', ')}`);
    return value;
  });
  // Grafana asks for whole steps, so that the same time of two looks has the same values.
  const whole = (time: number) => Math.floor(time / step) * step;
  return { query, step, from: whole(shown.from), to: whole(shown.to) };
}
