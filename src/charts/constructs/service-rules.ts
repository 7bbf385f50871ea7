import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceLabels } from '../identity.ts';
import type { Alert } from '../observability/alerts/alert.ts';
import { serviceAlerts } from '../observability/alerts/service-alerts.ts';
import { scalingRecords } from '../observability/scaling-records.ts';
import { sloRules } from '../observability/slo/slo-rules.ts';
import type { Placement } from '../placement.ts';
import { alertRules } from './alert-rules.ts';

/** What somebody is told of a service. */
export function alertsOfService({ service, system, scaling, thresholds }: Placement): Alert[] {
  const of = { namespace: system.name, service };
  return [...sloRules(of).alerts, ...serviceAlerts({ ...of, scaling, thresholds })];
}

/** What makes Prometheus tell somebody when something is wrong with a service. */
export function serviceRules(scope: Construct, placement: Placement): ApiObject | undefined {
  const { service, system, environment, scaling, wokenBy } = placement;
  const namespace = system.name;
  const alerts = alertsOfService(placement);
  const { records } = sloRules({ service, namespace });
  const demand = scalingRecords({ namespace, service: service.name, scaling, wokenBy });
  if (alerts.length + demand.length === 0) return undefined;
  const metadata = { name: service.name, namespace, labels: serviceLabels(placement) };
  return alertRules(scope, { metadata, environment, alerts, records: [...records, ...demand] });
}
