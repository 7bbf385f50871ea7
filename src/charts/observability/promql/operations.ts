import { quoted } from './series.ts';
import { type Scalar, ScalarExpression, Vector } from './vector.ts';

type Operand<Label extends string> = Vector<Label> | Scalar;

/** Which series of two vectors belong together. @default - those of which all labels are the same */
export interface Match<Both extends string> {
  /** Those of which these labels are the same. None: every series of the one belongs to every one of the other. */
  readonly on?: readonly Both[];
}

export interface JoinMatch<Both extends string> extends Match<Both> {
  readonly on: readonly Both[];
  /** Several of the left side may belong to one of the right. */
  readonly manyToOne?: true;
}

/** Adds up. @param by the labels that stay; what differs in others alone is one series. @default - none stays */
export const sum = aggregation('sum');
export const max = aggregation('max');
export const min = aggregation('min');
export const avg = aggregation('avg');
/** How many series there are. */
export const count = aggregation('count');
/** 1 for each group of series. */
export const group = aggregation('group');

/** The value that a share of all observations is at most. @param share from 0 to 1 @param of rates of buckets, by `le` at least */
export function quantileOf<Label extends string>(
  share: number,
  of: Vector<Label | 'le'>,
): Vector<Exclude<Label, 'le'>> {
  return new Vector(`histogram_quantile(${share}, ${of.text})`);
}

/** The series, each by its own label `name` of a value. */
export function labelled<Label extends string, const Name extends string>(
  of: Vector<Label>,
  name: Name,
  value: string,
): Vector<Label | Name> {
  return new Vector(`label_replace(${of.text}, ${quoted(name)}, ${quoted(value)}, "", "")`);
}

/** The series, each with what a part of one of its labels is in another. @param pattern a regular expression of RE2 over the whole value; its first group is taken */
export function relabelled<Label extends string, const Name extends string>(
  of: Vector<Label>,
  name: Name,
  from: Label,
  pattern = '(.*)',
): Vector<Label | Name> {
  return new Vector(`label_replace(${of.text}, ${quoted(name)}, "$1", ${quoted(from)}, ${quoted(pattern)})`);
}

/** One series of the value 1 where there is none of these, and none where there is one. */
export function absent<Label extends string>(of: Vector<Label>): Vector {
  return new Vector(`absent(${of.text})`);
}

/** A vector of one series without labels. */
export function constant(value: number): Vector {
  return new Vector(`vector(${value})`);
}

export const plus = arithmetic('+');
export const minus = arithmetic('-');
export const times = arithmetic('*');
/** The one divided by the other: not a number where both are 0. */
export const ratio = arithmetic('/');

/** The series of the left side that are above the right one. */
export const above = comparison('>');
export const below = comparison('<');
export const atLeast = comparison('>=');
export const equal = comparison('==');

/** 1 for each series of the left side that is above the right one, and 0 for the others. */
export const isAbove = comparison('> bool');

/** Each value, but at least this. */
export function clampedBelow<Label extends string>(of: Vector<Label>, least: number): Vector<Label> {
  return new Vector(`clamp_min(${of.text}, ${least})`);
}

/** Each value, but from the one to the other. */
export function clamped<Label extends string>(of: Vector<Label>, least: number, most: number): Vector<Label> {
  return new Vector(`clamp(${of.text}, ${least}, ${most})`);
}

/** Each value, or the next whole number above it. */
export function roundedUp<Label extends string>(of: Vector<Label>): Vector<Label> {
  return new Vector(`ceil(${of.text})`);
}

/** The series of the left side that have one on the right. */
export const and = setOperation('and');
/** The series of the left side that have none on the right. */
export const unless = setOperation('unless');

/** The series of the first, and those of each next that have none before it. */
export function or<Label extends string>(first: Vector<Label>, ...others: readonly Vector<Label>[]): Vector<Label> {
  return new Vector([first, ...others].map(operandText).join(' or '), true);
}

function aggregation(name: string) {
  return <Label extends string, const By extends Label = never>(
    of: Vector<Label>,
    by: readonly By[] = [],
  ): Vector<By> => new Vector(by.length > 0 ? `${name} by (${by.join(', ')}) (${of.text})` : `${name}(${of.text})`);
}

function arithmetic(operator: string) {
  /** A number on either side, or two vectors. */
  function calculate<Label extends string>(left: Vector<Label>, right: Scalar): Vector<Label>;
  function calculate<Label extends string>(left: Scalar, right: Vector<Label>): Vector<Label>;
  function calculate<Left extends string, Right extends string>(
    left: Vector<Left>,
    right: Vector<Right>,
    match?: JoinMatch<NoInfer<Left & Right>>,
  ): Vector<Left>;
  function calculate(left: Operand<string>, right: Operand<string>, match?: JoinMatch<string>): Vector<string> {
    return operation(operator, left, right, match);
  }
  return calculate;
}

function comparison(operator: string) {
  return <Left extends string, Right extends string>(
    left: Vector<Left>,
    right: Vector<Right> | Scalar,
    match?: JoinMatch<NoInfer<Left & Right>>,
  ): Vector<Left> => operation(operator, left, right, match);
}

function setOperation(operator: string) {
  return <Left extends string, Right extends string>(
    left: Vector<Left>,
    right: Vector<Right>,
    match?: Match<NoInfer<Left & Right>>,
  ): Vector<Left> => operation(operator, left, right, match);
}

function operation<Label extends string>(
  operator: string,
  left: Operand<string>,
  right: Operand<string>,
  match?: JoinMatch<string> | Match<string>,
): Vector<Label> {
  const on = match?.on ? ` on(${match.on.join(', ')})` : '';
  const many = match && 'manyToOne' in match && match.manyToOne ? ' group_left()' : '';
  return new Vector(`${operandText(left)} ${operator}${on}${many} ${operandText(right)}`, true);
}

function operandText(operand: Operand<string>): string {
  if (typeof operand === 'number') return String(operand);
  if (operand instanceof ScalarExpression) return operand.text;
  return operand.isOperation ? `(${operand.text})` : operand.text;
}
