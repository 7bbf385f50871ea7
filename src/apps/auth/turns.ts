import { HttpError } from '../kit/index.ts';

/** @see Turns */
export interface TurnsProps {
  readonly atOnce: number;
  /** In milliseconds. */
  readonly longestWait: number;
}

/** How much the last one counts in how long one usually takes. */
const weight = 0.1;

/** Lets a few at a time do what is costly, in the order in which they came. */
export class Turns {
  readonly #props: TurnsProps;
  readonly #waiting = new Set<() => void>();
  #running = 0;
  /** How long one usually takes, in milliseconds. */
  #usual = 0;

  constructor(props: TurnsProps) {
    this.#props = props;
  }

  /**
   * Does work when its turn comes.
   *
   * @throws HttpError 503 `overloaded` with `retryAfter`: at once if the turn would most likely come too late, and else when it did not come in time
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#turn();
    const startedAt = performance.now();
    try {
      return await work();
    } finally {
      const took = performance.now() - startedAt;
      this.#usual = this.#usual === 0 ? took : this.#usual * (1 - weight) + took * weight;
      this.#next();
    }
  }

  #turn(): Promise<void> {
    const { atOnce, longestWait } = this.#props;
    if (this.#running < atOnce) {
      this.#running++;
      return Promise.resolve();
    }
    if (this.#expectedWait() > longestWait) return Promise.reject(this.#tooLate());
    return new Promise((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(start);
        reject(this.#tooLate());
      }, longestWait);
      this.#waiting.add(start);
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (!first) {
      this.#running--;
      return;
    }
    this.#waiting.delete(first);
    first();
  }

  /** Of one who would come now, in milliseconds. */
  #expectedWait(): number {
    return ((this.#waiting.size + 1) * this.#usual) / this.#props.atOnce;
  }

  #tooLate(): HttpError {
    const retryAfter = Math.max(1, Math.ceil(this.#expectedWait() / 1_000));
    return new HttpError(503, 'overloaded', `Too many at once; try again in ${retryAfter} s`, { retryAfter });
  }
}
