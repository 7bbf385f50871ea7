/** What has come together second by second, so that the sum of any time is a difference. */
export class RunningSum {
  readonly #sums: Float64Array;
  readonly #from: number;
  #seconds = 0;

  /** @param from second at which it begins; @param to second until which there is room */
  constructor(from: number, to: number) {
    this.#from = from;
    this.#sums = new Float64Array(to - from + 1);
  }

  /** What the next second adds. */
  add(value: number): void {
    this.#sums[this.#seconds + 1] = (this.#sums[this.#seconds] ?? 0) + value;
    this.#seconds++;
  }

  /** From one moment to another, of what has been added. Before its beginning there was nothing. */
  between(from: number, to: number): number {
    return this.#until(to) - this.#until(from);
  }

  #until(at: number): number {
    const index = Math.max(0, Math.min(at - this.#from, this.#seconds));
    const second = Math.floor(index);
    const before = this.#sums[second] ?? 0;
    return index === second ? before : before + ((this.#sums[second + 1] ?? before) - before) * (index - second);
  }
}
