import type { Kind, Series } from './series.ts';
import { type rateInterval, type Span, spanMilliseconds, spanText } from './span.ts';
import { Vector } from './vector.ts';

export interface RangeOptions {
  /** How long before now the range ends. @default - now */
  readonly offset?: Span;
}

/** How much a counter rises per second, over a time. */
export function rate<Label extends string>(of: Series<'counter', Label>, over: Span, options?: RangeOptions) {
  return ranged('rate', of, over, options);
}

/** By how much a counter rose in a time. */
export function increase<Label extends string>(of: Series<'counter', Label>, over: Span, options?: RangeOptions) {
  return ranged('increase', of, over, options);
}

/** How often a value changed in a time. */
export function changes<Label extends string>(of: Series<Kind, Label>, over: Span, options?: RangeOptions) {
  return ranged('changes', of, over, options);
}

/** The highest value in a time. */
export function highest<Label extends string>(of: Series<Kind, Label>, over: Span, options?: RangeOptions) {
  return ranged('max_over_time', of, over, options);
}

/** The lowest value in a time. */
export function lowest<Label extends string>(of: Series<Kind, Label>, over: Span, options?: RangeOptions) {
  return ranged('min_over_time', of, over, options);
}

/** The average of the values in a time. */
export function average<Label extends string>(of: Series<'gauge', Label>, over: Span, options?: RangeOptions) {
  return ranged('avg_over_time', of, over, options);
}

/** The last value in a time: that of a series too that has ended since. */
export function latest<Label extends string>(of: Series<Kind, Label>, over: Span, options?: RangeOptions) {
  return ranged('last_over_time', of, over, options);
}

/** What a gauge will be, if it goes on as it did in a time. */
export function predicted<Label extends string>(
  of: Series<'gauge', Label>,
  over: Span,
  after: Exclude<Span, typeof rateInterval>,
): Vector<Label> {
  return new Vector(`predict_linear(${of.text}[${spanText(over)}], ${spanMilliseconds(after) / 1_000})`);
}

/** Of any expression, evaluated each `step`: the values in a time, added up. Where there was no value, there is nothing to add. */
export function sumOver<Label extends string>(of: Vector<Label>, over: Span, step: Span): Vector<Label> {
  return evaluated('sum_over_time', of, over, step);
}

/** The values a while ago. */
export function ago<Label extends string>(of: Series<Kind, Label>, offset: Span): Vector<Label> {
  return new Vector(`${of.text} offset ${spanText(offset)}`);
}

function ranged<Label extends string>(
  name: string,
  { text }: Series<Kind, Label>,
  over: Span,
  { offset }: RangeOptions = {},
): Vector<Label> {
  const end = offset === undefined ? '' : ` offset ${spanText(offset)}`;
  return new Vector(`${name}(${text}[${spanText(over)}]${end})`);
}

function evaluated<Label extends string>(name: string, of: Vector<Label>, over: Span, step: Span): Vector<Label> {
  const inner = of.isOperation ? `(${of.text})` : of.text;
  return new Vector(`${name}(${inner}[${spanText(over)}:${spanText(step)}])`);
}
