import { check, cpu, fixed, podLimits, requests, type Scaling, scaling as scalingSchema } from '../../model/index.ts';
import { perPodAtTarget } from './assumptions.ts';
import type { Surroundings } from './simulation.ts';

/** A scaling that is simulated. */
export interface Candidate {
  readonly name: string;
  readonly scaling: Scaling;
}

/** The average use of CPU, in per cent, that is aimed at where nothing else is said. */
const usualTarget = 70;

/**
 * What a declared scaling is shown beside: one by CPU with the same limits for one by requests, one by requests for one by CPU, so many for each pod as bring it to the CPU that is aimed at, and
 * always as many pods as it has at most.
 */
export function alternatives(declared: Scaling, surroundings: Surroundings): Candidate[] {
  if (declared.kind === 'fixed') return [];
  const { min, max } = podLimits(declared);
  const other: Candidate =
    declared.kind === 'cpu'
      ? candidate('by requests', requests({ min, max, perPod: perPodAtTarget(declared, surroundings) }))
      : candidate('by CPU', cpu({ min, max, cpu: usualTarget }));
  return min === max ? [other] : [other, candidate('the most pods', fixed(max))];
}

function candidate(name: string, given: unknown): Candidate {
  return { name, scaling: check(scalingSchema, given, name) };
}
