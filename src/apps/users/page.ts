import { cursorOf } from './cursor.ts';

/** A part of a list. */
export interface Page<Item> {
  readonly items: Item[];
  /** The cursor of the part after it; null at the list's end. */
  readonly next: string | null;
}

/**
 * Makes a page of its entries and the one after them, by which it is known whether there is more.
 *
 * @param entries up to one more than `limit`
 * @param placeOf where an entry stands in the list
 */
export function pageOf<Item>(entries: readonly Item[], limit: number, placeOf: (entry: Item) => string): Page<Item> {
  const items = entries.slice(0, limit);
  const last = items.at(-1);
  return { items, next: last !== undefined && entries.length > limit ? cursorOf(placeOf(last)) : null };
}
