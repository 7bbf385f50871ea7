import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Environment } from '../../model/index.ts';
import type { Alert } from '../observability/alerts/alert.ts';
import { ruleOf } from '../observability/alerts/rule-of.ts';
import type { RecordingRule } from '../observability/recording-rule.ts';
import { customResource } from './kube-object.ts';
import { metadataForPrometheus } from './metadata-for-prometheus.ts';
import type { ObjectMetadata } from './object-metadata.ts';

export interface AlertRulesProps {
  /** Of the object; the group of its rules is called like it, after the system. */
  readonly metadata: ObjectMetadata;
  readonly environment: Environment;
  /** About the system of its namespace. */
  readonly alerts: readonly Alert[];
  /** What the alerts read. They stand before them. @default - nothing */
  readonly records?: readonly RecordingRule[];
}

/** What makes Prometheus tell somebody when something is wrong with a workload. */
export function alertRules(
  scope: Construct,
  { metadata, environment, alerts, records = [] }: AlertRulesProps,
): ApiObject {
  const rules = alerts.map((alert) => ruleOf(alert, { system: metadata.namespace, environment }));
  return customResource(
    scope,
    'rules',
    new PrometheusRule({
      metadata: metadataForPrometheus(metadata, environment),
      spec: { groups: [{ name: `${metadata.namespace}.${metadata.name}`, rules: [...records, ...rules] }] },
    }),
  );
}
