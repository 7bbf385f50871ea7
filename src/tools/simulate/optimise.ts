import { endAfter, podLimits, podsAfter, podsFor, type ScalingOf, scaling as schema } from '../../model/index.ts';
import { requestsBySecond } from './engine/requests-by-second.ts';
import { simulate } from './engine/simulate.ts';
import type { Simulation, Surroundings, Trace } from './simulation.ts';
import { type Summary, summaryOf } from './summary.ts';

type Steps = ScalingOf<'steps'>;
type Row = Steps['table'][number];

/** A table for a trace. */
export interface Proposal {
  /** As declared, but for the table, and for a fallback that the table has no room for. */
  readonly scaling: Steps;
  readonly simulation: Simulation;
  readonly summary: Summary;
  /** Tables that were simulated to find it. */
  readonly tried: number;
}

/** A day of traffic takes about a tenth of a second each. */
const mostTries = 60;

/** As many as a table may have. */
const mostPods = 1_000;

/** Which part of its capacity a pod is to have at most before there are more. */
const fullness = [1, 0.9, 0.8, 0.7, 0.6, 0.45, 0.3];

/** How many pods the next row has. */
const growths: readonly ((pods: number) => number)[] = [
  (pods) => pods + 1,
  (pods) => Math.ceil(pods * 1.5),
  (pods) => pods * 2,
];

/**
 * The table with the fewest pod hours of those tried whose pods have enough capacity for so much of a trace's time. It has at least as many pods as the declared one: how many there are to be
 * without any traffic is no question of traffic.
 *
 * @param slo the part of the time, such as 0.999
 * @returns undefined where no table that was tried has enough: pods that start faster or hold more are what helps
 */
export function optimise(trace: Trace, scaling: Steps, surroundings: Surroundings, slo: number): Proposal | undefined {
  const requests = requestsBySecond(trace);
  const mostUnder = (1 - slo) * requests.length;
  let best: Omit<Proposal, 'tried'> | undefined;
  let tried = 0;
  const seen = new Set<string>();
  for (const candidate of candidates(scaling, highest(requests), surroundings.capacityPerPod)) {
    const written = JSON.stringify(candidate.table);
    // With no more than the pods that the traffic itself asks for it would already cost more.
    if (seen.has(written) || podHoursAtLeast(candidate, requests) >= (best?.summary.podHours ?? Infinity)) continue;
    seen.add(written);
    if (tried++ === mostTries) break;
    const simulation = simulate(trace, candidate, surroundings);
    const summary = summaryOf(simulation, surroundings);
    if (summary.secondsUnder <= mostUnder && summary.podHours < (best?.summary.podHours ?? Infinity))
      best = { scaling: candidate, simulation, summary };
  }
  return best && { ...best, tried: Math.min(tried, mostTries) };
}

/** Tables from the cheapest sort to the dearest. */
function* candidates(scaling: Steps, peak: number, capacityPerPod: number): Generator<Steps> {
  const declaredLeast = scaling.table[0]?.[1] ?? 1;
  const enough = Math.max(declaredLeast + 1, Math.ceil(peak / capacityPerPod));
  const leasts = [0, 0.5, 1].map((part) => Math.round(declaredLeast + part * (enough - declaredLeast)));
  for (const least of new Set(leasts)) {
    for (const full of fullness) {
      for (const grown of growths) {
        const candidate = withTable(scaling, { least, grown, perPod: capacityPerPod * full, peak });
        if (candidate) yield candidate;
      }
    }
  }
}

interface TableProps {
  /** Pods in the first row. */
  readonly least: number;
  readonly grown: (pods: number) => number;
  /** Requests per second that one pod is to have at most. */
  readonly perPod: number;
  /** The most requests per second that there are. */
  readonly peak: number;
}

/** @returns undefined where there is no such table that the model takes */
function withTable(scaling: Steps, { least, grown, perPod, peak }: TableProps): Steps | undefined {
  const table: Row[] = [];
  let pods = least;
  let end = 0;
  while (pods < mostPods && (table.length === 0 || end < peak)) {
    const upTo = roundedDown(pods * perPod);
    // Rows that chance alone would cross are left out.
    if (scaling.metric.of === 'sum' ? upTo > end : upTo >= endAfter(end, scaling.window)) {
      table.push([upTo, pods]);
      end = upTo;
    }
    pods = Math.max(grown(pods), podsAfter(pods));
  }
  // A schedule has no more pods than the last row, which is past all of the traffic.
  pods = Math.max(pods, ...scaling.schedules.map((each) => each.pods));
  table.push([Infinity, pods]);
  const fallback = scaling.fallback && Math.min(pods, Math.max(table[0]?.[1] ?? 1, scaling.fallback));
  // Schedules have been read, which takes long, and are in no row.
  const { data } = schema.safeParse({ ...scaling, table, fallback, schedules: [] });
  if (data?.kind !== 'steps') return undefined;
  const { min } = podLimits(data);
  const isScheduled = scaling.schedules.every((each) => each.pods >= min);
  return isScheduled ? { ...data, schedules: scaling.schedules } : undefined;
}

/** To two digits, as one would write it. */
function roundedDown(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.floor(value / unit) * unit;
}

function podHoursAtLeast(scaling: Steps, requests: Float64Array): number {
  let seconds = 0;
  for (const perSecond of requests) seconds += podsFor(scaling, perSecond) ?? 0;
  return seconds / 3_600;
}

function highest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
