/** A value that parts of the page watch. */
export interface Store<Value> {
  get(): Value;
  set(next: Value): void;
  /** Sets what `change` makes of the value. */
  update(change: (now: Value) => Value): void;
  /** Calls `listener` after each change. @returns what ends that */
  subscribe(listener: () => void): () => void;
}

/** As much of a store as whoever only watches it needs. */
export type Watched<Value> = Pick<Store<Value>, 'get' | 'subscribe'>;

export function createStore<Value>(initial: Value): Store<Value> {
  let value = initial;
  const listeners = new Set<() => void>();
  const set = (next: Value) => {
    if (Object.is(next, value)) return;
    value = next;
    // A listener may subscribe or end another one.
    for (const listener of [...listeners]) listener();
  };
  return {
    get: () => value,
    set,
    update: (change) => set(change(value)),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
