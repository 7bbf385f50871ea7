import { podsOfDeployment } from '../measures/workloads.ts';
import type { Alert } from './alert.ts';
import type { AlertedService } from './alerted-service.ts';
import { edgeAlerts } from './edge-alerts.ts';
import { deploymentAlerts, podAlerts } from './pod-alerts.ts';
import { scalingAlerts } from './scaling-alerts.ts';
import { securityAlerts } from './security-alerts.ts';
import { storeAlerts } from './store-alerts.ts';
import { targetAlerts } from './target-alerts.ts';
import { trafficAlerts } from './traffic-alerts.ts';
import { usageAlerts } from './usage-alerts.ts';

/** All alerts on a service: those alone that can come true there. */
export function serviceAlerts(alerted: AlertedService): Alert[] {
  const { namespace, service, thresholds } = alerted;
  const workload = { namespace, service: service.name, owner: service.owner, thresholds };
  return [
    ...targetAlerts(alerted),
    ...podAlerts({ ...workload, pods: podsOfDeployment(service.name) }),
    ...deploymentAlerts(workload),
    ...usageAlerts(alerted),
    ...trafficAlerts(alerted),
    ...scalingAlerts(alerted),
    ...edgeAlerts(alerted),
    ...storeAlerts(alerted),
    ...securityAlerts(alerted),
  ];
}
