import { createStore, type Store } from '../state/store.ts';

/** Where one is, and how one got there. */
export interface Place {
  /** Path and query. */
  readonly address: string;
  /** Pixels from the top at which it was left; undefined for what is visited anew. */
  readonly scroll: number | undefined;
  /** Rises with each visit: so that the same address twice is two visits. */
  readonly visit: number;
}

export interface Navigation {
  readonly place: Store<Place>;
  /** Goes there. @param replace whether one comes back to what was before this place @default false */
  go(address: string, options?: { replace?: boolean }): void;
  /** Changes the address without a visit, such as while one types. */
  rename(address: string): void;
}

const here = () => `${location.pathname}${location.search}`;

/** Addresses of the page without loading it again. Each place keeps how far it was scrolled. */
export function startNavigation(): Navigation {
  let visit = 0;
  const next = (scroll?: number): Place => {
    visit += 1;
    return { address: here(), scroll, visit };
  };
  history.scrollRestoration = 'manual';
  const place = createStore<Place>(next(scrollOf(history.state)));

  const keepScroll = () => history.replaceState({ scroll: scrollY }, '');
  // A reload begins where it was left; a closed tab cannot be asked later.
  addEventListener('pagehide', keepScroll);
  let timer: ReturnType<typeof setTimeout> | undefined;
  addEventListener('scroll', () => {
    clearTimeout(timer);
    timer = setTimeout(keepScroll, 150);
  });
  addEventListener('popstate', ({ state }) => {
    clearTimeout(timer);
    // A link to a part of the view, such as the one that skips the navigation.
    if (state === null && here() === place.get().address) return;
    place.set(next(scrollOf(state)));
  });

  return {
    place,
    go(address, { replace = false } = {}) {
      clearTimeout(timer);
      if (replace) history.replaceState(null, '', address);
      else {
        keepScroll();
        history.pushState(null, '', address);
      }
      place.set(next());
    },
    rename(address) {
      history.replaceState(history.state, '', address);
    },
  };
}

function scrollOf(state: unknown): number | undefined {
  if (typeof state !== 'object' || state === null || !('scroll' in state)) return undefined;
  return typeof state.scroll === 'number' ? state.scroll : undefined;
}
