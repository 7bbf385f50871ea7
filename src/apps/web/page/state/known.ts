import { createStore, type Store } from './store.ts';

/** What is known of things, each once however many lists it is in: so a change of one is seen everywhere. */
export interface Known<Item> {
  readonly all: Store<ReadonlyMap<string, Item>>;
  get(id: string): Item | undefined;
  put(...items: readonly Item[]): void;
  /** Changes what is known; does nothing where nothing is. */
  change(id: string, change: (item: Item) => Item): void;
  forget(id: string): void;
  clear(): void;
}

export function createKnown<Item>(idOf: (item: Item) => string): Known<Item> {
  const all = createStore<ReadonlyMap<string, Item>>(new Map());
  const put = (...items: readonly Item[]) =>
    all.update((now) => new Map([...now, ...items.map((item) => [idOf(item), item] as const)]));
  return {
    all,
    get: (id) => all.get().get(id),
    put,
    change: (id, change) => {
      const item = all.get().get(id);
      if (item !== undefined) put(change(item));
    },
    forget: (id) => all.update((now) => new Map([...now].filter(([each]) => each !== id))),
    clear: () => all.set(new Map()),
  };
}
