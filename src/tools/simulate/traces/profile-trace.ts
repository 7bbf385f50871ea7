import type { Trace, TracePoint } from '../simulation.ts';

/** What traffic does over time, as parts of its peak. */
interface Shape {
  /** What it stands for, in a sentence. */
  readonly what: string;
  readonly seconds: number;
  /** Seconds between two points of the trace. */
  readonly every: number;
  /** From 0 to 1. */
  readonly at: (seconds: number) => number;
}

const minute = 60;
const hour = 3_600;

/** Traffic that comes and goes evenly: quiet, up, a while at the peak, down, quiet. */
const ramp: [at: number, part: number][] = [
  [0, 0.1],
  [5 * minute, 0.1],
  [25 * minute, 1],
  [35 * minute, 1],
  [55 * minute, 0.1],
  [75 * minute, 0.1],
];

const shapes = {
  ramp: {
    what: '75 minutes: up from a tenth within 20, 10 at the peak, down again within 20',
    seconds: 75 * minute,
    every: 1,
    at: (seconds) => between(ramp, seconds),
  },
  spike: {
    what: '40 minutes: five times as much from one second to the next, for 5 minutes',
    seconds: 40 * minute,
    every: 1,
    at: (seconds) => (seconds >= 10 * minute && seconds < 15 * minute ? 1 : 0.2),
  },
  day: {
    what: 'a day as people use things, from midnight: hardly anything at night, a peak at noon and a higher one in the evening; of a service that may be idle nothing from 2:00 to 5:00',
    seconds: 24 * hour,
    every: 10,
    at: (seconds) => dayAt(seconds / hour) / dayAt(eveningPeak),
  },
} as const satisfies Record<string, Shape>;

export type ProfileName = keyof typeof shapes;
export const profileNames = Object.keys(shapes) as ProfileName[];

/** What a profile stands for. */
export function profileText(name: ProfileName): string {
  return shapes[name].what;
}

/** Hours of a day in which nobody asks a service that may be idle. */
const asleep = { from: 2, to: 5 };

/** @see profileTrace */
interface ProfileTraceProps {
  /** Requests per second, at most. */
  readonly peak: number;
  /** Whether a day has hours without a request, as it is of a service that may have no pods. @default false */
  readonly isIdle?: boolean;
}

/** Traffic of a profile. */
export function profileTrace(name: ProfileName, { peak, isIdle = false }: ProfileTraceProps): Trace {
  const { seconds, every, at }: Shape = shapes[name];
  const points = Array.from({ length: seconds / every + 1 }, (_, index): TracePoint => {
    const second = index * every;
    const sleeps = isIdle && name === 'day' && second >= asleep.from * hour && second < asleep.to * hour;
    return { at: second, perSecond: sleeps ? 0 : peak * at(second) };
  });
  return { name, points };
}

function between(corners: readonly (readonly [at: number, part: number])[], seconds: number): number {
  const next = corners.findIndex(([at]) => at > seconds);
  const [from, to] = [corners[next - 1], corners[next]];
  if (!from || !to) return corners.at(-1)?.[1] ?? 0;
  return from[1] + ((to[1] - from[1]) * (seconds - from[0])) / (to[0] - from[0]);
}

const eveningPeak = 20.5;

/** Two hills above a night, in no unit. */
function dayAt(hours: number): number {
  return 0.05 + 0.55 * hill(hours, 12.5, 2.6) + 0.9 * hill(hours, eveningPeak, 2.2);
}

/** A bell around an hour, of the day before and after too. */
function hill(hours: number, at: number, width: number): number {
  return [-24, 0, 24].reduce((sum, shift) => sum + Math.exp(-((hours - at + shift) ** 2) / (2 * width ** 2)), 0);
}
