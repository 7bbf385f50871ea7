import type { Moment } from '../simulation.ts';
import type { Recording } from './recording.ts';

/** In which part of the time a simulation wants at most one pod more or less than the cluster wanted. */
export function nearness({ points }: Recording, moments: readonly Moment[]): number {
  const near = points.filter(({ wanted }, index) => Math.abs((moments[index]?.pods ?? Number.NaN) - wanted) <= 1);
  return near.length / points.length;
}
