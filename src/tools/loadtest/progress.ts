import type { LoadReport } from './load-report.ts';

/** How often a line is written where lines cannot be replaced, in seconds. */
const lineEvery = 5;

/** Where lines go, such as `process.stdout`. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

interface Moment {
  readonly sample: LoadReport['samples'][number];
  readonly pods: LoadReport['pods'][number] | undefined;
  readonly phase: string;
  /** Requests each second that are asked now. */
  readonly rate: number;
  /** Errors since the start of the test. */
  readonly errors: number;
  /** Seconds that are left of the phase at most. */
  readonly left: number;
}

/** Tells how a load test goes on: in place at a terminal, else in a line each few seconds. */
export class Progress {
  readonly #terminal: Terminal;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  show(moment: Moment): void {
    const line = lineOf(moment);
    if (this.#terminal.isTTY) {
      this.#terminal.write(`\r\u001B[2K${line.slice(0, (this.#terminal.columns ?? 80) - 1)}`);
    } else if (moment.sample.at - this.#toldAt >= lineEvery) {
      this.#toldAt = moment.sample.at;
      this.#terminal.write(`${line}\n`);
    }
  }

  /** A line that stays. */
  say(line: string): void {
    this.#terminal.write(`${this.#terminal.isTTY ? '\r\u001B[2K' : ''}${line}\n`);
  }
}

function lineOf({ sample, pods, phase, rate, errors, left }: Moment): string {
  const perSecond = (count: number) => (count / sample.seconds).toFixed(0);
  const times = sample.latency
    ? `p50/p95/p99 ${[sample.latency.p50, sample.latency.p95, sample.latency.p99].map((time) => time.toFixed(0)).join('/')} ms`
    : 'no answers';
  const counts = Object.entries(pods?.services ?? {}).map(([name, { ready, wanted }]) => `${name} ${ready}/${wanted}`);
  return [
    `${phase} (${Math.ceil(left)} s left)`,
    // Before what a narrow terminal cuts off.
    ...(counts.length > 0 ? [counts.join(' ')] : []),
    `asked ${rate.toFixed(0)}/s`,
    `answered ${perSecond(sample.answered)}/s`,
    `errors ${errors}`,
    times,
  ].join('  ');
}
