import type { Environment } from '../../model/index.ts';

/** With what nodes pull the images of a pod. Nothing where no registry asks: an empty list would be dropped by the API and show as a difference. */
export function pullSecrets({ images }: Environment): { name: string }[] | undefined {
  return images.pullSecrets.length > 0 ? images.pullSecrets.map((name) => ({ name })) : undefined;
}
