import { metricPanelName } from '../dashboards/panels/own-metrics.ts';
import { above, rate, series, sum, times } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import type { AlertedService } from './alerted-service.ts';
import { unlessOff } from './unless-off.ts';

/** What looks like somebody who tries to get in. */
export function securityAlerts({
  namespace,
  service: { name: service, owner, metrics },
  thresholds,
}: AlertedService): Alert[] {
  const { failedLogins } = metrics;
  if (failedLogins?.type !== 'counter') return [];
  return unlessOff(thresholds.failedLogInsSurge, (perMinute) => ({
    name: 'FailedLogInsSurge',
    seen: { panel: metricPanelName(failedLogins), above: [perMinute] },
    severity: 'warning',
    concern: 'security',
    service,
    owner,
    when: above(times(60, sum(rate(series(failedLogins, { namespace, service }), '5m'))), perMinute),
    for: '5m',
    summary: `{{ $value | printf "%.0f" }} log-ins per minute fail at ${namespace}/${service}`,
    description: `More than ${perMinute} for minutes: somebody tries passwords, or a program of ours has a wrong one.`,
  }));
}
