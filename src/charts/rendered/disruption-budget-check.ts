import { autoscalersOf } from './autoscalers.ts';
import type { Finding, RenderedCheck } from './rendered-check.ts';
import type { Found, Workload } from './rendered-cluster.ts';

/** A budget leaves a drain something to take: else no node of the pods can be drained, and the upgrade of a cluster stands still. */
export const disruptionBudgetCheck: RenderedCheck = {
  name: 'disruption-budget',
  find: (cluster) => {
    const budgets = cluster.all('policy/PodDisruptionBudget').map((object) => ({
      object,
      workloads: cluster.workloadsSelected(object.spec?.selector ?? {}, object.metadata.namespace),
    }));
    const leastPods = new Map(autoscalersOf(cluster).map(({ target, min }) => [target, min.pods]));
    const firsts = new Map<Workload, Budget>();
    return budgets.flatMap(({ object, workloads }) => [
      ...blocked(object, workloads, (workload) => leastPods.get(workload) ?? podsOf(workload)),
      ...workloads.flatMap((workload): Finding[] => {
        const first = firsts.get(workload);
        firsts.set(workload, first ?? object);
        return first ? [shared(object, first, workload)] : [];
      }),
    ]);
  },
};

type Budget = Found<'policy/PodDisruptionBudget'>;

/** The pods of a workload that nothing scales; undefined where their number is not ours to say. */
function podsOf({ object: { kind }, replicas }: Workload): number | undefined {
  if (replicas !== undefined) return replicas;
  if (kind === 'Pod') return 1;
  return ['Deployment', 'ReplicaSet', 'StatefulSet'].includes(kind) ? 1 : undefined;
}

function blocked(
  object: Budget,
  workloads: readonly Workload[],
  leastOf: (workload: Workload) => number | undefined,
): Finding[] {
  const { maxUnavailable, minAvailable } = object.spec ?? {};
  if (maxUnavailable !== undefined) {
    if (Number.parseFloat(String(maxUnavailable)) > 0) return [];
    const fix = 'write 1 or more, or a share such as "25%"';
    return [
      { object, at: 'spec.maxUnavailable', got: maxUnavailable, allowed: 'more than 0: it blocks every drain', fix },
    ];
  }
  if (minAvailable === undefined) return [];
  const counts = workloads.map(leastOf);
  // Of what has no pods at its least there is one when a drain meets it.
  const pods = counts.includes(undefined)
    ? undefined
    : Math.max(
        1,
        counts.reduce<number>((sum, count) => sum + (count ?? 0), 0),
      );
  const found = { object, at: 'spec.minAvailable', got: minAvailable };
  const share = /^(\d+)%$/.exec(String(minAvailable))?.[1];
  if (share !== undefined && Number(share) >= 100)
    return [{ ...found, allowed: 'less than "100%": it blocks every drain', fix: 'write maxUnavailable: 1 instead' }];
  if (pods === undefined) return [];
  // As Kubernetes does: up, so that half of three is two.
  const kept = share === undefined ? Number(minAvailable) : Math.ceil((Number(share) * pods) / 100);
  if (kept < pods) return [];
  const allowed = `${share === undefined ? '' : 'a share of '}less than the ${pods} that ${namesOf(workloads)} ${workloads.length === 1 ? 'has' : 'have'} at the least: it keeps ${kept}, and blocks every drain`;
  return [{ ...found, allowed, fix: 'write maxUnavailable: 1 instead, or raise the least number of pods' }];
}

function shared(object: Budget, first: Budget, workload: Workload): Finding {
  return {
    object,
    at: 'spec.selector',
    got: object.spec?.selector?.matchLabels ?? object.spec?.selector,
    allowed: `labels of pods that no other budget has: PodDisruptionBudget ${first.metadata.name} has those of ${namesOf([workload])} already, and what has two cannot be evicted`,
    fix: 'delete one of the two',
  };
}

function namesOf(workloads: readonly Workload[]): string {
  return workloads.map(({ object }) => `${object.kind} ${object.metadata.name}`).join(', ');
}
