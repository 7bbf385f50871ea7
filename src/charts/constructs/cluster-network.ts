import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { clusterPods, operatorsPorts, poolerPods } from '../cloud-native-pg.ts';
import type { ClusterProps } from './cluster-props.ts';
import { kubeObject } from './kube-object.ts';
import { egressTo, egressToDns, peer, podsOf, tcp } from './network-access.ts';
import type { ObjectMetadata } from './object-metadata.ts';

const { postgres, status, instanceMetrics, poolerMetrics } = operatorsPorts;

/** Who reaches the servers of a cluster, and whom they and the jobs that make them reach. */
export function clusterNetwork(
  scope: Construct,
  metadata: ObjectMetadata,
  { environment, store, users }: ClusterProps,
): void {
  const { privateNetworks, monitoring } = environment;
  const one = { podSelector: clusterPods };
  const clients =
    store.pooler.instances > 0 ? [{ podSelector: poolerPods }] : users.map(({ service }) => podsOf(service.name));
  kubeObject(
    scope,
    'network-policy',
    k8s.KubeNetworkPolicy.manifest({
      metadata,
      spec: {
        podSelector: clusterPods,
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          { from: [one, peer(store.operator)], ports: [tcp(postgres), tcp(status)] },
          { from: clients, ports: [tcp(postgres)] },
          { from: [peer(monitoring.prometheus)], ports: [tcp(instanceMetrics)] },
        ],
        egress: [
          egressToDns(environment),
          { to: [one], ports: [tcp(postgres), tcp(status)] },
          egressTo(store.api, privateNetworks),
          ...(store.backups === 'none' ? [] : [egressTo(store.backups.at, privateNetworks)]),
        ],
      },
    }),
  );
}

/** Who reaches the poolers, and whom they reach. */
export function poolerNetwork(
  scope: Construct,
  metadata: ObjectMetadata,
  { environment, store, users }: ClusterProps,
): void {
  kubeObject(
    scope,
    'network-policy',
    k8s.KubeNetworkPolicy.manifest({
      metadata,
      spec: {
        podSelector: poolerPods,
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          { from: users.map(({ service }) => podsOf(service.name)), ports: [tcp(postgres)] },
          { from: [peer(environment.monitoring.prometheus)], ports: [tcp(poolerMetrics)] },
        ],
        egress: [
          egressToDns(environment),
          { to: [{ podSelector: clusterPods }], ports: [tcp(postgres)] },
          // Of the API its configuration and certificates.
          egressTo(store.api, environment.privateNetworks),
        ],
      },
    }),
  );
}
