import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { gracePeriodSeconds, imageName, kitPaths, type Lifecycle, metricsPort, toSeconds } from '../../model/index.ts';
import { selector, serviceLabels } from '../identity.ts';
import type { PlacedVariable, Placement } from '../placement.ts';
import { basePod } from './base-pod.ts';
import { kubeObject } from './kube-object.ts';
import { restrictedContainer } from './pod-security.ts';
import { spread, surgeFirst } from './replicas.ts';
import { resourceRequirements } from './resource-requirements.ts';
import { serviceAccount } from './service-account.ts';

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

    this.serviceAccount = serviceAccount(this, metadata);
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
          strategy: surgeFirst,
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
    ...basePod(service.name, environment),
    terminationGracePeriodSeconds: gracePeriodSeconds(service.lifecycle),
    // A name with a dot is asked as it is first: with the default of five every name outside costs four vain queries.
    dnsConfig: { options: [{ name: 'ndots', value: '1' }] },
    ...spread(matchLabels),
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
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp' },
          ...placement.authorities.map(({ secret, folder }) => ({ name: secret, mountPath: folder, readOnly: true })),
        ],
      },
    ],
    volumes: [
      // The one place to write: the root file system is read-only.
      { name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString(service.resources.ephemeralStorage) } },
      // The certificate alone: the Secret of an authority may also hold the key that it signs with.
      ...placement.authorities.map(({ secret, key }) => ({
        name: secret,
        secret: { secretName: secret, items: [{ key, path: key }] },
      })),
    ],
  };
}

/** A variable of a container. */
export function envVar(variable: PlacedVariable): k8s.EnvVar {
  if ('value' in variable) return variable;
  const { name, secret, key, optional } = variable;
  return { name, valueFrom: { secretKeyRef: { name: secret, key, optional: optional || undefined } } };
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
