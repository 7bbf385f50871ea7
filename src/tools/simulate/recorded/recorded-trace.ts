import type { Surroundings, Trace } from '../simulation.ts';
import type { Recording } from './recording.ts';

/** The traffic of a recording, as its pods answered it. @param name such as its file */
export function recordedTrace(name: string, { points }: Recording): Trace {
  const starts = points.map(({ perSecond }, index) => ({ at: points[index - 1]?.at ?? 0, perSecond }));
  return { name, points: [...starts, { at: points.at(-1)?.at ?? 0, perSecond: 0 }] };
}

/** What surrounded a recording, as it was measured in it. The rest is no part of how pods scale, or as a cluster has it. */
export function recordedSurroundings(recorded: Recording): Surroundings {
  const { hpaSync, metricsInterval, podStart, cpuPerRequest, cpuAtRest, cpuRequest } = recorded;
  return {
    ...{ hpaSync, metricsInterval, podStart, cpuPerRequest, cpuAtRest, cpuRequest },
    hpaTolerance: 0.1,
    capacityPerPod: Infinity,
    podHourCost: 0,
  };
}
