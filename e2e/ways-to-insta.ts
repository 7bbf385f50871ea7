import { gatewayName } from '../src/charts/identity.ts';
import insta from '../src/systems/insta.ts';
import { type Caller, createCaller } from '../test/insta/caller.ts';
import { ingressOf } from './ingress.ts';
import { namespace } from './insta-cluster.ts';
import { nodeAddress } from './node-address.ts';

/** What insta is called from outside. */
export const host = 'insta.test';

/** A way in from outside. */
export interface Way {
  readonly url: string;
  readonly caller: Caller;
}

/** Both ways into insta, by name. Whoever opens them closes their callers. */
export async function waysToInsta(): Promise<ReadonlyMap<'Ingress' | 'NodePort', Way>> {
  const node = await nodeAddress(namespace, gatewayName);
  const wayBy = (url: string): Way => ({ url, caller: createCaller({ url, host }) });
  return new Map([
    ['Ingress', wayBy(ingressOf(host))],
    ['NodePort', wayBy(`http://${node}:${insta.entrances[0]?.nodePort}`)],
  ]);
}
