import { createStore, type Store } from './store.ts';

/** One page of a list, as the services give it. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The cursor of the page after it; null on the last. */
  readonly next: string | null;
}

export interface ListState<Item> {
  readonly items: readonly Item[];
  /** `new`: never asked for. `loading`: a page is under way. `failed`: the last page did not come. */
  readonly status: 'new' | 'loading' | 'ready' | 'failed';
  readonly next: string | null;
  /** Why the last page did not come. */
  readonly error?: unknown;
}

export interface PagedListProps<Item> {
  readonly read: (cursor: string | undefined) => Promise<Page<Item>>;
  /** By which two items are the same. */
  readonly idOf: (item: Item) => string;
}

/** A list that is read page by page, and changed here before the server has changed it. */
export class PagedList<Item> {
  readonly state: Store<ListState<Item>> = createStore<ListState<Item>>({ items: [], status: 'new', next: null });
  readonly #props: PagedListProps<Item>;
  /** Of pages that were asked for before a reload nothing is taken over. */
  #generation = 0;

  constructor(props: PagedListProps<Item>) {
    this.#props = props;
  }

  /** Reads the first page, unless that was done. */
  async load(): Promise<void> {
    if (this.state.get().status === 'new') await this.#read(undefined);
  }

  /** Reads the next page, or again the one that did not come. */
  async more(): Promise<void> {
    const { status, next, items } = this.state.get();
    if (status === 'loading' || (status === 'ready' && next === null)) return;
    await this.#read(items.length > 0 ? (next ?? undefined) : undefined);
  }

  /** Forgets everything and reads the first page. */
  async reload(): Promise<void> {
    this.clear();
    await this.load();
  }

  /** Forgets everything; what is under way is ignored. */
  clear(): void {
    this.#generation += 1;
    this.state.set({ items: [], status: 'new', next: null });
  }

  /** Whether the first page now begins with something that is not here. @throws where the page does not come */
  async hasNews(): Promise<boolean> {
    const first = (await this.#props.read(undefined)).items[0];
    return first !== undefined && !this.#has(first);
  }

  /** Puts an item at the start, or at the end of a list that was read to its end. */
  add(item: Item, at: 'start' | 'end' = 'start'): void {
    if (this.#has(item)) return;
    this.#setItems((items) => (at === 'start' ? [item, ...items] : [...items, item]));
  }

  replace(id: string, item: Item): void {
    this.#setItems((items) => items.map((each) => (this.#props.idOf(each) === id ? item : each)));
  }

  /** Takes an item out. @returns what puts it back where it was */
  remove(id: string): () => void {
    const { items } = this.state.get();
    const index = items.findIndex((each) => this.#props.idOf(each) === id);
    const item = items[index];
    if (item === undefined) return () => {};
    const generation = this.#generation;
    this.#setItems((now) => now.filter((each) => this.#props.idOf(each) !== id));
    return () => {
      if (generation !== this.#generation || this.#has(item)) return;
      this.#setItems((now) => [...now.slice(0, index), item, ...now.slice(index)]);
    };
  }

  #has(item: Item): boolean {
    const id = this.#props.idOf(item);
    return this.state.get().items.some((each) => this.#props.idOf(each) === id);
  }

  #setItems(change: (items: readonly Item[]) => readonly Item[]): void {
    this.state.update((now) => ({ ...now, items: change(now.items) }));
  }

  async #read(cursor: string | undefined): Promise<void> {
    const generation = this.#generation;
    this.state.update(({ items, next }) => ({ items, next, status: 'loading' }));
    try {
      const page = await this.#props.read(cursor);
      if (generation !== this.#generation) return;
      // What was added here meanwhile may come again with a later page.
      const fresh = page.items.filter((item) => !this.#has(item));
      this.state.update(({ items }) => ({ items: [...items, ...fresh], next: page.next, status: 'ready' }));
    } catch (error) {
      if (generation !== this.#generation) return;
      this.state.update(({ items, next }) => ({ items, next, status: 'failed', error }));
    }
  }
}
