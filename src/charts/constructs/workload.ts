import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import {
  gracePeriodSeconds,
  imageName,
  kitPaths,
  type Lifecycle,
  metricsPort,
  type Resources,
  toSeconds,
} from '../../model/index.ts';
import { selector, serviceLabels } from '../identity.ts';
import type { PlacedVariable, Placement } from '../placement.ts';
import { kubeObject } from './kube-object.ts';
import { restrictedContainer, restrictedPod } from './pod-security.ts';
import { pullSecrets } from './pull-secrets.ts';

/** The names of a service's ports, by which Services, probes and monitors refer to them. */
export const portNames = { http: 'http', metrics: 'metrics' } as const;

/**
 * A service's ServiceAccount, Deployment and Service.
 *
 * The pods meet the Pod Security level "restricted", spread over nodes and zones where they can, and end only when their requests are answered.
 */
export class Workload extends Construct {
  readonly placement: Placement;
  readonly serviceAccount: ApiObject;
  readonly deployment: ApiObject;
  readonly service: ApiObject;

  constructor(scope: Construct, id: string, placement: Placement) {
    super(scope, id);
    this.placement = placement;
    const { service, system, scaling } = placement;
    const metadata = { name: service.name, namespace: system.name, labels: serviceLabels(placement) };
    const matchLabels = selector(service.name);

    this.serviceAccount = kubeObject(
      this,
      'service-account',
      k8s.KubeServiceAccount.manifest({ metadata, automountServiceAccountToken: false }),
    );
    this.deployment = kubeObject(
      this,
      'deployment',
      k8s.KubeDeployment.manifest({
        metadata: { ...metadata, annotations: { 'trellis.dev/description': service.description } },
        spec: {
          // Left out where an autoscaler writes it: each `kubectl apply` would else throw the number back.
          replicas: scaling.kind === 'fixed' ? scaling.replicas : undefined,
          selector: { matchLabels },
          revisionHistoryLimit: 3,
          minReadySeconds: 5,
          progressDeadlineSeconds: Math.max(600, 2 * Math.ceil(toSeconds(service.lifecycle.startup))),
          strategy: {
            type: 'RollingUpdate',
            rollingUpdate: {
              maxSurge: k8s.IntOrString.fromString('25%'),
              maxUnavailable: k8s.IntOrString.fromNumber(0),
            },
          },
          template: { metadata: { labels: metadata.labels }, spec: podSpec(placement) },
        },
      }),
    );
    this.service = kubeObject(
      this,
      'service',
      k8s.KubeService.manifest({
        metadata,
        spec: {
          type: 'ClusterIP',
          selector: matchLabels,
          ports: [
            {
              name: portNames.http,
              port: service.contract.port,
              targetPort: k8s.IntOrString.fromString(portNames.http),
              protocol: 'TCP',
              appProtocol: 'http',
            },
            {
              name: portNames.metrics,
              port: metricsPort,
              targetPort: k8s.IntOrString.fromString(portNames.metrics),
              protocol: 'TCP',
              appProtocol: 'http',
            },
          ],
        },
      }),
    );
  }
}

function podSpec(placement: Placement): k8s.PodSpec {
  const { service, environment } = placement;
  const matchLabels = selector(service.name);
  return {
    serviceAccountName: service.name,
    automountServiceAccountToken: false,
    // Without this every Service of the namespace adds a dozen variables, and one named like a declared variable would stand in for it.
    enableServiceLinks: false,
    imagePullSecrets: pullSecrets(environment),
    terminationGracePeriodSeconds: gracePeriodSeconds(service.lifecycle),
    securityContext: restrictedPod,
    // A name with a dot is asked as it is first: with the default of five every name outside costs four vain queries.
    dnsConfig: { options: [{ name: 'ndots', value: '1' }] },
    topologySpreadConstraints: ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels },
      // Only pods of the same revision count: else the old ones, which are about to end, push the new ones together.
      matchLabelKeys: ['pod-template-hash'],
    })),
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels } } },
        ],
      },
    },
    containers: [
      {
        name: service.name,
        image: imageName(environment, service.name),
        imagePullPolicy: environment.images.pullPolicy,
        ports: [
          { name: portNames.http, containerPort: service.contract.port, protocol: 'TCP' },
          { name: portNames.metrics, containerPort: metricsPort, protocol: 'TCP' },
        ],
        env: placement.variables.map(envVar),
        resources: resourceRequirements(service.resources),
        ...probes(service.lifecycle),
        securityContext: restrictedContainer,
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    // The one place to write: the root file system is read-only.
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString(service.resources.ephemeralStorage) } }],
  };
}

function envVar(variable: PlacedVariable): k8s.EnvVar {
  if ('value' in variable) return variable;
  const { name, secret, key, optional } = variable;
  return { name, valueFrom: { secretKeyRef: { name: secret, key, optional: optional || undefined } } };
}

function resourceRequirements(resources: Resources): k8s.ResourceRequirements {
  const quantity = k8s.Quantity.fromString;
  const storage = { 'ephemeral-storage': quantity(resources.ephemeralStorage) };
  return {
    requests: { cpu: quantity(resources.cpu), memory: quantity(resources.memory), ...storage },
    limits: {
      ...(resources.cpuLimit && { cpu: quantity(resources.cpuLimit) }),
      memory: quantity(resources.memoryLimit),
      ...storage,
    },
  };
}

/** The process is alive as long as it answers at all; it is ready while its dependencies are and until it begins to end. */
function probes({ startup }: Lifecycle): Pick<k8s.Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe'> {
  const port = k8s.IntOrString.fromString(portNames.http);
  return {
    startupProbe: {
      httpGet: { path: kitPaths.health, port },
      periodSeconds: 1,
      failureThreshold: Math.ceil(toSeconds(startup)),
    },
    livenessProbe: {
      httpGet: { path: kitPaths.health, port },
      periodSeconds: 10,
      timeoutSeconds: 3,
      failureThreshold: 3,
    },
    readinessProbe: {
      httpGet: { path: kitPaths.ready, port },
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 2,
    },
  };
}
