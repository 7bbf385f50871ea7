import type { Dashboard as DashboardJson } from '@grafana/grafana-foundation-sdk/dashboard';
import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Environment, System } from '../../model/index.ts';
import { dashboardFolder, dashboardLabel, systemLabels } from '../identity.ts';
import { kubeObject } from './kube-object.ts';

export interface DashboardProps {
  readonly system: System;
  readonly environment: Environment;
  readonly dashboard: DashboardJson;
}

/** What makes Grafana show a dashboard, in a folder of the system: a ConfigMap that the sidecar of Grafana finds by its label. */
export function dashboardObject(scope: Construct, { system, environment, dashboard }: DashboardProps): ApiObject {
  const { uid } = dashboard;
  const name = `dashboard-${uid}`;
  return kubeObject(
    scope,
    'dashboard',
    k8s.KubeConfigMap.manifest({
      metadata: {
        name,
        namespace: system.name,
        labels: { ...systemLabels(system, environment), [dashboardLabel.name]: dashboardLabel.value },
        annotations: { [dashboardFolder]: system.name },
      },
      data: { [`${uid}.json`]: `${JSON.stringify(dashboard, null, 1)}\n` },
    }),
  );
}
