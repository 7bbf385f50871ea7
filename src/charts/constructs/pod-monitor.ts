import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Environment } from '../../model/index.ts';
import { operatorsPorts } from '../cloud-native-pg.ts';
import { customResource } from './kube-object.ts';
import { metadataForPrometheus } from './metadata-for-prometheus.ts';
import type { ObjectMetadata } from './object-metadata.ts';

export interface PodMonitorProps {
  readonly metadata: ObjectMetadata;
  /** What the operator labels the pods with. */
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly environment: Environment;
}

/** What makes Prometheus scrape pods of the operator. Not the operator's own, which is deprecated and lacks the label of the release. */
export function podMonitor(
  scope: Construct,
  id: string,
  { metadata, matchLabels, environment }: PodMonitorProps,
): ApiObject {
  return customResource(
    scope,
    id,
    new PodMonitor({
      metadata: metadataForPrometheus(metadata, environment),
      spec: {
        selector: { matchLabels },
        podMetricsEndpoints: [{ port: operatorsPorts.metricsName, interval: '30s', scrapeTimeout: '10s' }],
      },
    }),
  );
}
