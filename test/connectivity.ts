import { BlockList } from 'node:net';
import type { Manifest } from './objects.ts';

/** Somebody who may send or receive: a pod, or an address that is none. */
export interface Party {
  readonly name: string;
  /** The namespace, for a pod. @default - not a pod */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** The address, for what is not a pod. */
  readonly address?: string;
}

/** The pods that Deployments and StatefulSets make, and those that CloudNativePG makes of its objects, as parties. */
export function podsOf(objects: readonly Manifest[]): Party[] {
  return [
    ...objects
      .filter((object) => object.kind === 'Deployment' || object.kind === 'StatefulSet')
      .map(({ metadata, spec }) => ({
        name: metadata.name,
        namespace: metadata.namespace,
        labels: spec.template.metadata.labels,
      })),
    ...objects.filter(({ apiVersion }) => apiVersion === 'postgresql.cnpg.io/v1').flatMap(podsOfOperator),
  ];
}

/**
 * What the operator labels its pods with: the servers of a cluster, the jobs that make more of them, and the poolers.
 * @see https://cloudnative-pg.io/documentation/current/labels_annotations/
 */
function podsOfOperator({ kind, metadata: { name, namespace }, spec }: Manifest): Party[] {
  if (kind === 'Cluster') {
    const labels = { 'app.kubernetes.io/name': 'postgresql', 'cnpg.io/cluster': name };
    return [
      { name, namespace, labels: { ...labels, 'cnpg.io/instanceName': `${name}-1`, 'cnpg.io/podRole': 'instance' } },
      { name: `${name}-join`, namespace, labels: { ...labels, 'cnpg.io/jobRole': 'join' } },
    ];
  }
  if (kind !== 'Pooler') return [];
  const labels = { 'app.kubernetes.io/name': 'postgresql', 'cnpg.io/cluster': spec.cluster.name };
  return [{ name, namespace, labels: { ...labels, 'cnpg.io/poolerName': name, 'cnpg.io/podRole': 'pooler' } }];
}

/**
 * Whether the emitted NetworkPolicies let `from` reach `to` at a TCP port, computed from the manifests alone: the sender's side and the receiver's side
 * must both allow it. A pod that no policy selects in a direction is open in that direction.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function mayReach(objects: readonly Manifest[], from: Party, to: Party, port: number): boolean {
  return allows(objects, 'Egress', from, to, port) && allows(objects, 'Ingress', to, from, port);
}

function allows(
  objects: readonly Manifest[],
  direction: 'Ingress' | 'Egress',
  self: Party,
  other: Party,
  port: number,
): boolean {
  const policies = objects.filter(
    ({ kind, metadata, spec }) =>
      kind === 'NetworkPolicy' &&
      metadata.namespace === self.namespace &&
      spec.policyTypes.includes(direction) &&
      selects(spec.podSelector, self.labels),
  );
  if (self.namespace === undefined || policies.length === 0) return true;
  const [rules, peers] = direction === 'Ingress' ? (['ingress', 'from'] as const) : (['egress', 'to'] as const);
  return policies.some(({ metadata, spec }) =>
    (spec[rules] ?? []).some(
      (rule: Manifest) =>
        (!rule.ports || rule.ports.some((each: Manifest) => each.protocol === 'TCP' && each.port === port)) &&
        (!rule[peers] || rule[peers].some((peer: Manifest) => isPeer(peer, metadata.namespace, other))),
    ),
  );
}

function isPeer(peer: Manifest, home: string, party: Party): boolean {
  if (peer.ipBlock) {
    if (!party.address) return false;
    return within([peer.ipBlock.cidr], party.address) && !within(peer.ipBlock.except ?? [], party.address);
  }
  if (!party.namespace) return false;
  const namespaceFits = peer.namespaceSelector
    ? selects(peer.namespaceSelector, { 'kubernetes.io/metadata.name': party.namespace })
    : party.namespace === home;
  return namespaceFits && (!peer.podSelector || selects(peer.podSelector, party.labels));
}

function selects(selector: Manifest, labels: Readonly<Record<string, string>> = {}): boolean {
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator }: Manifest) => {
      if (operator !== 'DoesNotExist') throw new Error(`no rule of ours has the operator ${operator} so far`);
      return labels[key] === undefined;
    })
  );
}

function within(ranges: readonly string[], address: string): boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    list.addSubnet(network, Number(bits), 'ipv4');
  }
  return list.check(address, 'ipv4');
}
