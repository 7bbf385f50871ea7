import type { Metric } from '../../../model/index.ts';
import { Vector } from './vector.ts';

/** The labels that Prometheus writes beside those of a metric: of what it scraped, as a ServiceMonitor or PodMonitor has them. */
export type TargetLabel = 'namespace' | 'pod' | 'service' | 'job' | 'instance' | 'container' | 'endpoint';

/** The labels of a metric's series. */
export type SeriesLabel<M> =
  | TargetLabel
  | (M extends { readonly labels: infer Labels } ? keyof Labels & string : never);

type ValueOf<M, Name> = M extends { readonly labels: infer Labels }
  ? Name extends keyof Labels
    ? Labels[Name] extends readonly (infer Value extends string)[]
      ? Value
      : string
    : string
  : string;

/** What a label must be: a value, one of several, any but these, or what matches a regular expression of RE2, or does not, from its first character to its last. */
export type Matcher<Value extends string = string> =
  | Value
  | { readonly in: readonly Value[] }
  | { readonly notIn: readonly Value[] }
  | { readonly like: string }
  | { readonly unlike: string };

export type Matchers<M> = { readonly [Name in SeriesLabel<M>]?: Matcher<ValueOf<M, Name>> };

/** How a series moves: what only rises has a rate. */
export type Kind = 'counter' | 'gauge';

/** The series of a metric that match, as they are now. */
export class Series<K extends Kind, Label extends string> extends Vector<Label> {
  declare readonly kind: K;
}

type Of<Type extends Metric['type']> = Extract<Metric, { type: Type }>;

/** Of a counter or a gauge. */
export function series<const M extends Of<'counter'> | Of<'gauge'>>(
  metric: M,
  matchers: Matchers<M> = {},
): Series<M['type'], SeriesLabel<M>> {
  return new Series(selectorText(metric.name, matchers));
}

/** How many observations of a histogram were at most each edge, `le`. */
export function buckets<const M extends Of<'histogram'>>(
  metric: M,
  matchers: Matchers<M> & { readonly le?: Matcher } = {},
): Series<'counter', SeriesLabel<M> | 'le'> {
  return new Series(selectorText(`${metric.name}_bucket`, matchers));
}

/** How many observations a histogram has. */
export function observations<const M extends Of<'histogram'>>(
  metric: M,
  matchers: Matchers<M> = {},
): Series<'counter', SeriesLabel<M>> {
  return new Series(selectorText(`${metric.name}_count`, matchers));
}

/** What a histogram observed, added up, in its unit. */
export function totalOf<const M extends Of<'histogram'>>(
  metric: M,
  matchers: Matchers<M> = {},
): Series<'counter', SeriesLabel<M>> {
  return new Series(selectorText(`${metric.name}_sum`, matchers));
}

/** What a recording rule wrote. @param rule its name and labels */
export function recorded<Label extends string>(
  rule: { readonly record: string; readonly by: readonly Label[] },
  matchers: { readonly [Name in Label]?: Matcher } = {},
): Series<'gauge', Label> {
  return new Series(selectorText(rule.record, matchers));
}

/**
 * The edge of a bucket, as `le` has it. A whole number stands there as prom-client writes it, or as Prometheus does from version 3 on: `1`, or `1.0`.
 * @see https://prometheus.io/docs/prometheus/latest/migration/#le-and-quantile-label-values
 */
export function edge(value: number): Matcher {
  return Number.isInteger(value) ? { in: [String(value), `${value}.0`] } : String(value);
}

function selectorText(name: string, matchers: object): string {
  const texts = Object.entries(matchers as Readonly<Record<string, Matcher | undefined>>).flatMap(([label, matcher]) =>
    matcher === undefined ? [] : [`${label}${matcherText(matcher)}`],
  );
  return texts.length > 0 ? `${name}{${texts.join(',')}}` : name;
}

function matcherText(matcher: Matcher): string {
  if (typeof matcher === 'string') return `=${quoted(matcher)}`;
  if ('like' in matcher) return `=~${quoted(matcher.like)}`;
  if ('unlike' in matcher) return `!~${quoted(matcher.unlike)}`;
  const isIn = 'in' in matcher;
  const values = isIn ? matcher.in : matcher.notIn;
  const [first = '', ...others] = values;
  if (others.length === 0) return `${isIn ? '=' : '!='}${quoted(first)}`;
  return `${isIn ? '=~' : '!~'}${quoted(values.map(escaped).join('|'))}`;
}

/** A text of PromQL. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** As a regular expression that means this text alone. */
export function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
