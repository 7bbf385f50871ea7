import { isIPv4 } from 'node:net';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type Environment, hasGateway, metricsPort, type OutsidePlace, type Pods } from '../../model/index.ts';
import { gatewayName, selector, serviceLabels } from '../identity.ts';
import type { OutsideStorePlace, Placement, StorePlace } from '../placement.ts';
import { portOfUrl } from '../port-of-url.ts';
import { kubeObject } from './kube-object.ts';
import { isInside } from './networks.ts';

/**
 * The one NetworkPolicy of a service: both ends of every declared call, Prometheus, DNS, the ways in that the environment has, the APIs outside and the stores.
 * All else is denied.
 */
export class NetworkAccess extends Construct {
  constructor(scope: Construct, id: string, placement: Placement) {
    super(scope, id);
    const { service, system } = placement;
    kubeObject(
      this,
      'network-policy',
      k8s.KubeNetworkPolicy.manifest({
        metadata: { name: service.name, namespace: system.name, labels: serviceLabels(placement) },
        spec: {
          podSelector: { matchLabels: selector(service.name) },
          policyTypes: ['Ingress', 'Egress'],
          ingress: ingressRules(placement),
          egress: egressRules(placement),
        },
      }),
    );
  }
}

function ingressRules({ service, system, environment }: Placement): k8s.NetworkPolicyIngressRule[] {
  const http = [tcp(service.contract.port)];
  const callers = system.services.filter((each) => each.calls.some((call) => call.contract.name === service.name));
  const entrances = system.entrances.filter((each) => each.services.some(({ name }) => name === service.name));
  const behindGateway = hasGateway(environment, system);
  const atNodePort =
    !behindGateway &&
    entrances.some((each) => each.nodePort !== undefined) &&
    environment.exposure.some((each) => each.kind === 'nodePort');
  const outside = behindGateway ? [podsOf(gatewayName)] : controllersOf(environment).map(peer);

  const peers = [...callers.map((each) => podsOf(each.name)), ...(entrances.length > 0 ? outside : [])];
  return [
    ...(peers.length > 0 ? [{ from: peers, ports: http }] : []),
    // Through a NodePort a request comes from anywhere, and its source may be rewritten on the way.
    ...(atNodePort ? [{ ports: http }] : []),
    { from: [peer(environment.monitoring.prometheus)], ports: [tcp(metricsPort)] },
  ];
}

/** The pods of the cluster that bring requests from outside. */
export function controllersOf({ exposure }: Environment): readonly Pods[] {
  return exposure.flatMap((each) => ('controllers' in each ? each.controllers : []));
}

/** What every pod needs that finds others by name. */
export function egressToDns({ dns }: Environment): k8s.NetworkPolicyEgressRule {
  const resolver = 'address' in dns ? { ipBlock: { cidr: `${dns.address}/32` } } : peer(dns);
  return { to: [resolver], ports: [{ protocol: 'UDP', port: number(dns.port) }, tcp(dns.port)] };
}

/** The way to whoever takes spans. */
function egressToCollector({ tracing }: Environment): k8s.NetworkPolicyEgressRule[] {
  return tracing ? [{ to: [peer(tracing.collector)], ports: [tcp(portOfUrl(tracing.endpoint))] }] : [];
}

function egressRules({ service, environment, outside, stores }: Placement): k8s.NetworkPolicyEgressRule[] {
  return [
    egressToDns(environment),
    ...egressToCollector(environment),
    ...service.calls.map(({ contract }) => ({ to: [podsOf(contract.name)], ports: [tcp(contract.port)] })),
    ...distinct([
      ...outside.map((place) => outsideRule(place, environment)),
      ...stores.map((store) => storeRule(store, environment)),
    ]),
  ];
}

/** The way to a store that a service uses. */
export function storeRule(store: StorePlace, { privateNetworks }: Environment): k8s.NetworkPolicyEgressRule {
  if (store.inCluster) {
    return { to: [{ podSelector: { matchLabels: store.labels } }], ports: [tcp(store.port)] };
  }
  return egressTo(store.at, privateNetworks);
}

/** To pods of the cluster, or networks, at their port. */
export function egressTo(
  at: OutsideStorePlace,
  privateNetworks: Environment['privateNetworks'],
): k8s.NetworkPolicyEgressRule {
  if ('namespace' in at) return { to: [peer(at)], ports: [tcp(at.port)] };
  return {
    to: at.networks.map((cidr) => {
      // A network that is named as a whole opens none that is private: whoever means one names it.
      const except = privateNetworks.filter((inner) => inner !== cidr && isInside(inner, cidr));
      return { ipBlock: { cidr, ...(except.length > 0 && { except }) } };
    }),
    ports: [tcp(at.port)],
  };
}

function outsideRule(place: OutsidePlace, environment: Environment): k8s.NetworkPolicyEgressRule {
  if (typeof place !== 'string') return { to: [peer(place.pods)], ports: [tcp(place.pods.port)] };
  const { hostname } = new URL(place);
  const ports = [tcp(portOfUrl(place))];
  if (isIPv4(hostname)) return { to: [{ ipBlock: { cidr: `${hostname}/32` } }], ports };
  return { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: [...environment.privateNetworks] } }], ports };
}

/** Pods of another namespace. */
export function peer({ namespace, labels }: Pods): k8s.NetworkPolicyPeer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    ...(labels && { podSelector: { matchLabels: labels } }),
  };
}

/** Pods of the same namespace, by what they run. */
export function podsOf(name: string): k8s.NetworkPolicyPeer {
  return { podSelector: { matchLabels: selector(name) } };
}

/** A port, by TCP. */
export function tcp(port: number): k8s.NetworkPolicyPort {
  return { protocol: 'TCP', port: number(port) };
}

function number(port: number): k8s.IntOrString {
  return k8s.IntOrString.fromNumber(port);
}

/** Two APIs or stores behind the same port of the internet need one rule. */
function distinct(rules: k8s.NetworkPolicyEgressRule[]): k8s.NetworkPolicyEgressRule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
