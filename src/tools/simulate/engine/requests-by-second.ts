import type { Trace } from '../simulation.ts';

/** How many requests come in each second of a trace. A second that its end cuts is left out. */
export function requestsBySecond({ points }: Trace): Float64Array {
  const counts = new Float64Array(Math.floor(points.at(-1)?.at ?? 0));
  for (const [index, { at, perSecond }] of points.entries()) {
    const until = Math.min(points[index + 1]?.at ?? at, counts.length);
    for (let from = at; from < until; ) {
      const second = Math.floor(from);
      const to = Math.min(second + 1, until);
      counts[second] = (counts[second] ?? 0) + perSecond * (to - from);
      from = to;
    }
  }
  return counts;
}
