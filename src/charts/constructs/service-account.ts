import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { kubeObject } from './kube-object.ts';
import type { ObjectMetadata } from './object-metadata.ts';

/** The account that the pods of a workload run as, which is called like it. None of them has its token, by which whoever breaks into one could speak to the API server. */
export function serviceAccount(scope: Construct, metadata: ObjectMetadata): ApiObject {
  return kubeObject(
    scope,
    'service-account',
    k8s.KubeServiceAccount.manifest({ metadata, automountServiceAccountToken: false }),
  );
}
