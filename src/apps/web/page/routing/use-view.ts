import { useEffect, useLayoutEffect } from 'preact/hooks';
import { useNavigation } from './use-navigation.ts';

/**
 * Names the view, in the title of the window. After navigation the focus goes to the view's `h1`, so that a screen reader says where one is and the Tab key
 * goes on from there, and the page is scrolled to where it was left. A view is drawn anew for each visit.
 */
export function useView(name: string): void {
  const { place } = useNavigation();
  useEffect(() => {
    document.title = `${name} · Insta`;
  }, [name]);
  useLayoutEffect(() => {
    const { visit, scroll } = place.get();
    // At first the browser has put the focus where it belongs.
    if (visit > 1) document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
    scrollTo({ top: scroll ?? 0, behavior: 'instant' });
  }, []);
}
