import type { ScalingOf } from '../../model/index.ts';

/** @see customMetric */
export interface CustomMetricProps {
  /** Of the service. */
  readonly namespace: string;
  readonly service: string;
  readonly scaling: Pick<ScalingOf<'custom'>, 'metric'>;
}

/**
 * What prometheus-adapter calls a service's measure, by a rule of its own, and its HPA asks for. By dots, which no namespace and no service has in its name: of two
 * rules with one name the adapter would keep the last, in silence, and two systems may have a service of one name.
 */
export function customMetric({ namespace, service, scaling: { metric: measure } }: CustomMetricProps): string {
  const { of, metric } = measure;
  return [namespace, service, of === 'rate' ? `${metric.name.replace(/_total$/, '')}_per_second` : metric.name].join(
    '.',
  );
}
