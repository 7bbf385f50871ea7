import { k8s } from 'cdk8s-plus-27';
import type { Resources } from '../../model/index.ts';

/** What a container asks of its node. */
export function resourceRequirements(resources: Resources): k8s.ResourceRequirements {
  const quantity = k8s.Quantity.fromString;
  const storage = { 'ephemeral-storage': quantity(resources.ephemeralStorage) };
  return {
    requests: { cpu: quantity(resources.cpu), memory: quantity(resources.memory), ...storage },
    limits: {
      ...(resources.cpuLimit && { cpu: quantity(resources.cpuLimit) }),
      memory: quantity(resources.memoryLimit),
      ...storage,
    },
  };
}
