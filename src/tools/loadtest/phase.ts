/** A part of a load test: requests at a rate that stays, or that changes evenly from one to another. */
export interface Phase {
  /** How it is called in the report, such as `150/s`. */
  readonly name: string;
  /** `down` sends nothing, and waits for the pods to go. */
  readonly kind: 'level' | 'ramp' | 'down';
  /** Requests each second at its start and at its end. */
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
}

/** The requests each second at a time of a phase. @param at seconds since its start */
export function rateAt({ from, to, seconds }: Phase, at: number): number {
  return from + ((to - from) * Math.min(Math.max(at, 0), seconds)) / seconds;
}
