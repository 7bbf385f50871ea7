import { quantityValue } from '../src/model/index.ts';
import { getJson, kubectl } from './kubectl.ts';

interface StartedPod {
  readonly metadata: { readonly uid: string; readonly creationTimestamp: string };
  readonly status: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime: string;
    }[];
  };
}

/** Looks at the pods of a service again and again: how long they took to start, and what CPU they use. */
export class PodLooks {
  /** Processors that they use in all, as metrics-server has measured them last. */
  cpu = 0;
  readonly #starts: Map<string, { readonly created: number; readonly seconds: number }> = new Map();
  readonly #namespace: string;
  readonly #selector: string;

  constructor(namespace: string, service: string) {
    this.#namespace = namespace;
    this.#selector = `app.kubernetes.io/name=${service}`;
  }

  /** As a pod that a cluster takes away is forgotten soon, look more often than pods live. */
  async look(): Promise<void> {
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${this.#namespace}/pods?labelSelector=${encodeURIComponent(this.#selector)}`;
    const [pods, usage] = await Promise.all([
      getJson<{ items: readonly StartedPod[] }>(['pods', '-n', this.#namespace, '-l', this.#selector]),
      kubectl(['get', '--raw', path]),
    ]);
    for (const { metadata, status } of pods.items) {
      const ready = status.conditions?.find(({ type, status: is }) => type === 'Ready' && is === 'True');
      // The first time counts: a pod that was not Ready meanwhile has not started again.
      if (!ready || this.#starts.has(metadata.uid)) continue;
      const created = Date.parse(metadata.creationTimestamp);
      this.#starts.set(metadata.uid, { created, seconds: (Date.parse(ready.lastTransitionTime) - created) / 1_000 });
    }
    const { items } = JSON.parse(usage) as { items: { containers: { usage: { cpu: string } }[] }[] };
    this.cpu = items
      .flatMap(({ containers }) => containers)
      .reduce((sum, { usage: { cpu } }) => sum + quantityValue(cpu), 0);
  }

  /** Of the pods that were made since a time, in milliseconds since 1970: the seconds until each was Ready. */
  startsSince(at: number): readonly number[] {
    return [...this.#starts.values()].filter(({ created }) => created >= at).map(({ seconds }) => seconds);
  }
}
