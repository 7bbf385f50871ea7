import type { k8s } from 'cdk8s-plus-27';
import type { Environment } from '../../model/index.ts';

/** With what nodes pull the images of a pod. Nothing where no registry asks: an empty list would be dropped by the API and show as a difference. */
export function pullSecrets({ images }: Environment): k8s.LocalObjectReference[] | undefined {
  return images.pullSecrets.length > 0 ? images.pullSecrets.map((name) => ({ name })) : undefined;
}
