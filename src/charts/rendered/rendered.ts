import type { k8s } from 'cdk8s-plus-27';

/**
 * A type of cdk8s-plus as it stands in a manifest: plain values, and nothing that must be there, as a patch can remove any field. What the API writes in
 * capitals, such as `hostIPC`, cdk8s-plus does not: such a field has to be added by hand.
 */
export type Rendered<T> = T extends Plain
  ? Plain extends T
    ? string | number
    : Fields<T>
  : T extends readonly (infer Entry)[]
    ? readonly Rendered<Entry>[]
    : T extends object
      ? Fields<T>
      : T;

/** The classes by which cdk8s-plus holds a number or a text. */
type Plain = k8s.IntOrString | k8s.Quantity;

type Fields<T> = { readonly [Key in keyof T]?: Rendered<T[Key]> };
