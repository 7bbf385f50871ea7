import { keda, kubeStateMetrics as kube } from '../catalogue/index.ts';
import { type Matchers, max, rate, type Span, series, sum } from '../promql/index.ts';

/** Autoscalers by their names: that of a service is called like it. */
export type AutoscalersOf = Matchers<typeof kube.horizontalpodautoscalerStatusDesiredReplicas>;

/** Whether an autoscaler gets no measure to scale by: 1, or 0. */
export function isWithoutMeasure(of: AutoscalersOf) {
  return max(
    series(kube.horizontalpodautoscalerStatusCondition, { ...of, condition: 'ScalingActive', status: 'false' }),
  );
}

/** Whether an autoscaler wants more or fewer pods than it may have: 1, or 0. */
export function isAtALimit(of: AutoscalersOf) {
  return max(
    series(kube.horizontalpodautoscalerStatusCondition, { ...of, condition: 'ScalingLimited', status: 'true' }),
  );
}

/** How often per second KEDA does not get the demand that it asks for. */
export function demandErrors(of: Matchers<typeof keda.scaledObjectErrorsTotal>, over: Span) {
  return sum(rate(series(keda.scaledObjectErrorsTotal, of), over));
}
