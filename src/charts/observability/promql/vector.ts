/**
 * A PromQL expression whose value is a vector. `Label` names the labels that its series are known to carry: what groups by another does not compile.
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/
 */
export class Vector<Label extends string = never> {
  /** Only for the compiler: who has more labels may stand where fewer are asked for. */
  declare readonly carries: Readonly<Record<Label, true>>;
  readonly text: string;
  /** As an operand of another operation it needs parentheses. */
  readonly isOperation: boolean;

  constructor(text: string, isOperation = false) {
    this.text = text;
    this.isOperation = isOperation;
  }

  toString(): string {
    return this.text;
  }
}

/** A number, or the text of an expression whose value is one. */
export type Scalar = number | ScalarExpression;

/** An expression whose value is a number. */
export class ScalarExpression {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The moment of the evaluation, in seconds since 1970. */
export const now = new ScalarExpression('time()');
