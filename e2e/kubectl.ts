import { execa } from 'execa';

/** What one `kubectl` said. */
export interface Said {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs kubectl against the cluster of KUBECONFIG and takes a failure as an answer. */
export async function tryKubectl(args: readonly string[], input?: string): Promise<Said> {
  const { exitCode, stdout, stderr } = await execa('kubectl', args, {
    reject: false,
    ...(input !== undefined && { input }),
  });
  return { exitCode, stdout, stderr };
}

/**
 * Runs kubectl against the cluster of KUBECONFIG.
 *
 * @returns what it printed
 * @throws Error with what it printed as errors
 */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const { exitCode, stdout, stderr } = await tryKubectl(args, input);
  if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')} failed with ${exitCode}: ${stderr}`);
  return stdout;
}

/** An object or a list as kubectl prints it. */
export async function getJson<Shape>(args: readonly string[]): Promise<Shape> {
  return JSON.parse(await kubectl(['get', ...args, '-o', 'json'])) as Shape;
}

/** What a pod is to these tests. */
export interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly status: {
    readonly podIP?: string;
    readonly hostIP?: string;
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
    readonly containerStatuses?: readonly {
      readonly restartCount: number;
      readonly state: {
        readonly waiting?: { readonly reason?: string };
        readonly terminated?: { readonly exitCode: number };
      };
    }[];
  };
}

/** The pods of a namespace that are not about to end. */
export async function podsIn(namespace: string, labels?: string): Promise<readonly Pod[]> {
  const list = await getJson<{ items: readonly Pod[] }>(['pods', '-n', namespace, ...(labels ? ['-l', labels] : [])]);
  return list.items.filter((pod) => !pod.metadata.deletionTimestamp);
}

/** How often the containers of each pod were started again, by the pod's name. */
export function restartsOf(pods: readonly Pod[]): Record<string, number> {
  return Object.fromEntries(
    pods.map(({ metadata, status }) => [
      metadata.name,
      (status.containerStatuses ?? []).reduce((sum, container) => sum + container.restartCount, 0),
    ]),
  );
}

/** Waits until a Deployment runs what it was last told to. */
export async function rollout(namespace: string, name: string): Promise<void> {
  await kubectl(['rollout', 'status', `deployment/${name}`, '-n', namespace, '--timeout=180s']);
}

/** Asks again every half second until the answer passes, and fails with the last answer that did not. */
export async function eventually<Answer>(
  seconds: number,
  ask: () => Promise<Answer>,
  passes: (answer: Answer) => boolean,
): Promise<Answer> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const answer = await ask().catch((error: Error) => error);
    if (!(answer instanceof Error) && passes(answer)) return answer;
    if (Date.now() > end)
      throw new Error(
        `not so within ${seconds} s; the last answer was ${answer instanceof Error ? answer.message : JSON.stringify(answer)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
