import type { Metric } from '../../../model/index.ts';
import { kubeStateMetrics as kube } from '../catalogue/index.ts';
import { absent, and, count, type Matchers, series, type Vector } from '../promql/index.ts';

type Gauge = Extract<Metric, { type: 'gauge' }>;

/** That an object is not there. While kube-state-metrics itself is away nobody knows, and that is told by itself, once. */
export function missing<const M extends Gauge>(namespace: string, metric: M, matchers: Matchers<M>): Vector {
  return and(absent(series(metric, matchers)), count(series(kube.namespaceStatusPhase, { namespace })), { on: [] });
}
