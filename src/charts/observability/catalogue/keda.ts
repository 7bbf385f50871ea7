import { counter, gauge } from '../../../model/index.ts';

const trigger = {
  scaledObject: 'open',
  metric: 'open',
  scaler: 'open',
  triggerIndex: 'open',
  type: ['scaledobject', 'scaledjob'],
} as const;

/**
 * What KEDA's operator says of its ScaledObjects, each called as it is without `keda_`. `namespace` is that of the ScaledObject where the scrape honours the labels of what it reads,
 * as the add-on's values have it; else it would be that of KEDA, and this one `exported_namespace`.
 * @see https://keda.sh/docs/latest/integrations/prometheus/
 */
export const keda = {
  scaledObjectErrorsTotal: counter({
    name: 'keda_scaled_object_errors_total',
    help: 'Errors of a ScaledObject: its scale was not read or set, or a trigger of it gave no number.',
    labels: { scaledObject: 'open' },
  }),
  scalerMetricsValue: gauge({
    name: 'keda_scaler_metrics_value',
    help: 'The number that a trigger gave last.',
    labels: trigger,
  }),
  scalerMetricsLatencySeconds: gauge({
    name: 'keda_scaler_metrics_latency_seconds',
    help: 'Seconds that the last answer to a trigger took.',
    labels: trigger,
  }),
} as const;
