import { clientRequestDuration, clientRequests } from '../../../model/index.ts';
import {
  atLeast,
  buckets,
  increase,
  type Matchers,
  or,
  quantileOf,
  rate,
  ratio,
  type SeriesLabel,
  type Span,
  series,
  sum,
  times,
  type Vector,
} from '../promql/index.ts';

/** Whose attempts to call whom. */
export type EdgesOf = Matchers<typeof clientRequests>;
type Label = SeriesLabel<typeof clientRequests>;

/** Outcomes of attempts. */
export type Outcomes = NonNullable<EdgesOf['outcome']>;

/** An answer that says no is often the right one, and one of 5xx is told of whoever gave it. */
export const notAnswered = { in: ['timeout', 'network', 'invalid'] } as const satisfies Outcomes;

/** What is wrong where somebody else answers. */
export const notWell = { notIn: ['ok'] } as const satisfies Outcomes;

const byPeer = ['peer'] as const;

/** How many attempts there were in a time, by who was called. */
export function attempts(of: EdgesOf, over: Span) {
  return sum(increase(series(clientRequests, of), over), byPeer);
}

/** How many of them ended so, in per cent. No number where there were none. */
export function attemptsPercent(of: EdgesOf, outcome: Outcomes, over: Span) {
  return times(100, ratio(attempts({ ...of, outcome }, over), attempts(of, over), { on: byPeer }));
}

/** The same, and 0 where there were none. */
export function attemptsPercentOrNone(of: EdgesOf, outcome: Outcomes, over: Span) {
  // What is no number is not at least 0.
  return or(atLeast(attemptsPercent(of, outcome, over), 0), times(0, attempts(of, over)));
}

/** Attempts per second. @param by the labels that stay */
export function attemptsPerSecond<const By extends Label>(of: EdgesOf, over: Span, by: readonly By[]): Vector<By> {
  return sum(rate(series(clientRequests, of), over), by);
}

/** In how many seconds a share of the attempts was answered at most, by who was called. */
export function attemptsWithin(share: number, of: EdgesOf, over: Span) {
  return quantileOf<'peer'>(share, sum(rate(buckets(clientRequestDuration, of), over), ['le', 'peer']));
}
