import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { Environment, System } from '../../model/index.ts';
import { systemLabels } from '../identity.ts';
import { kubeObject } from './kube-object.ts';

export interface NamespaceProps {
  readonly system: System;
  readonly environment: Environment;
}

/**
 * The namespace of a system. It admits only pods of the Pod Security level "restricted", and denies them all traffic that no policy of a service allows.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
export class Namespace extends Construct {
  /** Its name: the system's. */
  readonly namespaceName: string;

  constructor(scope: Construct, id: string, { system, environment }: NamespaceProps) {
    super(scope, id);
    this.namespaceName = system.name;
    const labels = systemLabels(system, environment);
    kubeObject(
      this,
      'namespace',
      k8s.KubeNamespace.manifest({
        metadata: {
          name: this.namespaceName,
          labels: {
            ...labels,
            'pod-security.kubernetes.io/enforce': 'restricted',
            'pod-security.kubernetes.io/audit': 'restricted',
            'pod-security.kubernetes.io/warn': 'restricted',
          },
        },
      }),
    );
    kubeObject(
      this,
      'default-deny',
      k8s.KubeNetworkPolicy.manifest({
        metadata: { name: 'default-deny', namespace: this.namespaceName, labels },
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
      }),
    );
  }
}
