import { JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import {
  type Environment,
  metricsPort,
  type NginxGateway,
  type System,
  sleepersBehindGateway,
  systemThresholdsOf,
} from '../../model/index.ts';
import { writableFolder } from '../gateway/gateway-files.ts';
import { gatewayEnd, gatewayGraceSeconds } from '../gateway/gateway-lifecycle.ts';
import { type GatewayListener, gatewayListeners, gatewayPorts } from '../gateway/gateway-listeners.ts';
import { gatewayScript } from '../gateway/gateway-script.ts';
import { gatewayServices } from '../gateway/gateway-services.ts';
import { nginxConfig } from '../gateway/nginx-config.ts';
import { gatewayLabels, gatewayName, selector } from '../identity.ts';
import type { Alert } from '../observability/alerts/alert.ts';
import { gatewayAlerts } from '../observability/alerts/gateway-alerts.ts';
import { activatorContainer, activatorMonitor, activatorVolume } from './activator-sidecar.ts';
import { alertRules } from './alert-rules.ts';
import { Autoscaling } from './autoscaling.ts';
import { basePod } from './base-pod.ts';
import { ConfigFiles } from './config-files.ts';
import { kubeObject } from './kube-object.ts';
import { controllersOf, egressToDns, peer, podsOf, tcp } from './network-access.ts';
import { restrictedContainer } from './pod-security.ts';
import { spread, surgeFirst } from './replicas.ts';
import { resourceRequirements } from './resource-requirements.ts';
import { serviceAccount } from './service-account.ts';
import { tagOf } from './store-workload.ts';
import { portNames } from './workload.ts';

export interface GatewayProps {
  readonly system: System;
  readonly environment: Environment;
  readonly gateway: NginxGateway;
}

const configPath = '/etc/trellis';
const script = 'gateway.sh';
const healthPort = 'health';

/** What somebody is told of the gateway of a system. */
export function alertsOfGateway({ name: namespace }: System, { alerts }: Environment): Alert[] {
  return gatewayAlerts({ namespace, deployment: gatewayName, thresholds: systemThresholdsOf(alerts) });
}

/**
 * The gateway of a system: Nginx, by a configuration that has the exposed routes and nothing else, and all that its pods need. It reaches the services that expose
 * something, and nobody else reaches those from outside.
 */
export class Gateway extends Construct {
  constructor(scope: Construct, id: string, props: GatewayProps) {
    super(scope, id);
    const { system, environment, gateway } = props;
    const labels = gatewayLabels(tagOf(gateway.image), system, environment);
    const metadata = { name: gatewayName, namespace: system.name, labels };
    const listeners = gatewayListeners(system, environment, gateway);
    const matchLabels = selector(gatewayName);
    const sleepers = sleepersBehindGateway(environment, system);
    const waits = sleepers.length > 0;
    const end = gatewayEnd(gatewayServices(system), sleepers);
    const config = new ConfigFiles(this, 'config', {
      metadata,
      ofEachVersion: true,
      files: { ...nginxConfig(props), [script]: gatewayScript({ folder: configPath, end }) },
    });

    serviceAccount(this, metadata);
    const deployment = kubeObject(
      this,
      'deployment',
      k8s.KubeDeployment.manifest({
        metadata,
        spec: {
          replicas: gateway.scaling.kind === 'fixed' ? gateway.scaling.replicas : undefined,
          selector: { matchLabels },
          revisionHistoryLimit: 3,
          minReadySeconds: 5,
          progressDeadlineSeconds: 600,
          strategy: surgeFirst,
          template: {
            metadata: { labels, annotations: config.annotations },
            spec: {
              ...basePod(gatewayName, environment),
              terminationGracePeriodSeconds: gatewayGraceSeconds(end),
              ...spread(matchLabels),
              ...(waits && { initContainers: [activatorContainer(environment, sleepers)] }),
              containers: [container(gateway, listeners)],
              volumes: [
                config.volume,
                ...(waits ? [activatorVolume] : []),
                {
                  name: 'tmp',
                  emptyDir: { sizeLimit: k8s.Quantity.fromString(gateway.resources.ephemeralStorage) },
                },
              ],
            },
          },
        },
      }),
    );
    if (waits) {
      // The types of 1.27 do not know it.
      deployment.addJsonPatch(JsonPatch.add('/spec/template/spec/initContainers/0/restartPolicy', 'Always'));
      activatorMonitor(this, { metadata, matchLabels, environment });
    }
    if (listeners.some(({ from }) => from === 'controllers')) {
      kubeObject(
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
                port: gatewayPorts.service,
                targetPort: k8s.IntOrString.fromString(portNames.http),
                protocol: 'TCP',
                appProtocol: 'http',
              },
            ],
          },
        }),
      );
    }
    alertRules(this, {
      metadata,
      environment,
      alerts: alertsOfGateway(system, environment),
    });
    new Autoscaling(this, 'autoscaling', { metadata, scaling: gateway.scaling, environment });
    kubeObject(
      this,
      'network-policy',
      k8s.KubeNetworkPolicy.manifest({
        metadata,
        spec: {
          podSelector: { matchLabels },
          policyTypes: ['Ingress', 'Egress'],
          ingress: [
            ...ingressRules(listeners, environment),
            ...(waits ? [{ from: [peer(environment.monitoring.prometheus)], ports: [tcp(metricsPort)] }] : []),
          ],
          egress: [
            egressToDns(environment),
            ...gatewayServices(system).map(({ name, contract }) => ({
              to: [podsOf(name)],
              ports: [tcp(contract.port)],
            })),
          ],
        },
      }),
    );
  }
}

function ingressRules(listeners: readonly GatewayListener[], environment: Environment): k8s.NetworkPolicyIngressRule[] {
  const portsFrom = (from: GatewayListener['from']) =>
    listeners.filter((each) => each.from === from).map(({ port }) => tcp(port));
  const rules = [
    { from: controllersOf(environment).map(peer), ports: portsFrom('controllers') },
    // From a node or a load balancer a request may come from any address.
    { ports: portsFrom('anybody') },
  ];
  return rules.filter(({ ports }) => ports.length > 0);
}

function container({ image, resources }: NginxGateway, listeners: readonly GatewayListener[]): k8s.Container {
  const probe = (path: string) => ({ httpGet: { path, port: k8s.IntOrString.fromString(healthPort) } });
  return {
    name: gatewayName,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['sh', `${configPath}/${script}`],
    // In which its log lines are.
    env: [{ name: 'TZ', value: 'UTC' }],
    ports: [
      ...listeners.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
      { name: healthPort, containerPort: gatewayPorts.health, protocol: 'TCP' },
    ],
    resources: resourceRequirements(resources),
    startupProbe: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: { ...probe('/healthz'), periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3 },
    readinessProbe: { ...probe('/readyz'), periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 2 },
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: 'config', mountPath: configPath, readOnly: true },
      { name: 'tmp', mountPath: writableFolder },
    ],
  };
}
