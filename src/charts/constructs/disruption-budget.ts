import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { selector } from '../identity.ts';
import { kubeObject } from './kube-object.ts';

export interface DisruptionBudgetProps {
  /** How many pods there are at least. @default 1 */
  readonly pods?: number;
  /** What they are labelled with. @default - what we label pods with */
  readonly matchLabels?: Readonly<Record<string, string>>;
}

/**
 * Lets a drain take a quarter of a workload's pods at a time, or one of a few.
 *
 * @param metadata of the object; its name is the workload's
 */
export function disruptionBudget(
  scope: Construct,
  metadata: k8s.ObjectMeta & { readonly name: string },
  { pods = 1, matchLabels = selector(metadata.name) }: DisruptionBudgetProps = {},
): ApiObject {
  return kubeObject(
    scope,
    'pod-disruption-budget',
    k8s.KubePodDisruptionBudget.manifest({
      metadata,
      spec: {
        selector: { matchLabels },
        // Never none: a `minAvailable` that equals the pods there are would block every drain.
        maxUnavailable: k8s.IntOrString.fromNumber(Math.max(1, Math.floor(pods / 4))),
        // A pod that is broken anyway does not hold a drain up.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    }),
  );
}
