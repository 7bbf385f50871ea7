import insta from '../src/systems/insta.ts';
import { createCaller } from '../test/insta/caller.ts';
import { ingressOf } from './ingress.ts';
import { eventually, kubectl, type Pod, podsIn, restartsOf } from './kubectl.ts';
import { isReady, settled } from './settled.ts';

/** The system's namespace. */
export const namespace = insta.name;

/** By which each pod says what it runs. */
const nameLabel = 'app.kubernetes.io/name';

/** Calls insta as its users do: from outside, through the ingress controller. */
export function callerOfInsta() {
  const host = 'insta.test';
  return createCaller({ url: ingressOf(host), host });
}

/** The pods of one workload. @param name of a service, or of a store such as `postgres` */
export function podsOf(name: string): Promise<readonly Pod[]> {
  return podsIn(namespace, `${nameLabel}=${name}`);
}

/** A workload: `deployment/users`, `statefulset/redis`. */
export type Workload = `${'deployment' | 'statefulset'}/${string}`;

/**
 * Takes workloads away, does something meanwhile, and brings them back. Whatever else runs must be as before, where no autoscaler changes it
 * (`makeRoomForManyPeople`).
 *
 * @throws Error if a pod of another was replaced, or its container restarted
 */
export async function without(workloads: readonly Workload[], act: () => Promise<void>): Promise<void> {
  const names = workloads.map((workload) => workload.slice(workload.indexOf('/') + 1));
  const before = await podsIn(namespace);
  const scale = (replicas: number, ...to: readonly Workload[]) =>
    kubectl(['scale', ...to, '-n', namespace, `--replicas=${replicas}`]);
  await scale(0, ...workloads);
  try {
    await kubectl([
      ...['wait', '--for=delete', 'pod', '-n', namespace, '--timeout=120s'],
      ...['-l', `${nameLabel} in (${names.join(',')})`],
    ]);
    await act();
  } finally {
    for (const workload of workloads) await scale(workload.startsWith('deployment') ? 2 : 1, workload);
  }
  await settled(namespace);
  const after = new Map((await podsIn(namespace)).map((pod) => [pod.metadata.uid, pod]));
  for (const pod of before.filter(({ metadata }) => !names.includes(metadata.labels[nameLabel] ?? ''))) {
    const { name, uid } = pod.metadata;
    const now = after.get(uid);
    if (!now) throw new Error(`without ${names.join(', ')} the pod ${name} was replaced`);
    const [was, is] = [pod, now].map((each) => restartsOf([each])[name]);
    if (was !== is)
      throw new Error(`without ${names.join(', ')} the pod ${name} restarted: ${was} times before, ${is} now`);
  }
}

/** Waits until all pods of a workload are Ready, or none. */
export async function readiness(name: string, ready: boolean): Promise<void> {
  await eventually(
    60,
    () => podsOf(name),
    (pods) => pods.length > 0 && pods.every((pod) => isReady(pod) === ready),
  );
}

/** Whether all pods of a workload are Ready at this moment. */
export async function isReadyNow(name: string): Promise<boolean> {
  return (await podsOf(name)).every(isReady);
}
