import type { Phase } from './phase.ts';

/**
 * When each request of a phase is to be sent, in seconds since its start. They follow from the plan alone: a slow answer moves none of them, so it cannot hide how long
 * those behind it would have waited.
 */
export function* plannedStarts({ from, to, seconds }: Phase): Generator<number, void, void> {
  const rise = (to - from) / seconds;
  const amount = Math.floor(((from + to) / 2) * seconds);
  // So many have been sent after t seconds: from * t + rise * t² / 2. Turned round, in the form that loses no digits where the rise is small or none.
  for (let sent = 0; sent < amount; sent++)
    yield (2 * sent) / (from + Math.sqrt(Math.max(0, from * from + 2 * rise * sent))) || 0;
}
