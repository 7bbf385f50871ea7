import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { Watched } from '../state/store.ts';

const whole = <Value>(value: Value) => value;

/** What `select` finds in a store; the part is drawn again when that is another value. @param select @default - all of it */
export function useStore<Value>(store: Watched<Value>): Value;
export function useStore<Value, Part>(store: Watched<Value>, select: (value: Value) => Part): Part;
export function useStore<Value>(store: Watched<Value>, select: (value: Value) => unknown = whole): unknown {
  const [, draw] = useReducer((times: number) => times + 1, 0);
  const selected = select(store.get());
  const last = useRef({ selected, select });
  last.current = { selected, select };
  useLayoutEffect(() => {
    const look = () => {
      const { current } = last;
      if (!Object.is(current.select(store.get()), current.selected)) draw(undefined);
    };
    // It may have changed between the drawing and now.
    look();
    return store.subscribe(look);
  }, [store]);
  return selected;
}
