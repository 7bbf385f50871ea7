import { z } from 'zod';
import { across, rule, strict, wholeNumber } from './declaration-error.ts';
import { dnsLabel } from './names.ts';
import { bytesFrom, cpuFrom } from './quantity.ts';

const cpu = cpuFrom('1m', '100000');
const memory = bytesFrom('1Ki', '1000000Gi');

const declaredQuota = across(
  strict({
    /** Pods, those included that end. @default - as many as there is room for */
    pods: wholeNumber(1, 100_000).optional(),
    /** CPU that they request together. @default - as much as there is */
    cpu: cpu.optional(),
    /** Memory that they request together. @default - as much as there is */
    memory: memory.optional(),
    /** Memory that they may take together at most. @default - as much as there is */
    memoryLimit: memory.optional(),
  }),
  (declared, add) => {
    if (Object.keys(declared).length === 0)
      add([], declared, "at least one of pods, cpu, memory and memoryLimit, or 'none'", 'write what is to be limited');
  },
);

/** What the pods of a system's namespace may take together, by system. */
export const quotas = z.record(
  dnsLabel,
  z.union([z.literal('none'), declaredQuota], {
    error: rule("{ pods, cpu, memory, memoryLimit }, or 'none'", 'write what is to be limited'),
  }),
);

export type Quota = z.output<typeof declaredQuota>;
