import { closest } from 'fastest-levenshtein';
import { type LabelMatcher, type Selector, selectorsIn } from './promql-selectors.ts';
import type { Expression } from './rendered-expressions.ts';
import type { Series } from './series.ts';

/** Every selector of these expressions that matches none of the series, with why. */
export function unmatched(expressions: readonly Expression[], series: readonly Series[]): string[] {
  const byName = Map.groupBy(series, ({ name }) => name);
  const problems = expressions.flatMap(({ of, expression }) =>
    selectorsIn(expression).flatMap((selector) => {
      const problem = problemOf(selector, byName);
      return problem ? [`${of}: ${selector.text} ${problem}`] : [];
    }),
  );
  return [...new Set(problems)];
}

function problemOf({ metric, matchers }: Selector, byName: ReadonlyMap<string, readonly Series[]>): string | undefined {
  const named = byName.get(metric);
  if (!named) return `matches nothing: no metric is called ${metric}; nearest: ${closest(metric, [...byName.keys()])}`;
  if (named.some((each) => matchers.every((matcher) => matches(each, matcher)))) return undefined;
  for (const { label, operator, value } of matchers) {
    const values = named.map(({ labels }) => labels[label]).filter((each) => each !== undefined);
    if (values.length === 0) {
      const labels = [...new Set(named.flatMap((each) => Object.keys(each.labels)))];
      return `matches nothing: no series of ${metric} has the label ${label}; there are: ${labels.join(', ')}`;
    }
    if (!named.some((each) => matches(each, { label, operator, value }))) {
      const some = [...new Set(values)].slice(0, 12).join(', ');
      return `matches nothing: no series of ${metric} has ${label}${operator}"${value}"; there are: ${some}`;
    }
  }
  return `matches nothing: each matcher has a series of ${metric}, but none has all of them`;
}

/** A label that no series has makes no matcher true but one that asks for its lack: `!=` of a label that was misspelt would match everything. */
function matches({ labels }: Series, { label, operator, value }: LabelMatcher): boolean {
  const has = labels[label];
  if (has === null) return true;
  if (has === undefined) return operator === '=' && value === '';
  if (operator === '=') return has === value;
  if (operator === '!=') return has !== value;
  const isLike = new RegExp(`^(?:${value})$`, 's').test(has);
  return operator === '=~' ? isLike : !isLike;
}
