import type { z } from 'zod';
import { across, strict } from './declaration-error.ts';
import { byteQuantity, cpuQuantity, quantityValue } from './quantity.ts';

const resourcesShape = strict({
  /** CPU requested: what the scheduler sets aside and what CPU scaling measures against. @default '50m' */
  cpu: cpuQuantity.default('50m'),
  /**
   * CPU at most. @default - no limit: a limit throttles a pod while the node idles, and the request already divides a busy node fairly
   * @see docs/guide/resources.md
   */
  cpuLimit: cpuQuantity.optional(),
  /** Memory requested. @default '160Mi' */
  memory: byteQuantity.default('160Mi'),
  /** Memory at most; past it the container is killed. @default '256Mi' */
  memoryLimit: byteQuantity.default('256Mi'),
  /** Local disk, requested and at most: logs and temporary files. @default '64Mi' */
  ephemeralStorage: byteQuantity.default('64Mi'),
});

/** What a pod asks of its node. */
export const resources = across(resourcesShape, (declared, add) => {
  if (quantityValue(declared.memoryLimit) < quantityValue(declared.memory)) {
    add(
      ['memoryLimit'],
      declared.memoryLimit,
      `at least memory, which is ${declared.memory}`,
      'raise memoryLimit or lower memory',
    );
  }
  if (declared.cpuLimit && quantityValue(declared.cpuLimit) < quantityValue(declared.cpu)) {
    add(['cpuLimit'], declared.cpuLimit, `at least cpu, which is ${declared.cpu}`, 'raise cpuLimit or lower cpu');
  }
});

export type Resources = z.output<typeof resources>;
