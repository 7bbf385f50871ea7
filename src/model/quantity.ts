import type { z } from 'zod';
import { form, rule } from './declaration-error.ts';

const factors = {
  ...{ n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
} as const;

/** An amount of CPU: cores (`'1'`, `'0.5'`) or thousandths of a core (`'250m'`). */
export type CpuQuantity = `${number}m` | `${number}`;
/** An amount of memory or storage in bytes, with a binary unit: `'64Mi'`, `'1Gi'`. */
export type ByteQuantity = `${number}${'Ki' | 'Mi' | 'Gi'}`;

/** CPU within limits. */
export function cpuFrom(least: CpuQuantity, most: CpuQuantity) {
  const cores = form<CpuQuantity>(
    /^(\d+m|\d+(\.\d{1,3})?)$/,
    "cores such as '1' or '0.5', or thousandths such as '250m'",
    'write a number, or a number and m',
  );
  return within(cores, least, most);
}

/** CPU within what one node has. */
export const cpuQuantity = cpuFrom('1m', '1000');

/** Bytes within limits. */
export function bytesFrom(least: ByteQuantity, most: ByteQuantity) {
  const bytes = form<ByteQuantity>(
    /^\d+(Ki|Mi|Gi)$/,
    "bytes with a binary unit, such as '64Mi' or '1Gi'",
    'write a whole number and Ki, Mi or Gi',
  );
  return within(bytes, least, most);
}

/** Bytes within what one node has. */
export const byteQuantity = bytesFrom('1Ki', '10000Gi');

function within<Schema extends z.ZodType<string>>(quantity: Schema, least: string, most: string) {
  return quantity.refine(
    (value) => quantityValue(value) >= quantityValue(least) && quantityValue(value) <= quantityValue(most),
    { error: rule(`from ${least} to ${most}`, 'choose an amount in that range') },
  );
}

/**
 * A Kubernetes quantity as a number: cores for CPU, bytes for memory and storage.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function quantityValue(quantity: string): number {
  const [, number = '', suffix = ''] = /^([\d.]+)(\D*)$/.exec(quantity) ?? [];
  return Number(number) * factors[suffix as keyof typeof factors];
}
