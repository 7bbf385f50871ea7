/** What an alert must be like: each pair of its label and value. */
export interface Matcher {
  readonly label: string;
  /** How its value is compared; a label that is not there counts as empty. */
  readonly is: '=' | '!=' | '=~';
  readonly value: string;
}

/** Where an alert goes: through the first of `routes` that takes it, else to `receiver`. What is left out is as in the route above. */
export interface AlertRoute {
  readonly matchers: readonly Matcher[];
  readonly receiver: string;
  readonly groupBy?: readonly string[];
  readonly groupWait?: string;
  readonly groupInterval?: string;
  readonly repeatInterval?: string;
  /** The times at which it says nothing, by their name. */
  readonly muteTimeIntervals?: readonly string[];
  readonly routes?: readonly AlertRoute[];
}

/** While an alert like `source` fires, those like `target` are not told whose labels in `equal` are the same. */
export interface InhibitRule {
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

export const is = (label: string, value: string): Matcher => ({ label, is: '=', value });
export const isNot = (label: string, value: string): Matcher => ({ label, is: '!=', value });
/** @param pattern a regular expression, which the whole value matches */
export const like = (label: string, pattern: string): Matcher => ({ label, is: '=~', value: pattern });
/** @param values any of these, as they are */
export const isOneOf = (label: string, values: readonly string[]): Matcher =>
  like(label, values.map((value) => value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'));
