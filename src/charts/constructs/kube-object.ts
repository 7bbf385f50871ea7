import { ApiObject, type ApiObjectProps } from 'cdk8s';
import type { Construct } from 'constructs';

/**
 * A Kubernetes object of the cluster's own kinds.
 *
 * Hand it `k8s.KubeX.manifest({ ... })`, which is typed. The plain ApiObject keeps every JSON patch as it is, whereas the generated `k8s.KubeX` classes map the patched
 * result field by field and drop what their Kubernetes 1.27 types do not know, in silence.
 */
export function kubeObject(scope: Construct, id: string, manifest: ApiObjectProps): ApiObject {
  return new ApiObject(scope, id, manifest);
}

/** An object of @kubernetes-models: typed, and with a check against the schema of its CRD. */
export interface CustomResourceModel {
  validate(): void;
  toJSON(): unknown;
}

/**
 * An object whose kind a CustomResourceDefinition adds, such as a ServiceMonitor.
 *
 * @throws Error when the schema of its CRD refuses it
 */
export function customResource(scope: Construct, id: string, model: CustomResourceModel): ApiObject {
  model.validate();
  return new ApiObject(scope, id, model.toJSON() as ApiObjectProps);
}
