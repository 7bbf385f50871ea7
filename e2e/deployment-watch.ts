import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { eventually } from './kubectl.ts';

/** A Deployment at one time. */
export interface Seen {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Pods that it wants. */
  readonly wanted: number;
  readonly ready: number;
}

/** Watches the number of a Deployment's pods, from its own changes, so that none is missed. */
export class DeploymentWatch {
  readonly name: string;
  readonly #seen: Seen[] = [];
  readonly #process;

  constructor(namespace: string, name: string) {
    this.name = name;
    const columns = '{.spec.replicas} {.status.readyReplicas}{"\\n"}';
    this.#process = execa(
      'kubectl',
      ['get', `deployment/${name}`, '-n', namespace, '--watch', '-o', `jsonpath=${columns}`],
      { reject: false, buffer: false },
    );
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      const [wanted = '', ready = ''] = line.split(' ');
      const next = { at: Date.now(), wanted: Number(wanted), ready: Number(ready) };
      const last = this.#seen.at(-1);
      if (!last || last.wanted !== next.wanted || last.ready !== next.ready) this.#seen.push(next);
    });
  }

  /** How it is now. @throws Error where nothing was seen yet */
  get now(): Seen {
    const last = this.#seen.at(-1);
    if (!last) throw new Error(`nothing was seen of deployment/${this.name} yet`);
    return last;
  }

  /** How it was at a time, and each change since. */
  since(at: number): readonly Seen[] {
    const before = this.#seen.findLast((seen) => seen.at <= at);
    return [...(before ? [before] : []), ...this.#seen.filter((seen) => seen.at > at)];
  }

  /** The numbers of pods that it wanted one after the other. */
  wantedSince(at: number): readonly number[] {
    const all = this.since(at).map(({ wanted }) => wanted);
    return all.filter((wanted, index) => wanted !== all[index - 1]);
  }

  /** Waits until so many pods are wanted and Ready. @returns when that was */
  async has(pods: number, seconds: number): Promise<number> {
    const { at } = await eventually(
      seconds,
      async () => this.now,
      ({ wanted, ready }) => wanted === pods && ready === pods,
    );
    return at;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process;
  }
}
