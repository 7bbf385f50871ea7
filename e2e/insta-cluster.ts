import { setTimeout as sleep } from 'node:timers/promises';
import { kitPaths, type Service } from '../src/model/index.ts';
import insta from '../src/systems/insta.ts';
import { createCaller } from '../test/insta/caller.ts';
import { ingressOf } from './ingress.ts';
import { eventually, getJson, kubectl, type Pod, podsIn, restartsOf } from './kubectl.ts';
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
 * Takes workloads away, does something meanwhile, and brings them back. Deployments go at once, without the time in which their pods drain. Whatever else
 * runs must be as before, where no autoscaler changes it (`makeRoomForManyPeople`).
 *
 * @throws Error if a pod of another was replaced, or its container restarted
 */
export async function without(workloads: readonly Workload[], act: () => Promise<void>): Promise<void> {
  const names = workloads.map((workload) => workload.slice(workload.indexOf('/') + 1));
  const before = await podsIn(namespace);
  const scale = (replicas: number, ...to: readonly Workload[]) =>
    kubectl(['scale', ...to, '-n', namespace, `--replicas=${replicas}`]);
  const pods = ['-n', namespace, '--timeout=120s', '-l', `${nameLabel} in (${names.join(',')})`];
  const scalers = await scalersOf(names);
  await paused(scalers, true);
  await scale(0, ...workloads);
  try {
    if (workloads.every((workload) => workload.startsWith('deployment')))
      await kubectl(['delete', 'pods', ...pods, '--grace-period=1']);
    // Also of one that was made before the controller heard of the scale.
    await kubectl(['wait', '--for=delete', 'pod', ...pods]);
    await act();
  } finally {
    for (const workload of workloads) await scale(workload.startsWith('deployment') ? 2 : 1, workload);
    await paused(scalers, false);
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

/** Those of these workloads that KEDA scales. */
async function scalersOf(names: readonly string[]): Promise<readonly string[]> {
  const { items } = await getJson<{ items: { metadata: { name: string } }[] }>(['scaledobjects', '-n', namespace]);
  return items.map(({ metadata }) => metadata.name).filter((name) => names.includes(name));
}

/** KEDA brings back what somebody else takes away, at its next look. */
async function paused(scalers: readonly string[], are: boolean): Promise<void> {
  if (scalers.length === 0) return;
  const objects = scalers.map((name) => `scaledobject/${name}`);
  const annotation = 'autoscaling.keda.sh/paused';
  await kubectl([
    'annotate',
    ...objects,
    '-n',
    namespace,
    '--overwrite',
    are ? `${annotation}=true` : `${annotation}-`,
  ]);
  const condition = `--for=condition=Paused=${are ? 'True' : 'False'}`;
  await kubectl(['wait', ...objects, '-n', namespace, condition, '--timeout=60s']);
}

/** Waits until all pods of a workload are Ready, or none. */
export async function readiness(name: string, ready: boolean): Promise<void> {
  await eventually(
    60,
    () => podsOf(name),
    (pods) => pods.length > 0 && pods.every((pod) => isReady(pod) === ready),
  );
}

/**
 * Waits until everything is Ready as it is now. What a kubelet found while a store was away for a moment takes a pod out of service as late as its last probe for that, when the
 * store is back and the pod seems to be Ready.
 */
export async function settledAfterProbes(): Promise<void> {
  const { items } = await getJson<{ items: readonly Probed[] }>(['deployments', '-n', namespace]);
  const probes = items.flatMap(({ spec }) =>
    spec.template.spec.containers.flatMap((each) => each.readinessProbe ?? []),
  );
  const longest = Math.max(
    ...probes.map(
      ({ periodSeconds, failureThreshold, timeoutSeconds }) => periodSeconds * failureThreshold + timeoutSeconds,
    ),
  );
  await sleep(longest * 1_000);
  await settled(namespace);
}

/** A Deployment, by the probes of its pods. */
interface Probed {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          /** With what the API server fills in. */
          readonly readinessProbe?: Readonly<Record<'periodSeconds' | 'failureThreshold' | 'timeoutSeconds', number>>;
        }[];
      };
    };
  };
}

/** Whether each pod of a service is Ready, and what it answers when it is probed, as often as makes a kubelet change its mind. */
export async function readinessNow({
  name,
  contract,
}: Pick<Service, 'name' | 'contract'>): Promise<readonly { readonly ready: boolean; readonly answers: string }[]> {
  const program = `
    const ask = () => fetch('http://127.0.0.1:${contract.port}${kitPaths.ready}', { signal: AbortSignal.timeout(3000) }).then(({ status }) => status);
    ask().then(async (first) => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      console.log(first + ', ' + await ask());
    });`;
  return Promise.all(
    (await podsOf(name)).map(async (pod) => {
      const said = await kubectl(['exec', pod.metadata.name, '-n', namespace, '-c', name, '--', 'node', '-e', program]);
      return { ready: isReady(pod), answers: said.trim() };
    }),
  );
}
