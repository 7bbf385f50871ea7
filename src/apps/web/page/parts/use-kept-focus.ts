import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Keeps the focus at hand where the part of a list that has it is moved or taken out, which else would begin anew at the top of the page: it goes to the last
 * button of what is now in that place, and of a list that is gone to what is around it.
 *
 * @returns for the element whose children are the items
 */
export function useKeptFocus<List extends HTMLElement>(): RefObject<List | null> {
  const list = useRef<List>(null);
  const { activeElement } = document;
  const index = itemsOf(list.current).findIndex((item) => item.contains(activeElement));
  useLayoutEffect(() => {
    if (index < 0 || hasFocus()) return;
    if (activeElement instanceof HTMLElement && activeElement.isConnected) {
      activeElement.focus({ preventScroll: true });
      return;
    }
    const items = itemsOf(list.current);
    const item = items[Math.min(index, items.length - 1)];
    const button = [...(item?.querySelectorAll('button') ?? [])].at(-1);
    (button ?? aroundOf(list.current))?.focus();
  });
  useLayoutEffect(
    () => () => {
      if (!list.current?.contains(document.activeElement)) return;
      const around = aroundOf(list.current);
      // Once it is gone; whatever takes its place may take the focus, too.
      queueMicrotask(() => !hasFocus() && around?.focus({ preventScroll: true }));
    },
    [],
  );
  return list;
}

const itemsOf = (list: HTMLElement | null) => [...(list?.children ?? [])];
const aroundOf = (list: HTMLElement | null) => list?.parentElement?.closest<HTMLElement>('[tabindex]');
const hasFocus = () => document.activeElement !== null && document.activeElement !== document.body;
