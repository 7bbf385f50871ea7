import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import service from '../../apps/activator/service.ts';
import {
  activator,
  type Environment,
  imageName,
  kitPaths,
  metricsPort,
  type Sleeper,
  sleepersText,
  toSeconds,
} from '../../model/index.ts';
import { waitingScraped } from '../observability/waiting-demand.ts';
import { customResource } from './kube-object.ts';
import { metadataForPrometheus } from './metadata-for-prometheus.ts';
import type { ObjectMetadata } from './object-metadata.ts';
import { restrictedContainer } from './pod-security.ts';
import { resourceRequirements } from './resource-requirements.ts';
import { portNames } from './workload.ts';

/** Its own, so that it can neither read nor write what Nginx has. */
const folder = 'activator-tmp';

/**
 * What says to Nginx in the same pod when a service is awake: a container that starts before it and ends after it. While it does not
 * answer, requests pass. Nginx waits for its first answer, so no request of a pod that starts passes; and one that ends again and again takes its pod out, as Kubernetes counts it as any container.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
 */
export function activatorContainer(environment: Environment, sleepers: readonly Sleeper[]): k8s.Container {
  const probe = { httpGet: { path: kitPaths.health, port: k8s.IntOrString.fromString(activator.name) } };
  return {
    name: activator.name,
    image: imageName(environment, activator.name),
    imagePullPolicy: environment.images.pullPolicy,
    env: [
      { name: 'SERVICE_VERSION', value: environment.images.tag },
      { name: activator.variable, value: sleepersText(sleepers) },
    ],
    ports: [
      { name: activator.name, containerPort: service.contract.port, protocol: 'TCP' },
      { name: portNames.metrics, containerPort: metricsPort, protocol: 'TCP' },
    ],
    resources: resourceRequirements(service.resources),
    startupProbe: { ...probe, periodSeconds: 1, failureThreshold: Math.ceil(toSeconds(service.lifecycle.startup)) },
    livenessProbe: { ...probe, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3 },
    securityContext: restrictedContainer,
    volumeMounts: [{ name: folder, mountPath: '/tmp' }],
  };
}

/** The one folder that it may write to. */
export const activatorVolume: k8s.Volume = {
  name: folder,
  emptyDir: { sizeLimit: k8s.Quantity.fromString(service.resources.ephemeralStorage) },
};

/** What makes Prometheus scrape it. Its series have the labels that ServiceMonitors give those of services. */
export function activatorMonitor(
  scope: Construct,
  {
    metadata,
    matchLabels,
    environment,
  }: {
    readonly metadata: ObjectMetadata;
    readonly matchLabels: Readonly<Record<string, string>>;
    readonly environment: Environment;
  },
): ApiObject {
  return customResource(
    scope,
    'pod-monitor',
    new PodMonitor({
      metadata: metadataForPrometheus(metadata, environment),
      spec: {
        jobLabel: 'app.kubernetes.io/name',
        selector: { matchLabels },
        podMetricsEndpoints: [
          {
            port: portNames.metrics,
            path: '/metrics',
            interval: `${waitingScraped}s`,
            scrapeTimeout: `${waitingScraped}s`,
            relabelings: [{ action: 'replace', targetLabel: 'service', replacement: activator.caller }],
            metricRelabelings: [{ action: 'labeldrop', regex: 'exported_service' }],
          },
        ],
      },
    }),
  );
}
