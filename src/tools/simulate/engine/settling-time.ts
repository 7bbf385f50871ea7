import { idleAfter, type Scaling, toSeconds } from '../../../model/index.ts';
import type { Surroundings } from '../simulation.ts';

/** Enough for several steps up, each of which waits for the pods of the one before. */
const leastSteps = 10;

/** Seconds after which the pods that a rate needs are there, and those that it does not need are gone. */
export function settlingTime(scaling: Scaling, surroundings: Surroundings): number {
  if (scaling.kind === 'fixed') return 0;
  const { hpaSync, metricsInterval, podStart, cpuInitialization = 300 } = surroundings;
  const { scaleUp, scaleDown } = scaling.behavior;
  const periods = [...scaleUp.policies, ...scaleDown.policies].map(({ per }) => toSeconds(per));
  const waits = [
    toSeconds(scaleUp.stabilization),
    toSeconds(scaleDown.stabilization),
    cpuInitialization,
    toSeconds(idleAfter(scaling) ?? '0s'),
    'window' in scaling ? 2 * toSeconds(scaling.window) : 2 * metricsInterval,
  ];
  const step = Math.max(...periods, hpaSync) + podStart;
  return Math.ceil(waits.reduce((sum, wait) => sum + wait, leastSteps * step));
}
