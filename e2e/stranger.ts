import { kubectl } from './kubectl.ts';
import { nodePod } from './node-pod.ts';

/** The namespace of a pod that belongs to no system. */
export const strangersNamespace = 'trellis-e2e-stranger';

const name = 'stranger';

/** Where a connection is tried to. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Runs a pod that nothing keeps from asking anybody, and waits until it is Ready. */
export async function runStranger(): Promise<void> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: strangersNamespace },
    spec: nodePod({ name, program: 'setInterval(() => {}, 1e9)' }),
  };
  await kubectl(['apply', '-f', '-'], JSON.stringify(pod));
  await kubectl(['wait', '--for=condition=Ready', `pod/${name}`, '-n', strangersNamespace, '--timeout=120s']);
}

/** Which of the targets that pod reaches. */
export function reachedByStranger(targets: readonly Target[]): Promise<Target[]> {
  return reachedFrom(strangersNamespace, `pod/${name}`, targets);
}

/** Which of the targets a pod reaches that has Node. @param pod its name, or that of its Deployment, such as `deployment/users` */
export async function reachedFrom(namespace: string, pod: string, targets: readonly Target[]): Promise<Target[]> {
  const said = await kubectl(['exec', '-n', namespace, pod, '--', 'node', '-e', program, JSON.stringify(targets)]);
  const reached = JSON.parse(said) as boolean[];
  return targets.filter((_, at) => reached[at]);
}

/** Packets that a NetworkPolicy drops have no answer at all, so it waits for one. */
const program = `
const tries = JSON.parse(process.argv[1]).map(({ host, port }) => new Promise((resolve) => {
  const socket = require('node:net').connect({ host, port });
  const end = (reached) => { socket.destroy(); resolve(reached); };
  socket.on('connect', () => end(true));
  socket.on('error', () => end(false));
  socket.setTimeout(3000, () => end(false));
}));
Promise.all(tries).then((reached) => console.log(JSON.stringify(reached)));
`;
