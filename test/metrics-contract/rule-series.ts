import type { Manifest } from '../objects.ts';
import { aggregates, groupingsIn, selectorsIn } from './promql-selectors.ts';
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

/** The labels by which an expression groups, or those that it asks for where nothing is taken together. One that all its selectors ask for with one value has that. */
function labelsOf(expression: string): Record<string, string | null> {
  const selectors = selectorsIn(expression);
  const asked = selectors.flatMap(({ matchers }) => matchers.filter(({ operator }) => operator === '='));
  const labels = aggregates(expression) ? groupingsIn(expression) : asked.map(({ label }) => label);
  return Object.fromEntries(
    labels.map((label) => {
      const values = selectors.map(
        ({ matchers }) => matchers.find((each) => each.label === label && each.operator === '=')?.value,
      );
      const [value] = values;
      return [label, value !== undefined && values.every((each) => each === value) ? value : null];
    }),
  );
}
