import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type Entrance, type Environment, type Exposure, hasGateway, type System } from '../../model/index.ts';
import { exposedMatches } from '../exposed-paths.ts';
import { gatewayPorts, nodePortListener } from '../gateway/gateway-listeners.ts';
import { gatewayName, selector, systemLabels } from '../identity.ts';
import { customResource, kubeObject } from './kube-object.ts';
import { peer, tcp } from './network-access.ts';
import { nginxAnnotations } from './nginx-annotations.ts';
import { portNames } from './workload.ts';

export interface EntranceProps<Kind extends Exposure['kind']> {
  readonly system: System;
  readonly environment: Environment;
  readonly entrance: Entrance;
  readonly exposure: Extract<Exposure, { kind: Kind }>;
}

/** An entrance as an Ingress: the paths of the exposed routes and nothing else, or all of them to the gateway. */
export class IngressEntrance extends Construct {
  constructor(scope: Construct, id: string, props: EntranceProps<'ingress'>) {
    super(scope, id);
    const { system, environment, entrance, exposure } = props;
    const host = hostOf(entrance, environment);
    const issuer = exposure.clusterIssuer;
    kubeObject(
      this,
      'ingress',
      k8s.KubeIngress.manifest({
        metadata: {
          ...metadataOf(props, entrance.host),
          annotations: {
            ...nginxAnnotations(exposure, entrance),
            ...exposure.annotations,
            ...(issuer && { 'cert-manager.io/cluster-issuer': issuer }),
          },
        },
        spec: {
          ingressClassName: exposure.className,
          tls: issuer ? [{ hosts: [host], secretName: `${entrance.host}-tls` }] : undefined,
          rules: [
            {
              host,
              http: {
                paths: hasGateway(environment, system)
                  ? [{ path: '/', pathType: 'Prefix', backend: backend(gatewayName) }]
                  : entrance.services.flatMap(({ name, contract }) =>
                      exposedMatches(contract, 'ingress').map(({ path, exact }) => ({
                        path,
                        pathType: exact ? 'Exact' : 'Prefix',
                        backend: backend(name),
                      })),
                    ),
              },
            },
          ],
        },
      }),
    );
  }
}

function backend(service: string): k8s.IngressBackend {
  return { service: { name: service, port: { name: portNames.http } } };
}

/**
 * Lets the ingress controller reach the pods by which cert-manager answers a certificate authority's HTTP challenge: they start in the namespace
 * of the Ingress, where everything is denied that is not named.
 * @see https://cert-manager.io/docs/configuration/acme/http01/
 */
export class CertificateChallenge extends Construct {
  constructor(scope: Construct, id: string, props: Omit<EntranceProps<'ingress'>, 'entrance'>) {
    super(scope, id);
    const { system, environment, exposure } = props;
    kubeObject(
      this,
      'network-policy',
      k8s.KubeNetworkPolicy.manifest({
        metadata: { name: 'certificate-challenge', namespace: system.name, labels: systemLabels(system, environment) },
        spec: {
          podSelector: { matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' } },
          policyTypes: ['Ingress'],
          ingress: [{ from: exposure.controllers.map(peer), ports: [tcp(8089)] }],
        },
      }),
    );
  }
}

/**
 * An entrance as a port on every node. A NodePort knows neither hosts nor paths: without a gateway all that the service answers on its port is reachable.
 */
export class NodePortEntrance extends Construct {
  constructor(scope: Construct, id: string, props: EntranceProps<'nodePort'>) {
    super(scope, id);
    const { system, environment, entrance } = props;
    const { services, nodePort } = entrance;
    const [service] = services;
    if (!service) return;
    const to = hasGateway(environment, system)
      ? {
          name: gatewayName,
          port: gatewayPorts.service,
          target: nodePortListener(system.entrances.indexOf(entrance)).name,
        }
      : { name: service.name, port: service.contract.port, target: portNames.http };
    kubeObject(
      this,
      'service',
      k8s.KubeService.manifest({
        // A Service of its own: a port of type NodePort on the first one would open the metrics too.
        metadata: metadataOf(props, `${entrance.host}-node-port`),
        spec: {
          type: 'NodePort',
          // Else the nodes put their own address in place of the client's, and all clients would share the limits of one.
          externalTrafficPolicy: hasGateway(environment, system) ? 'Local' : undefined,
          selector: selector(to.name),
          ports: [
            {
              name: portNames.http,
              port: to.port,
              targetPort: k8s.IntOrString.fromString(to.target),
              nodePort,
              protocol: 'TCP',
              appProtocol: 'http',
            },
          ],
        },
      }),
    );
  }
}

/** All entrances of a system at the address of a load balancer, which leads to the system's gateway. */
export class LoadBalancerEntrances extends Construct {
  constructor(scope: Construct, id: string, props: Omit<EntranceProps<'loadBalancer'>, 'entrance'>) {
    super(scope, id);
    const { system, environment, exposure } = props;
    kubeObject(
      this,
      'service',
      k8s.KubeService.manifest({
        metadata: {
          name: `${gatewayName}-load-balancer`,
          namespace: system.name,
          labels: systemLabels(system, environment),
          annotations: { ...exposure.annotations },
        },
        spec: {
          type: 'LoadBalancer',
          // Else the nodes put their own address in place of the client's.
          externalTrafficPolicy: 'Local',
          selector: selector(gatewayName),
          ports: [
            {
              name: portNames.http,
              port: gatewayPorts.service,
              targetPort: k8s.IntOrString.fromString('load-balancer'),
              protocol: 'TCP',
              appProtocol: 'http',
            },
          ],
        },
      }),
    );
  }
}

/** An entrance as an HTTPRoute of the Gateway API: the methods and paths of the exposed routes and nothing else, or all of them to the system's own gateway. */
export class GatewayEntrance extends Construct {
  constructor(scope: Construct, id: string, props: EntranceProps<'gateway'>) {
    super(scope, id);
    const { system, environment, entrance, exposure } = props;
    customResource(
      this,
      'http-route',
      new HTTPRoute({
        metadata: metadataOf(props, entrance.host),
        spec: {
          parentRefs: [
            {
              name: exposure.name,
              namespace: exposure.namespace,
              ...(exposure.listener && { sectionName: exposure.listener }),
            },
          ],
          hostnames: [hostOf(entrance, environment)],
          // A rule has at most 64 matches, and a service seldom more than a dozen exposed paths.
          rules: hasGateway(environment, system)
            ? [
                {
                  matches: [{ path: { type: 'PathPrefix', value: '/' } }],
                  backendRefs: [{ name: gatewayName, port: gatewayPorts.service }],
                },
              ]
            : entrance.services.map(({ name, contract }) => ({
                matches: exposedMatches(contract, 'gateway').map(({ method, path, exact }) => ({
                  ...(method && { method }),
                  path: { type: exact ? ('Exact' as const) : ('PathPrefix' as const), value: path },
                })),
                backendRefs: [{ name, port: contract.port }],
              })),
        },
      }),
    );
  }
}

/** The whole host name of an entrance: `bird` in the domain `test` is bird.test. */
function hostOf(entrance: Entrance, environment: Environment): string {
  return `${entrance.host}.${environment.domain}`;
}

function metadataOf(
  { system, environment, entrance }: Omit<EntranceProps<Exposure['kind']>, 'exposure'>,
  name: string,
) {
  return {
    name,
    namespace: system.name,
    labels: { 'app.kubernetes.io/name': entrance.host, ...systemLabels(system, environment) },
  };
}
