import { idleAfter, type Scaling } from '../../../model/index.ts';
import { clamped, constant, isAbove, plus, ratio, recorded, roundedUp, times, type Vector } from '../promql/index.ts';
import { isByDemand, scalingDemand } from '../scaling-records.ts';

/** Whose pods. */
export interface PodsOf {
  readonly namespace: string;
  readonly service: string;
}

/** The demand on a service, in what its scaling is by. */
export function demandOn(of: PodsOf) {
  return recorded(scalingDemand, of);
}

/** How many pods the scaling of a service says for the demand that there is; undefined where the demand alone does not say, as by CPU. */
export function podsWanted(of: PodsOf, scaling: Scaling): Vector<string> | undefined {
  if (scaling.kind === 'fixed') return constant(scaling.replicas);
  if (!isByDemand(scaling)) return undefined;
  const demand = demandOn(of);
  const wanted = byDemand(demand, scaling);
  return idleAfter(scaling) === undefined ? wanted : times(wanted, isAbove(demand, 0));
}

function byDemand(demand: Vector<'namespace' | 'service'>, scaling: Extract<Scaling, { window: unknown }>) {
  if (scaling.kind !== 'steps') return clamped(roundedUp(ratio(demand, scaling.perPod)), scaling.min, scaling.max);
  const { table } = scaling;
  // The pods of the first row, and for each end of a row that is passed those that the next has more.
  return table.slice(1).reduce(
    (sum, [, pods], index) => {
      const [end, fewer] = table[index] ?? [0, 0];
      return plus(sum, times(pods - fewer, isAbove(demand, end)));
    },
    plus(times(0, demand), table[0]?.[1] ?? 0),
  );
}
