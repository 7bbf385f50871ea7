export { asked, askedBy } from './asked.ts';
export * from './operations.ts';
export * from './over-time.ts';
export {
  buckets,
  edge,
  type Kind,
  type Matcher,
  type Matchers,
  observations,
  recorded,
  Series,
  type SeriesLabel,
  series,
  type TargetLabel,
  totalOf,
} from './series.ts';
export { rateInterval, type Span, spanText } from './span.ts';
export { now, type Scalar, ScalarExpression, Vector } from './vector.ts';
