import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { selector } from '../identity.ts';
import { kubeObject } from './kube-object.ts';

/** Lets a drain take one pod of a workload at a time. @param metadata of the object; its name is the workload's */
export function disruptionBudget(scope: Construct, metadata: k8s.ObjectMeta & { readonly name: string }): ApiObject {
  return kubeObject(
    scope,
    'pod-disruption-budget',
    k8s.KubePodDisruptionBudget.manifest({
      metadata,
      spec: {
        selector: { matchLabels: selector(metadata.name) },
        // One at a time whatever the number: a `minAvailable` that equals the pods there are would block every drain.
        maxUnavailable: k8s.IntOrString.fromNumber(1),
        // A pod that is broken anyway does not hold a drain up.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    }),
  );
}
