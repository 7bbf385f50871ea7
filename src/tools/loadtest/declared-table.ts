import { idleAfter, type Measure, podLimits, requestRate, type Scaling } from '../../model/index.ts';

/** So many pods up to so many requests each second; Infinity in the last row. */
export type DeclaredTable = readonly (readonly [upTo: number, pods: number])[];

/**
 * What a declaration promises at how many requests each second, or why requests alone do not decide.
 *
 * @returns a table, as `podsFor` of the model answers
 */
export function declaredTable(scaling: Scaling): DeclaredTable | { readonly none: string } {
  switch (scaling.kind) {
    case 'fixed':
      return [[Number.POSITIVE_INFINITY, scaling.replicas]];
    case 'cpu':
      return { none: 'it scales by CPU' };
    default: {
      if (scaling.kind !== 'requests' && !isRequestRate(scaling.metric))
        return { none: `it scales by ${scaling.metric.metric.name}` };
      if (scaling.kind === 'requests' && scaling.cpu !== undefined) return { none: 'it scales by CPU too' };
      if (scaling.kind !== 'custom' && scaling.schedules.length > 0)
        return { none: 'it scales by the time of day too' };
      // How long it is still there after the last request is no matter of requests.
      if (idleAfter(scaling) !== undefined) return { none: 'it may have no pods while nobody asks' };
      if (scaling.kind === 'steps') return scaling.table;
      const { min, max } = podLimits(scaling);
      const counts = Array.from({ length: max - min + 1 }, (_, index) => min + index);
      return counts.map((pods) => [pods === max ? Number.POSITIVE_INFINITY : pods * scaling.perPod, pods]);
    }
  }
}

function isRequestRate({ of, metric }: Measure): boolean {
  return of === requestRate.of && metric.name === requestRate.metric.name;
}

/** The pods of a table at so many requests each second. @returns undefined past its end */
export function podsAt(table: DeclaredTable, requestsPerSecond: number): number | undefined {
  return table.find(([upTo]) => requestsPerSecond <= upTo)?.[1];
}
