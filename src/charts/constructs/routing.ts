import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import {
  type Entrance,
  type Environment,
  type Exposure,
  exposedRoutes,
  type Route,
  type System,
} from '../../model/index.ts';
import { selector, systemLabels } from '../identity.ts';
import { customResource, kubeObject } from './kube-object.ts';
import { portNames } from './workload.ts';

export interface EntranceProps<Kind extends Exposure['kind']> {
  readonly system: System;
  readonly environment: Environment;
  readonly entrance: Entrance;
  readonly exposure: Extract<Exposure, { kind: Kind }>;
}

/** An entrance as an Ingress. Only the exposed routes pass: health, metrics and the OpenAPI document stay inside. */
export class IngressEntrance extends Construct {
  constructor(scope: Construct, id: string, props: EntranceProps<'ingress'>) {
    super(scope, id);
    const { environment, entrance, exposure } = props;
    const { service } = entrance;
    const host = hostOf(entrance, environment);
    const issuer = exposure.clusterIssuer;
    kubeObject(
      this,
      'ingress',
      k8s.KubeIngress.manifest({
        metadata: {
          ...metadataOf(props, entrance.host),
          annotations: { ...exposure.annotations, ...(issuer && { 'cert-manager.io/cluster-issuer': issuer }) },
        },
        spec: {
          ingressClassName: exposure.className,
          tls: issuer ? [{ hosts: [host], secretName: `${entrance.host}-tls` }] : undefined,
          rules: [
            {
              host,
              http: {
                paths: pathMatches(exposedRoutes(service.contract)).map(({ path, exact }) => ({
                  path,
                  pathType: exact ? 'Exact' : 'Prefix',
                  backend: { service: { name: service.name, port: { name: portNames.http } } },
                })),
              },
            },
          ],
        },
      }),
    );
  }
}

/**
 * An entrance as a port on every node. A NodePort knows no paths, so all that the service answers on its port is reachable.
 */
export class NodePortEntrance extends Construct {
  constructor(scope: Construct, id: string, props: EntranceProps<'nodePort'>) {
    super(scope, id);
    const { service, nodePort } = props.entrance;
    kubeObject(
      this,
      'service',
      k8s.KubeService.manifest({
        // A Service of its own: a port of type NodePort on the first one would open the metrics too.
        metadata: metadataOf(props, `${props.entrance.host}-node-port`),
        spec: {
          type: 'NodePort',
          selector: selector(service.name),
          ports: [
            {
              name: portNames.http,
              port: service.contract.port,
              targetPort: k8s.IntOrString.fromString(portNames.http),
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

/** An entrance as an HTTPRoute of the Gateway API, by method and path. */
export class GatewayEntrance extends Construct {
  constructor(scope: Construct, id: string, props: EntranceProps<'gateway'>) {
    super(scope, id);
    const { environment, entrance, exposure } = props;
    const { service } = entrance;
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
          rules: [
            {
              matches: exposedRoutes(service.contract).map((route) => {
                const { path, exact } = pathMatch(route);
                return {
                  method: route.method,
                  path: { type: exact ? ('Exact' as const) : ('PathPrefix' as const), value: path },
                };
              }),
              backendRefs: [{ name: service.name, port: service.contract.port }],
            },
          ],
        },
      }),
    );
  }
}

/** The whole host name of an entrance: `bird` in the domain `test` is bird.test. */
export function hostOf(entrance: Entrance, environment: Environment): string {
  return `${entrance.host}.${environment.domain}`;
}

function metadataOf(
  { system, environment, entrance }: Omit<EntranceProps<Exposure['kind']>, 'exposure'>,
  name: string,
) {
  return {
    name,
    namespace: system.name,
    labels: { ...selector(entrance.service.name), ...systemLabels(system, environment) },
  };
}

interface PathMatch {
  readonly path: string;
  readonly exact: boolean;
}

/**
 * What of a route's template an Ingress and an HTTPRoute can tell alike: all of it, or what stands before its first parameter. A longer path below that passes too and is the
 * service's to refuse.
 */
function pathMatch(route: Route): PathMatch {
  const parameter = route.path.indexOf('/:');
  return parameter === -1
    ? { path: route.path, exact: true }
    : { path: route.path.slice(0, parameter) || '/', exact: false };
}

function pathMatches(routes: readonly Route[]): PathMatch[] {
  const matches = routes.map(pathMatch);
  return [...new Map(matches.map((match) => [JSON.stringify(match), match])).values()];
}
