import type { k8s } from 'cdk8s-plus-27';
import type { Rendered } from './rendered.ts';

export type Labels = Readonly<Record<string, string | undefined>>;
export type Selector = Rendered<k8s.LabelSelector>;

/** Things with labels in namespaces, for selectors to find. The time of a search does not grow with the number of things that it does not find. */
export class LabelIndex<Thing> {
  readonly #all = new Map<string | undefined, Entry<Thing>[]>();
  readonly #byLabel = new Map<string, Entry<Thing>[]>();

  add(thing: Thing, namespace: string | undefined, labels: Labels = {}): void {
    const entry = { thing, labels };
    push(this.#all, namespace, entry);
    for (const [key, value] of Object.entries(labels)) push(this.#byLabel, keyOf(namespace, key, value), entry);
  }

  /** What a selector takes in a namespace. */
  selected(selector: Selector, namespace: string | undefined): Thing[] {
    const [label] = Object.entries(selector.matchLabels ?? {});
    const candidates = label ? this.#byLabel.get(keyOf(namespace, ...label)) : this.#all.get(namespace);
    return (candidates ?? []).filter(({ labels }) => selects(selector, labels)).map(({ thing }) => thing);
  }
}

interface Entry<Thing> {
  readonly thing: Thing;
  readonly labels: Labels;
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

function keyOf(namespace: string | undefined, key: string, value: string | undefined): string {
  return `${namespace ?? ''} ${key}=${value}`;
}

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key = '', operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isListed = value !== undefined && values.includes(value);
      return operator === 'In' ? isListed : !isListed;
    })
  );
}
