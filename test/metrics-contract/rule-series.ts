import type { Manifest } from '../objects.ts';
import { groupingsIn, selectorsIn } from './promql-selectors.ts';
import { rulesOf } from './rendered-expressions.ts';
import type { Series } from './series.ts';

/** What Prometheus writes itself by the rules of an environment: the series of recording rules, and of alerts that wait or fire. */
export function ruleSeries(objects: readonly Manifest[]): Series[] {
  return rulesOf(objects).flatMap(({ rule: { record, alert, expr, labels = {} } }) => {
    const all = { ...labelsOf(expr), ...labels };
    if (record) return [{ name: record, labels: all }];
    return ['pending', 'firing'].map((alertstate) => ({
      name: 'ALERTS',
      labels: { ...all, alertname: alert, alertstate },
    }));
  });
}

/** The labels by which an expression groups. One that all its selectors ask for with one value has that. */
function labelsOf(expression: string): Record<string, string | null> {
  const selectors = selectorsIn(expression);
  return Object.fromEntries(
    groupingsIn(expression).map((label) => {
      const values = selectors.map(
        ({ matchers }) => matchers.find((each) => each.label === label && each.operator === '=')?.value,
      );
      const [value] = values;
      return [label, value !== undefined && values.every((each) => each === value) ? value : null];
    }),
  );
}
