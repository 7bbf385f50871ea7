import { httpRequestDuration, httpRequests } from '../../../model/index.ts';
import {
  buckets,
  clampedBelow,
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

/** Whose requests. */
export type RequestsOf = Matchers<typeof httpRequests>;

type Label = SeriesLabel<typeof httpRequests>;

/** How many requests were answered, per second. @param by the labels that stay. @default - none */
export function requestsPerSecond<const By extends Label = never>(
  of: RequestsOf,
  over: Span,
  by: readonly By[] = [],
): Vector<By> {
  return sum(rate(series(httpRequests, of), over), by);
}

/** How many of them were answered with 5xx, per second. 0 where none was. */
export function failuresPerSecond<const By extends Label = never>(
  of: RequestsOf,
  over: Span,
  by: readonly By[] = [],
): Vector<By> {
  return or(requestsPerSecond({ ...of, status: { like: '5..' } }, over, by), times(0, requestsPerSecond(of, over, by)));
}

/** Far fewer requests per second than one in any time that is looked at. */
const asGoodAsNone = 1e-6;

/** The part of the requests that was answered with 5xx. 0 where there were no requests. */
export function failureShare<const By extends Label = never>(
  of: RequestsOf,
  over: Span,
  by: readonly By[] = [],
): Vector<By> {
  return ratio(failuresPerSecond(of, over, by), clampedBelow(requestsPerSecond(of, over, by), asGoodAsNone));
}

/** In how many seconds a share of the requests was answered at most. No number where there were no requests. */
export function answeredWithin<const By extends Label = never>(
  share: number,
  of: RequestsOf,
  over: Span,
  by: readonly By[] = [],
): Vector<By> {
  const counted = sum<Label | 'le', By | 'le'>(rate(buckets(httpRequestDuration, of), over), ['le', ...by]);
  return quantileOf<By>(share, counted as Vector<By | 'le'>);
}
