import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** How long answers took, in milliseconds. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Microseconds above which all are the same: ten minutes. */
const highest = 600_000_000;

/** Times in an HDR histogram, with three digits each however many there are. */
export class Latencies {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest, figures: 3 });

  /** @param milliseconds more than none */
  add(milliseconds: number): void {
    this.#histogram.record(Math.min(highest, Math.max(1, Math.round(milliseconds * 1_000))));
  }

  clear(): void {
    this.#histogram.reset();
  }

  /** What so large a part of them is at most. @param part of one @returns null of no times */
  most(part: number): number | null {
    return this.#histogram.count === 0 ? null : this.#histogram.percentile(part * 100) / 1_000;
  }

  /** @returns null of no times */
  quantiles(): Quantiles | null {
    if (this.#histogram.count === 0) return null;
    const [p50, p95, p99] = [50, 95, 99].map((percent) => this.#histogram.percentile(percent) / 1_000) as [
      number,
      number,
      number,
    ];
    return { p50, p95, p99, max: this.#histogram.max / 1_000 };
  }
}
