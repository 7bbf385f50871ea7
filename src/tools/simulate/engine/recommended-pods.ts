import { type Scaling, scrapeSeconds, toSeconds } from '../../../model/index.ts';
import type { Surroundings } from '../simulation.ts';
import { kedaMetrics } from './keda.ts';
import { podsByAverage } from './pods-by-average.ts';
import { podsByCpu } from './pods-by-cpu.ts';
import { podsByShare } from './pods-by-share.ts';
import type { Sight } from './sight.ts';

/** @see recommendedPods */
export interface RecommendedPodsProps {
  readonly scaling: Exclude<Scaling, { kind: 'fixed' }>;
  readonly surroundings: Surroundings;
  /** When the trace starts, in seconds since the Epoch. */
  readonly startsAt: number;
}

/**
 * What the metrics of an HPA ask for: the most of all that it has.
 * @returns what answers for moments, each after the one before; undefined where it cannot tell, which leaves the pods that there are
 */
export function recommendedPods({ scaling, surroundings, startsAt }: RecommendedPodsProps) {
  const { hpaTolerance: tolerance } = surroundings;
  const byCpu = (cpu: number, { now, pods, used }: Sight) =>
    podsByCpu({ now, living: pods.living, used, cpu, surroundings });
  switch (scaling.kind) {
    case 'cpu':
      return (sight: Sight) => byCpu(scaling.cpu, sight);
    case 'custom': {
      const asked = { window: toSeconds(scaling.window), scrapeInterval: scrapeSeconds(scaling) };
      return ({ now, pods, perPod }: Sight) =>
        podsByShare({ now, living: pods.living, perPod, ...asked, scaling, tolerance });
    }
    default: {
      const metrics = kedaMetrics(scaling, startsAt);
      const guard = scaling.kind === 'requests' ? scaling.cpu : undefined;
      return (sight: Sight) => {
        const pods = sight.pods.living.length;
        const asked = Math.max(...metrics(sight).map((each) => podsByAverage({ pods, ...each, tolerance })));
        if (guard === undefined) return asked;
        const guarded = byCpu(guard, sight);
        // Where one metric cannot be told, the others may add pods but take none away.
        return guarded === undefined && asked < pods ? undefined : Math.max(asked, guarded ?? 0);
      };
    }
  }
}
