import { podsIn } from './kubectl.ts';
import { isReady } from './settled.ts';

/**
 * Where the NodePorts of a system are reached: the address of a node that runs one of its pods, as those of a gateway answer on no other.
 *
 * @param namespace of the system
 * @param name of the workload that the NodePorts lead to
 * @throws Error if none of its pods is Ready
 */
export async function nodeAddress(namespace: string, name: string): Promise<string> {
  const pods = await podsIn(namespace, `app.kubernetes.io/name=${name}`);
  const address = pods.find(isReady)?.status.hostIP;
  if (!address) throw new Error(`no pod of ${name} in ${namespace} is Ready`);
  return address;
}
