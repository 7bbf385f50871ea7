import { useEffect } from 'preact/hooks';
import { fullTime, timeAgo } from '../format/time-ago.ts';
import { createStore } from '../state/store.ts';
import { useStore } from './use-store.ts';

/** Milliseconds; goes on while something shows an age. */
const clock = createStore(Date.now());
let watched = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** How long ago something was; the whole moment is its title. */
export function When({ time }: { readonly time: string }) {
  const now = useStore(clock);
  useEffect(() => {
    watched += 1;
    if (watched === 1) timer = setInterval(() => clock.set(Date.now()), 30_000);
    return () => {
      watched -= 1;
      if (watched === 0) clearInterval(timer);
    };
  }, []);
  const date = new Date(time);
  return (
    <time dateTime={time} title={fullTime(date)}>
      {timeAgo(date, now)}
    </time>
  );
}
