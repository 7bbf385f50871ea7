import { isRequestRate, type Scaling } from '../../../model/index.ts';
import { requestsPerSecond } from '../measures/requests.ts';
import { above } from '../promql/index.ts';
import type { Alert } from './alert.ts';
import type { AlertedService } from './alerted-service.ts';
import { unlessOff } from './unless-off.ts';

/** Of what its scaling carries. */
const usualShare = 0.9;

/** More requests than a service is made for. */
export function trafficAlerts({
  namespace,
  service: { name: service, owner },
  scaling,
  thresholds,
}: AlertedService): Alert[] {
  return unlessOff(thresholds.highTraffic ?? usualTraffic(scaling), (perSecond) => ({
    name: 'HighTraffic',
    seen: { panel: 'requests', above: [perSecond] },
    severity: 'warning',
    concern: 'traffic',
    service,
    owner,
    when: above(requestsPerSecond({ namespace, service }, '5m'), perSecond),
    for: '5m',
    summary: `${namespace}/${service} gets {{ $value | printf "%.0f" }} requests per second`,
    description: `More than ${perSecond}, which is near what its pods at most are made for. Beyond that answers become slow, and then some are 503.`,
  }));
}

/** Requests per second near the most that a scaling by them has pods for; undefined where it scales by something else, and only who declares it knows. */
export function usualTraffic(scaling: Scaling): number | undefined {
  const most = carried(scaling);
  return most === undefined ? undefined : Math.round(most * usualShare * 100) / 100;
}

function carried(scaling: Scaling): number | undefined {
  switch (scaling.kind) {
    case 'steps':
      return isRequestRate(scaling.metric) ? scaling.table.at(-2)?.[0] : undefined;
    case 'requests':
      return scaling.max * scaling.perPod;
    case 'custom':
      return isRequestRate(scaling.metric) ? scaling.max * scaling.perPod : undefined;
    default:
      return undefined;
  }
}
