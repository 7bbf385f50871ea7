import { isSampled, type Trace } from './trace.ts';

/** @see RequestSample */
export interface RequestSampleProps {
  /** The share of requests of which a line is kept while all is well. */
  readonly share: number;
  /** The share of traces that are recorded: whoever sees such a trace finds all of its lines. */
  readonly traced: number;
  /** From how many seconds on a request is slow. */
  readonly slow: number;
}

/** How long a failed request is remembered, in seconds. */
const remembered = 10;
/** The share of failed requests from which on a service is not well. */
const tooMany = 0.01;

/**
 * Chooses the requests of which a line is written: all that went wrong or were slow, all while the service is not well, and a share of the others. The share is chosen by the id of the
 * trace, so that all services choose the same.
 */
export class RequestSample {
  readonly #props: RequestSampleProps;
  /** Of lines that are kept by chance: one stands for so many as goes into 1. */
  readonly #kept: number;
  /** Requests and failed requests by second, of the last seconds. */
  readonly #seconds = Array.from({ length: remembered }, () => ({ second: -1, all: 0, failed: 0 }));

  constructor(props: RequestSampleProps) {
    this.#props = props;
    const { share, traced } = props;
    // Which traces are recorded and which requests are in the share is chosen by different parts of the same id.
    this.#kept = share + traced - share * traced;
  }

  /**
   * Counts a request.
   *
   * @param now in seconds, by any clock
   * @returns the share of such requests of which a line is kept; nothing if this one has none
   */
  shareOf(trace: Trace, status: number, seconds: number, now: number): number | undefined {
    const { share, traced, slow } = this.#props;
    if (share >= 1) return 1;
    const second = Math.floor(now);
    this.#count(status, second);
    if (status >= 400 || seconds > slow || !this.#isWell(second)) return 1;
    const isRecorded = traced > 0 && isSampled(trace.flags);
    return isRecorded || isInShare(trace.traceId, share) ? this.#kept : undefined;
  }

  #count(status: number, second: number): void {
    const slot = this.#seconds[second % remembered];
    if (!slot) return;
    if (slot.second !== second) Object.assign(slot, { second, all: 0, failed: 0 });
    slot.all++;
    if (status >= 500) slot.failed++;
  }

  #isWell(second: number): boolean {
    let all = 0;
    let failed = 0;
    for (const slot of this.#seconds) {
      if (slot.second <= second - remembered) continue;
      all += slot.all;
      failed += slot.failed;
    }
    return failed <= all * tooMany;
  }
}

/** By the end of the id, which the standard wants to be random. */
function isInShare(traceId: string, share: number): boolean {
  return Number.parseInt(traceId.slice(-12), 16) / 2 ** 48 < share;
}
