import { setTimeout as sleep } from 'node:timers/promises';
import type { DeploymentWatch } from './deployment-watch.ts';
import type { PodLooks } from './pod-looks.ts';
import type { SteadyLoad } from './steady-load.ts';

/** A part of a recording's traffic: evenly from one rate to another, in requests per second. */
export interface Stretch {
  readonly seconds: number;
  readonly from: number;
  /** @default - `from`: the rate stays */
  readonly to?: number;
}

export interface RecordProps {
  readonly load: SteadyLoad;
  readonly watch: DeploymentWatch;
  readonly looks: PodLooks;
  readonly traffic: readonly Stretch[];
  /** The rate of the last stretch goes on until these pods are back and some seconds more ... */
  readonly until: number;
  /** ... for so many seconds at most. */
  readonly calm: number;
  /** Called each minute, such as to renew a token. */
  readonly eachMinute: () => Promise<void>;
}

/** A second of what was seen, as a recording has it. */
export interface RecordedPoint {
  readonly at: number;
  readonly perSecond: number;
  readonly wanted: number;
  readonly ready: number;
  readonly cpu: number;
}

/** How long the last number of pods is looked at. */
const rest = 10;

/** Sends traffic as it is planned, and notes each second what is answered and how many pods there are. */
export async function recordScaling({ load, watch, looks, traffic, until, calm, eachMinute }: RecordProps) {
  const points: RecordedPoint[] = [];
  const planned = traffic.reduce((sum, { seconds }) => sum + seconds, 0);
  const last = traffic.at(-1);
  const calmRate = last?.to ?? last?.from ?? 0;
  const startedAt = Date.now();
  const begin = performance.now();
  const before = load.answered;
  let [answered, looked] = [before, begin];
  let due = 0;
  let backSince: number | undefined;
  for (let at = 1; ; at++) {
    // Ten times a second a ramp is even enough.
    for (let part = 0; part < 10; part++) {
      const elapsed = at - 1 + part / 10;
      const rate = rateAt(traffic, elapsed) ?? calmRate;
      due += rate / 10;
      load.setRate(rate);
      await sleep(Math.max(0, begin + (elapsed + 0.1) * 1_000 - performance.now()));
    }
    const now = performance.now();
    const { wanted, ready } = watch.now;
    const perSecond = Math.round(((load.answered - answered) / (now - looked)) * 10_000) / 10;
    points.push({ at, perSecond, wanted, ready, cpu: Math.round(looks.cpu * 1_000) / 1_000 });
    [answered, looked] = [load.answered, now];
    if (at % 5 === 0) void looks.look().catch(() => {});
    if (at % 60 === 0) void eachMinute();
    if (at < planned) continue;
    backSince = wanted === until && ready === until ? (backSince ?? at) : undefined;
    if ((backSince !== undefined && at >= backSince + rest) || at >= planned + calm) break;
  }
  load.setRate(0);
  return { startedAt, points, planned: Math.round(due), answered: load.answered - before };
}

function rateAt(traffic: readonly Stretch[], at: number): number | undefined {
  let start = 0;
  for (const { seconds, from, to = from } of traffic) {
    if (at < start + seconds) return from + ((to - from) * (at - start)) / seconds;
    start += seconds;
  }
  return undefined;
}
