import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Environment } from '../../model/index.ts';
import type { AlertRule } from '../observability/alert-rule.ts';
import type { RecordingRule } from '../observability/recording-rule.ts';
import { customResource } from './kube-object.ts';
import { metadataForPrometheus } from './metadata-for-prometheus.ts';
import type { ObjectMetadata } from './object-metadata.ts';

export interface AlertRulesProps {
  /** Of the object; the group of its rules is called like it, after the system. */
  readonly metadata: ObjectMetadata;
  readonly environment: Environment;
  readonly rules: readonly (AlertRule | RecordingRule)[];
}

/** What makes Prometheus tell somebody when something is wrong with a workload. */
export function alertRules(scope: Construct, { metadata, environment, rules }: AlertRulesProps): ApiObject {
  return customResource(
    scope,
    'rules',
    new PrometheusRule({
      metadata: metadataForPrometheus(metadata, environment),
      spec: { groups: [{ name: `${metadata.namespace}.${metadata.name}`, rules: [...rules] }] },
    }),
  );
}
