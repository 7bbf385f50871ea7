import { strict } from './declaration-error.ts';
import { byteQuantity, cpuQuantity } from './quantity.ts';

/** What a Postgres requests: each of its connections is a process, so it needs more than other stores. */
export const databaseResources = strict({
  /** CPU requested. @default '100m' */
  cpu: cpuQuantity.default('100m'),
  /** Memory requested, and at most. A quarter is the server's cache; of the rest each of `connections` may need 4Mi. @default '1536Mi' */
  memory: byteQuantity.default('1536Mi'),
});
