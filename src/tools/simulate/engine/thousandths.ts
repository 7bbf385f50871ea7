/** A number as KEDA and Kubernetes write it: what is finer is cut off, but not what a sum is short of by its last digit alone. */
export function thousandths(value: number): number {
  return Math.floor(value * 1_000 + 1e-6);
}
