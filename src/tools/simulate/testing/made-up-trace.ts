import type { Trace } from '../simulation.ts';

/** So many requests per second from so many seconds on; the last point is its end. */
export function madeUpTrace(...points: readonly (readonly [at: number, perSecond: number])[]): Trace {
  return { name: 'made up', points: points.map(([at, perSecond]) => ({ at, perSecond })) };
}
