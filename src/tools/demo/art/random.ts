/** Numbers that look as if nobody had chosen them, and are the same for the same seed. */
export class Random {
  #state = 2_166_136_261;

  constructor(seed: string) {
    // FNV-1a.
    for (const character of seed) this.#state = Math.imul(this.#state ^ (character.codePointAt(0) ?? 0), 16_777_619);
  }

  /** From 0 up to 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + (most - least) * this.next();
  }

  /** A whole number, both ends included. */
  integer(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1));
  }

  /** @param share from 0, never, to 1, always */
  chance(share: number): boolean {
    return this.next() < share;
  }

  /** One of some, of which there is at least one. */
  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.integer(0, from.length - 1)] ?? from[0];
  }

  /** The same entries in another order. */
  shuffle<T>(entries: readonly T[]): T[] {
    return entries
      .map((entry) => ({ entry, at: this.next() }))
      .toSorted((one, other) => one.at - other.at)
      .map(({ entry }) => entry);
  }
}
