import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { serviceLabels } from '../identity.ts';
import { serviceAlerts } from '../observability/alerts/service-alerts.ts';
import { scalingRecords } from '../observability/scaling-records.ts';
import { sloRules } from '../observability/slo/slo-rules.ts';
import type { Placement } from '../placement.ts';
import { alertRules } from './alert-rules.ts';

/** What makes Prometheus tell somebody when something is wrong with a service. */
export function serviceRules(scope: Construct, placement: Placement): ApiObject | undefined {
  const { service, system, environment, scaling, thresholds, wokenBy } = placement;
  const namespace = system.name;
  const { records, alerts: promised } = sloRules({ service, namespace });
  const alerts = [...promised, ...serviceAlerts({ namespace, service, scaling, thresholds })];
  const demand = scalingRecords({ namespace, service: service.name, scaling, wokenBy });
  if (alerts.length + demand.length === 0) return undefined;
  const metadata = { name: service.name, namespace, labels: serviceLabels(placement) };
  return alertRules(scope, { metadata, environment, alerts, records: [...records, ...demand] });
}
