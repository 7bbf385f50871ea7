import type { Metric } from '../../../model/index.ts';
import { type Matchers, Series, type SeriesLabel, series } from './series.ts';

/** By which labels prometheus-adapter asks, as a template of its own: those of pods, where it is asked about pods. */
export const askedBy = '<<.GroupBy>>';

/**
 * The series of a metric of those objects that prometheus-adapter is asked about: it writes their matchers in.
 * @see https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md#querying
 */
export function asked<const M extends Extract<Metric, { type: 'counter' | 'gauge' }>>(
  metric: M,
  matchers: Matchers<M> & { readonly service: string },
): Series<M['type'], SeriesLabel<M> | typeof askedBy> {
  return new Series(series<M>(metric, matchers).text.replace(/\}$/, ',<<.LabelMatchers>>}'));
}
