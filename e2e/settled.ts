import { getJson, type Pod } from './kubectl.ts';

interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet';
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
  };
}

interface Autoscaler {
  readonly kind: 'HorizontalPodAutoscaler';
  readonly spec: { readonly minReplicas: number; readonly scaleTargetRef: { readonly name: string } };
}

interface FoundPod extends Pod {
  readonly kind: 'Pod';
}

/**
 * Waits until every Deployment and StatefulSet of a namespace runs what it was last told to, in as many Ready pods as it should have. What an autoscaler
 * wants beyond its minimum a small cluster may have no room for.
 *
 * @param options.seconds how long at most. @default 240
 * @param options.print told what it waits for, each time that changes. @default - nobody is told
 * @throws Error with what each pod waits for
 */
export async function settled(
  namespace: string,
  { seconds = 240, print = () => {} }: { readonly seconds?: number; readonly print?: (line: string) => void } = {},
): Promise<void> {
  const startedAt = Date.now();
  let said = '';
  for (;;) {
    // All in one: each kubectl that starts takes processor time from what is waited for.
    const { items: found } = await getJson<{ items: readonly (Workload | Autoscaler | FoundPod)[] }>([
      ...['deployments,statefulsets,horizontalpodautoscalers,pods', '-n', namespace],
    ]);
    const scalers = found.filter((each) => each.kind === 'HorizontalPodAutoscaler');
    const pods = found.filter((each) => each.kind === 'Pod').filter(({ metadata }) => !metadata.deletionTimestamp);
    const items = found.filter((each) => each.kind !== 'HorizontalPodAutoscaler').filter((each) => each.kind !== 'Pod');
    const leastOf = ({ metadata, spec }: Workload) =>
      scalers.find((each) => each.spec.scaleTargetRef.name === metadata.name)?.spec.minReplicas ?? spec.replicas;
    const waiting = items
      .filter((workload) => !isSettled(workload, leastOf(workload)))
      .map(({ metadata }) => metadata.name);
    const unready = pods.filter((pod) => !isReady(pod)).map((pod) => `${pod.metadata.name} (${reasonOf(pod)})`);
    const line = `${namespace}: ${items.length - waiting.length} of ${items.length} workloads are Ready${unready.length > 0 ? `; not yet: ${unready.join(', ')}` : ''}`;
    const after = Math.round((Date.now() - startedAt) / 1_000);
    if (line !== said) print(`${line}, after ${after} s`);
    said = line;
    if (waiting.length === 0 && items.length > 0) return;
    if (after > seconds) throw new Error(`not Ready within ${seconds} s: ${waiting.join(', ')}. ${line}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function isSettled({ metadata, spec, status }: Workload, least: number): boolean {
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, readyReplicas = 0 } = status;
  return (
    observedGeneration >= metadata.generation &&
    replicas === spec.replicas &&
    updatedReplicas === spec.replicas &&
    readyReplicas >= least
  );
}

/** Whether its conditions say so. */
export function isReady({ status }: Pod): boolean {
  return status.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false;
}

/** Whether no node has room for it. */
export function waitsForRoom(pod: Pod): boolean {
  return unscheduledOf(pod) !== undefined;
}

function unscheduledOf({ status }: Pod) {
  return status.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
}

function reasonOf(pod: Pod): string {
  const { status } = pod;
  const waiting = status.containerStatuses?.map(({ state }) => state.waiting?.reason).find(Boolean);
  const unscheduled = unscheduledOf(pod);
  // Of what the scheduler says the first sentence names the cause, the rest tells of preemption.
  return waiting ?? unscheduled?.message?.split('. ')[0] ?? status.phase;
}
