import type { Surroundings } from '../simulation.ts';

/** Those of a cluster as it comes, and of a small pod. */
export const surroundings: Surroundings = {
  hpaSync: 15,
  hpaTolerance: 0.1,
  metricsInterval: 15,
  podStart: 8,
  cpuPerRequest: 0.008,
  cpuAtRest: 0.005,
  cpuRequest: 0.1,
  capacityPerPod: 55,
  podHourCost: 0.05,
};
