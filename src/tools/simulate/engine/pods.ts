/** A pod of a simulation. Times are seconds since the start of its trace. */
export interface Pod {
  readonly createdAt: number;
  /** When it is Ready, if it lives until then. */
  readonly readyAt: number;
  /** When Prometheus scrapes it: so many seconds after each multiple of the interval. */
  readonly scrapedAt: number;
  /** Infinity while it lives. */
  goneAt: number;
}

/** @see Pods */
export interface PodsProps {
  /** Seconds from a pod's creation until it is Ready. */
  readonly podStart: number;
  /** Seconds between two scrapes of a pod. */
  readonly scrapeInterval: number;
  /** Seconds for which a pod that is gone is remembered. */
  readonly remembered: number;
}

/** So far apart that no moment has many more pods than another: a Prometheus spreads its scrapes over the interval. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;

/**
 * The pods of a Deployment. Of several the youngest goes first, as those that are not Ready do in a ReplicaSet, and then those that are Ready for the shortest time.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset
 */
export class Pods {
  readonly #props: PodsProps;
  /** By age, so those that are Ready come first. */
  readonly #living: Pod[] = [];
  readonly #gone: Pod[] = [];
  #created = 0;
  #ready = 0;

  constructor(props: PodsProps) {
    this.#props = props;
  }

  /** Ready or not, the oldest first. */
  get living(): readonly Pod[] {
    return this.#living;
  }

  /** Those that went a short while ago. */
  get gone(): readonly Pod[] {
    return this.#gone;
  }

  /** @returns how many are Ready */
  ready(now: number): number {
    while (this.#ready < this.#living.length && (this.#living[this.#ready]?.readyAt ?? Infinity) <= now) this.#ready++;
    return this.#ready;
  }

  scaleTo(wanted: number, now: number): void {
    while (this.#living.length < wanted) this.#living.push(this.#create(now));
    while (this.#living.length > wanted) {
      const pod = this.#living.pop();
      if (!pod) break;
      pod.goneAt = now;
      this.#gone.push(pod);
    }
    this.#ready = Math.min(this.#ready, this.#living.length);
    while (this.#gone[0] && this.#gone[0].goneAt < now - this.#props.remembered) this.#gone.shift();
  }

  #create(now: number): Pod {
    const { podStart, scrapeInterval } = this.#props;
    const scrapedAt = Math.floor((((0.5 + this.#created++ * goldenRatio) % 1) * scrapeInterval) % scrapeInterval);
    return { createdAt: now, readyAt: now + podStart, scrapedAt, goneAt: Infinity };
  }
}
