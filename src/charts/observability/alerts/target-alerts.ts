import { idleAfter } from '../../../model/index.ts';
import { prometheus } from '../catalogue/index.ts';
import { absent, below, equal, max, series } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import type { AlertedService } from './alerted-service.ts';
import { unlessOff } from './unless-off.ts';

/** What Prometheus does not reach. */
export function targetAlerts({
  namespace,
  service: { name: service, owner },
  scaling,
  thresholds,
}: AlertedService): Alert[] {
  const up = series(prometheus.up, { namespace, service });
  return [
    ...unlessOff(
      thresholds.serviceDown,
      (lasting): Alert => ({
        name: 'ServiceDown',
        seen: { panel: 'targets' },
        severity: 'critical',
        concern: 'pods',
        service,
        owner,
        // One that sleeps has no pods, and is not down.
        when: idleAfter(scaling) === undefined ? absent(equal(up, 1)) : below(max(up), 1),
        for: lasting,
        summary: `No pod of ${namespace}/${service} answers`,
        description: `Prometheus reaches none of its pods, or there are none: whoever asks it gets an error.`,
      }),
    ),
    ...unlessOff(
      thresholds.podNotScraped,
      (lasting): Alert => ({
        name: 'PodNotScraped',
        seen: { panel: 'targets' },
        severity: 'warning',
        concern: 'monitoring',
        service,
        owner,
        when: equal(max(up, ['pod']), 0),
        for: lasting,
        summary: `Prometheus does not reach a pod of ${namespace}/${service}`,
        description: `{{ $labels.pod }} gives no metrics: what it answers is in no rate, neither for alerts nor for scaling.`,
      }),
    ),
  ];
}
