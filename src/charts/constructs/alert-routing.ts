import { AlertmanagerConfig } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1alpha1/AlertmanagerConfig';
import { Construct } from 'constructs';
import type { Alerting, Environment, System } from '../../model/index.ts';
import { alertRoutingName, systemLabels } from '../identity.ts';
import { alertmanagerConfigSpec } from '../observability/routing/alertmanager-config-spec.ts';
import { customResource } from './kube-object.ts';
import { metadataForPrometheus } from './metadata-for-prometheus.ts';

export interface AlertRoutingProps {
  readonly system: System;
  readonly environment: Environment;
  readonly alerting: Alerting;
}

/** What makes Alertmanager tell people of a system's alerts. */
export class AlertRouting extends Construct {
  constructor(scope: Construct, id: string, { system, environment, alerting }: AlertRoutingProps) {
    super(scope, id);
    const metadata = { name: alertRoutingName, namespace: system.name, labels: systemLabels(system, environment) };
    customResource(
      this,
      'config',
      new AlertmanagerConfig({
        metadata: metadataForPrometheus(metadata, environment),
        spec: alertmanagerConfigSpec({ alerting, environment: environment.name, system: system.name }),
      }),
    );
  }
}
