import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { inTurn } from './in-turn.ts';
import type { Outcome } from './load-client.ts';
import type { Phase } from './phase.ts';
import { plannedStarts } from './planned-starts.ts';
import type { TrafficRoute } from './traffic.ts';

/** A request that has ended. Times are in milliseconds of `performance.now()`. */
export interface Ended {
  readonly route: TrafficRoute;
  /** Of the phases. */
  readonly phase: number;
  readonly plannedAt: number;
  readonly endedAt: number;
  readonly outcome: Outcome;
}

export interface DriveProps {
  readonly phases: readonly Phase[];
  readonly routes: readonly TrafficRoute[];
  readonly send: (route: TrafficRoute) => Promise<Outcome>;
  /** Told when a phase begins. Times are in milliseconds of `performance.now()`. */
  readonly onPhase: (phase: number, startsAt: number) => void;
  /** Told when nothing more of a phase is sent. */
  readonly onPhaseEnd: (phase: number, endsAt: number) => void;
  /** Told of each request when it is to be sent. */
  readonly onSent: (route: TrafficRoute, phase: number) => void;
  readonly onEnded: (ended: Ended) => void;
  /** Whether a phase may end before its time. Asked about once a second. @default - none does */
  readonly isOver?: (phase: number) => boolean;
  /** Ends it early: what is under way is waited for. */
  readonly signal: AbortSignal;
}

/** The longest nap between two looks at the clock, in milliseconds: how late it may notice that it was ended. */
const longestNap = 1_000;
/** How long it may send without a nap, in milliseconds, before it lets answers in. */
const longestRush = 5;
/** What becomes of a request that this machine was too slow to send in its phase. */
export const notSent = 'not sent';
/** How long after the end of its phase a request is still sent, in milliseconds. */
const grace = 1_000;

/**
 * Sends requests when the phases say so, whether or not those before are answered, and waits for what becomes of each. The clock of each is that of the plan: one that
 * is sent late, by whomever's fault, has taken that much longer.
 */
export async function drive(props: DriveProps): Promise<void> {
  const { phases, routes, send, onPhase, onPhaseEnd, onSent, onEnded, isOver, signal } = props;
  const next = inTurn(routes);
  const underWay = new Set<Promise<void>>();
  const isThere = (phase: number) => !signal.aborted && !isOver?.(phase);
  let restedAt = performance.now();
  /** @returns whether it was reached */
  const waitUntil = async (time: number, phase: number) => {
    if (time <= performance.now()) {
      if (performance.now() - restedAt < longestRush) return true;
      await turn();
      restedAt = performance.now();
      return isThere(phase);
    }
    for (let left = time - performance.now(); left > 0; left = time - performance.now()) {
      await sleep(Math.min(left, longestNap), undefined, { signal }).catch(() => {});
      if (!isThere(phase)) return false;
    }
    restedAt = performance.now();
    return true;
  };
  let startsAt = performance.now();
  for (const [phase, each] of phases.entries()) {
    if (signal.aborted) break;
    onPhase(phase, startsAt);
    let isWhole = true;
    for (const start of plannedStarts(each)) {
      const plannedAt = startsAt + start * 1_000;
      if (!(await waitUntil(plannedAt, phase))) {
        isWhole = false;
        break;
      }
      const route = next();
      onSent(route, phase);
      const isLate = performance.now() > startsAt + each.seconds * 1_000 + grace;
      const one = (isLate ? Promise.resolve(notSent) : send(route)).then((outcome) => {
        onEnded({ route, phase, plannedAt, endedAt: performance.now(), outcome });
        underWay.delete(one);
      });
      underWay.add(one);
    }
    if (isWhole) isWhole = await waitUntil(startsAt + each.seconds * 1_000, phase);
    // By the plan, so that what is late in one phase is not sent late in all that follow.
    startsAt = isWhole ? startsAt + each.seconds * 1_000 : performance.now();
    onPhaseEnd(phase, startsAt);
  }
  await Promise.all(underWay);
}
