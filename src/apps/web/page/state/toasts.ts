import { createStore, type Store } from './store.ts';

/** A short message at the edge of the page. */
export interface Toast {
  readonly key: number;
  readonly text: string;
  readonly tone: 'plain' | 'trouble';
  /** What can be done about it. @default - nothing */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

export interface Toasts {
  readonly shown: Store<readonly Toast[]>;
  say(text: string, options?: Partial<Pick<Toast, 'tone' | 'action'>>): void;
  dismiss(key: number): void;
}

/** More than these at once nobody reads. */
const most = 3;

export function createToasts(): Toasts {
  const shown = createStore<readonly Toast[]>([]);
  let last = 0;
  return {
    shown,
    say: (text, { tone = 'plain', action } = {}) => {
      last += 1;
      const toast = { key: last, text, tone, action };
      // The same trouble again takes the place of the first.
      shown.update((now) => [...now.filter((each) => each.text !== text), toast].slice(-most));
    },
    dismiss: (key) => shown.update((now) => now.filter((each) => each.key !== key)),
  };
}
