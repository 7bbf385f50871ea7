import { parser } from '@prometheus-io/lezer-promql';

export interface LabelMatcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** What an expression asks for at one place: series of a name, or of any, whose labels match. */
export interface Selector {
  /** As the expression has it. */
  readonly text: string;
  readonly metric: string;
  readonly matchers: readonly LabelMatcher[];
}

/** @throws Error that shows what is no PromQL */
export function selectorsIn(expression: string): Selector[] {
  const selectors: { text: string; metric: string; matchers: LabelMatcher[] }[] = [];
  let parts: string[] = [];
  parser.parse(expression).iterate({
    enter({ name, type, from, to }) {
      const text = expression.slice(from, to);
      if (type.isError) throw new Error(`no PromQL: ${expression.slice(0, from)}>>>${expression.slice(from)}`);
      if (name === 'VectorSelector') selectors.push({ text, metric: '', matchers: [] });
      const selector = selectors.at(-1);
      if (name === 'Identifier' && selector) selector.metric = text;
      if (name === 'UnquotedLabelMatcher') parts = [];
      if (name === 'LabelName' || name === 'MatchOp' || name === 'StringLiteral') parts.push(text);
    },
    leave({ name }) {
      if (name !== 'UnquotedLabelMatcher') return;
      const [label = '', operator, quoted = '""'] = parts;
      const value = JSON.parse(quoted) as string;
      selectors.at(-1)?.matchers.push({ label, operator: operator as LabelMatcher['operator'], value });
    },
  });
  return selectors;
}

const ofTargets = new Set(['namespace', 'service', 'pod', 'container', 'job', 'instance', 'endpoint', 'le']);

/** Whether an expression takes series together, so that only the labels by which it groups are left. */
export function aggregates(expression: string): boolean {
  let found = false;
  parser.parse(expression).iterate({
    enter({ name }) {
      found ||= name === 'AggregateExpr';
    },
  });
  return found;
}

/** The labels that an expression groups by, anywhere in it: of those of a recording rule, its series have at most these. */
export function groupingsIn(expression: string): string[] {
  const labels: string[] = [];
  let isGrouping = false;
  parser.parse(expression).iterate({
    enter({ name, from, to }) {
      if (name === 'GroupingLabels') isGrouping = true;
      if (name === 'LabelName' && isGrouping) labels.push(expression.slice(from, to));
    },
    leave({ name }) {
      if (name === 'GroupingLabels') isGrouping = false;
    },
  });
  return [...new Set(labels)];
}

/** The selectors whose rate or increase an expression takes, by the value of a label that is no target's: of events that may not have happened yet. */
export function countedIn(expression: string): string[] {
  const found: string[] = [];
  parser.parse(expression).iterate({
    enter({ name, node, from, to }) {
      if (name !== 'VectorSelector') return;
      let call = node.parent;
      while (call && call.name !== 'FunctionCall') call = call.parent;
      const around = call ? expression.slice(call.from, call.to) : '';
      const selector = expression.slice(from, to);
      const [{ metric, matchers }] = selectorsIn(selector) as [Selector];
      const isCounted = /^(rate|increase|irate)\(/.test(around) && !metric.endsWith('_bucket');
      const byValue = matchers.filter(({ label, operator }) => operator.startsWith('=') && !ofTargets.has(label));
      if (isCounted && byValue.length > 0) found.push(selector);
    },
  });
  return found;
}
