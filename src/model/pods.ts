import { z } from 'zod';
import { strict, wholeNumber } from './declaration-error.ts';
import { dnsLabel, labelKey, labelValue } from './names.ts';

const keys = {
  /** Their namespace. */
  namespace: dnsLabel,
  /** Labels that they have. @default - every pod of the namespace */
  labels: z.record(labelKey, labelValue).optional(),
};

/** Where something answers. */
export const port = wholeNumber(1, 65_535);

/** Pods of the cluster. */
export const pods = strict(keys);

/** Pods of the cluster that answer at a port. */
export const podsAtPort = strict({
  ...keys,
  /** Their own port, which that of a Service in front may differ from. */
  port,
});

export type Pods = z.output<typeof pods>;
