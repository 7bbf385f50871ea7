import { isIPv4 } from 'node:net';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { type Environment, metricsPort, type OutsidePlace, type Pods } from '../../model/index.ts';
import { selector, serviceLabels } from '../identity.ts';
import type { Placement } from '../placement.ts';
import { kubeObject } from './kube-object.ts';

/**
 * The one NetworkPolicy of a service: both ends of every declared call, Prometheus, DNS, the ways in that the environment has, and the APIs outside. All
 * else is denied.
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
  const controllers =
    entrances.length === 0
      ? []
      : environment.exposure.flatMap((each) => (each.kind === 'nodePort' ? [] : each.controllers));
  const atNodePort =
    entrances.some((each) => each.nodePort !== undefined) &&
    environment.exposure.some((each) => each.kind === 'nodePort');

  const peers = [
    ...callers.map((each) => ({ podSelector: { matchLabels: selector(each.name) } })),
    ...controllers.map(peer),
  ];
  return [
    ...(peers.length > 0 ? [{ from: peers, ports: http }] : []),
    // Through a NodePort a request comes from anywhere, and its source may be rewritten on the way.
    ...(atNodePort ? [{ ports: http }] : []),
    { from: [peer(environment.monitoring.prometheus)], ports: [tcp(metricsPort)] },
  ];
}

function egressRules({ service, environment, outside }: Placement): k8s.NetworkPolicyEgressRule[] {
  const { dns } = environment;
  const resolver = 'address' in dns ? { ipBlock: { cidr: `${dns.address}/32` } } : peer(dns);
  return [
    { to: [resolver], ports: [{ protocol: 'UDP', port: number(dns.port) }, tcp(dns.port)] },
    ...service.calls.map(({ contract }) => ({
      to: [{ podSelector: { matchLabels: selector(contract.name) } }],
      ports: [tcp(contract.port)],
    })),
    ...distinct(outside.map((place) => outsideRule(place, environment))),
  ];
}

function outsideRule(place: OutsidePlace, environment: Environment): k8s.NetworkPolicyEgressRule {
  if (typeof place !== 'string') return { to: [peer(place.pods)], ports: [tcp(place.pods.port)] };
  const { hostname, port, protocol } = new URL(place);
  const ports = [tcp(Number(port) || (protocol === 'https:' ? 443 : 80))];
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

function tcp(port: number): k8s.NetworkPolicyPort {
  return { protocol: 'TCP', port: number(port) };
}

function number(port: number): k8s.IntOrString {
  return k8s.IntOrString.fromNumber(port);
}

/** Two APIs behind the same port of the internet need one rule. */
function distinct(rules: k8s.NetworkPolicyEgressRule[]): k8s.NetworkPolicyEgressRule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
