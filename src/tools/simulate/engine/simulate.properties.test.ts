import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cpu,
  custom,
  idleAfter,
  podLimits,
  pollingSeconds,
  requests,
  type Scaling,
  type ScalingPolicy,
  scaling,
  steps,
  toSeconds,
} from '../../../model/index.ts';
import type { Simulation, Surroundings, Trace } from '../simulation.ts';
import { madeUpTrace } from '../testing/made-up-trace.ts';
import { surroundings as usual } from '../testing/surroundings.ts';
import { simulate } from './simulate.ts';

const per = fc.constantFrom('5s', '15s', '30s', '1m', '2m');
const policy = fc.oneof(
  fc.record({ pods: fc.integer({ min: 1, max: 6 }), per }),
  fc.record({ percent: fc.integer({ min: 10, max: 200 }), per }),
) as fc.Arbitrary<ScalingPolicy>;

const direction = (...stabilizations: string[]) =>
  fc.record({
    stabilization: fc.constantFrom(...stabilizations),
    policies: fc.array(policy, { minLength: 1, maxLength: 3 }),
    select: fc.constantFrom('Max', 'Min'),
  });

/** @param up the stabilizations of scaling up */
function declarations(...up: string[]): fc.Arbitrary<Scaling> {
  const behaviors = fc.record({ scaleUp: direction(...up), scaleDown: direction('30s', '1m', '5m') });
  const limits = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 15 }))
    .map(([min, more]) => ({ min, max: min + more }));
  const perPod = fc.integer({ min: 10, max: 80 });
  const given = fc.oneof(
    fc
      .record({ limits, behavior: behaviors, aim: fc.integer({ min: 30, max: 100 }) })
      .map(({ limits, behavior, aim }) => ({
        ...cpu({ ...limits, cpu: aim }),
        behavior,
      })),
    fc.record({ limits, behavior: behaviors, perPod }).map(({ limits, behavior, perPod }) => ({
      ...requests({ ...limits, perPod }),
      behavior,
    })),
    fc.record({ limits, behavior: behaviors, perPod }).map(({ limits, behavior, perPod }) => ({
      ...custom({ ...limits, perPod }),
      behavior,
    })),
    behaviors.map((behavior) => ({ ...steps(), behavior })),
  );
  return given.map((each) => scaling.parse(each));
}

/** The second of the hour for which a cron expression has a minute. */
const secondOf = (cron: string) => Number.parseInt(cron, 10) * 60;

/** In the first hour of a trace, which starts at midnight. */
const schedules = (most: number) =>
  fc.array(
    fc
      .tuple(fc.nat({ max: 30 }), fc.integer({ min: 1, max: 25 }), fc.integer({ min: 2, max: most }))
      .map(([from, minutes, pods]) => ({
        ...{ from: `${from} 0 * * *`, to: `${from + minutes} 0 * * *`, timezone: 'UTC' },
        pods,
      })),
    { maxLength: 2 },
  );

/** Of what KEDA scales: those that may have no pods, and those that have more of them at some times. */
const byKeda: fc.Arbitrary<Scaling> = fc
  .record({
    idle: fc.option(
      fc.constantFrom('30s', '2m', '5m').map((after) => ({ after })),
      { nil: undefined },
    ),
    schedules: schedules(10),
    perPod: fc.option(fc.integer({ min: 10, max: 80 }), { nil: undefined }),
  })
  .map(({ idle, schedules, perPod }) => ({
    ...(perPod === undefined ? { kind: 'steps' } : { kind: 'requests', min: 2, max: 10, perPod }),
    ...(idle && { idle }),
    schedules,
  }))
  .map((given) => scaling.parse(given));

const surroundings: fc.Arbitrary<Surroundings> = fc
  .record({
    hpaSync: fc.constantFrom(5, 15, 20, 30),
    metricsInterval: fc.constantFrom(10, 15, 60),
    podStart: fc.double({ min: 0, max: 40, noNaN: true }),
    cpuPerRequest: fc.double({ min: 0.001, max: 0.02, noNaN: true }),
  })
  .map((some) => ({ ...usual, ...some }));

/** Traffic that changes again and again. */
const traces: fc.Arbitrary<Trace> = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 500 })), { minLength: 2, maxLength: 12 })
  .map((changes) => {
    const times = changes.map((_, index) => changes.slice(0, index + 1).reduce((sum, [after]) => sum + after, 0));
    const points = changes.map(([, rate], index) => [times[index] ?? 0, rate] as const);
    return madeUpTrace([0, 0], ...points, [(times.at(-1) ?? 0) + 600, 0]);
  });

const anything = [traces, declarations('0s', '30s', '2m'), surroundings] as const;
const anythingAtAll = [traces, fc.oneof(declarations('0s', '30s', '2m'), byKeda), surroundings] as const;
const anythingByKeda = [traces, byKeda, surroundings] as const;

test('never beyond min and max but for none where it may be idle, and no more are Ready than there are', () => {
  let seen = 0;
  fc.assert(
    fc.property(...anythingAtAll, (trace, declared, around) => {
      const { min, max } = podLimits(declared);
      const isNone = (pods: number) => pods === 0 && idleAfter(declared) !== undefined;
      const { moments } = simulate(trace, declared, around);
      const beyond = moments.filter(({ pods, ready }) => (pods < min && !isNone(pods)) || pods > max || ready > pods);
      expect(beyond).toEqual([]);
      if (moments.some(({ pods }) => isNone(pods))) seen++;
    }),
  );
  expect(seen).toBeGreaterThan(5);
});

test('what has no pods has some at the next look of KEDA after a request or the beginning of a schedule', () => {
  let seen = 0;
  fc.assert(
    fc.property(...anythingByKeda, (trace, declared, around) => {
      const { moments } = simulate(trace, declared, around);
      const scheduled = 'schedules' in declared ? declared.schedules : [];
      const lasts = (at: number) => scheduled.some(({ from, to }) => secondOf(from) <= at && at < secondOf(to));
      let without = 0;
      for (const { at, perSecond, pods } of moments) {
        without = pods === 0 && (perSecond > 0 || lasts(at)) ? without + 1 : 0;
        // As long as that where a look has just taken the last pod, for a time in which none was Ready to count a request.
        expect(without, `at ${at}`).toBeLessThanOrEqual(pollingSeconds(declared));
        if (without > 0) seen++;
      }
    }),
  );
  expect(seen).toBeGreaterThan(50);
});

test('while a schedule lasts there are no fewer pods than it asks for, once a look has found it', () => {
  let seen = 0;
  fc.assert(
    fc.property(...anythingByKeda, (trace, declared, around) => {
      const { moments } = simulate(trace, declared, around);
      for (const { from, to, pods } of 'schedules' in declared ? declared.schedules : []) {
        // A look of KEDA that wakes it and one of the HPA, which takes a difference of a tenth for none.
        const begun = secondOf(from) + 60;
        const during = moments.filter(({ at }) => at >= begun && at < secondOf(to));
        expect(during.filter((moment) => moment.pods < Math.floor(pods * 0.9))).toEqual([]);
        if (during.length > 0) seen++;
      }
    }),
  );
  expect(seen).toBeGreaterThan(20);
});

test('events are the changes of the pods', () => {
  fc.assert(
    fc.property(...anythingAtAll, (trace, declared, around) => {
      const { moments, events } = simulate(trace, declared, around);
      const changes = moments.slice(1).flatMap(({ at, pods }, index) => {
        const from = moments[index]?.pods ?? 0;
        return from === pods ? [] : [{ at, from, to: pods }];
      });
      expect(events.filter(({ at }) => at > 0)).toEqual(changes);
    }),
  );
});

/** How far a policy lets pods go from those that there were when its time began. */
function bound(allowed: ScalingPolicy, began: number, sign: 1 | -1): number {
  return 'pods' in allowed
    ? began + sign * allowed.pods
    : sign === 1
      ? Math.ceil(began * (1 + allowed.percent / 100))
      : Math.floor(began * (1 - allowed.percent / 100));
}

test('rate policies are kept: in no time of theirs do pods come or go beyond what the one that counts allows', () => {
  let seen = 0;
  fc.assert(
    fc.property(...anything, (trace, declared, around) => {
      if (declared.kind === 'fixed') return;
      const { moments, events } = simulate(trace, declared, around);
      const { scaleUp, scaleDown } = declared.behavior;
      // Kubernetes forgets changes of a direction after the longest time of that direction, though policies of the other may ask for longer.
      const known = Math.min(longest(scaleUp), longest(scaleDown));
      for (const { at, from, to } of events) {
        const sign = to > from ? 1 : -1;
        const { policies, select } = sign === 1 ? scaleUp : scaleDown;
        // Of what was before the trace nothing is known.
        if (policies.some((each) => toSeconds(each.per) > Math.min(at, known))) continue;
        const bounds = policies.map((each) => sign * bound(each, moments[at - toSeconds(each.per)]?.pods ?? 0, sign));
        expect(sign * to).toBeLessThanOrEqual(select === 'Max' ? Math.max(...bounds) : Math.min(...bounds));
        seen++;
      }
    }),
  );
  expect(seen).toBeGreaterThan(100);
});

function longest({ policies }: { readonly policies: readonly ScalingPolicy[] }): number {
  return Math.max(...policies.map((each) => toSeconds(each.per)));
}

test('stabilisation is kept: for as long as it says nothing goes of what a rise has brought', () => {
  let seen = 0;
  fc.assert(
    fc.property(...anything, (trace, declared, around) => {
      if (declared.kind === 'fixed') return;
      const { events } = simulate(trace, declared, around);
      for (const down of events.filter(({ from, to }) => to < from)) {
        const up = events.findLast(({ at, from, to }) => at < down.at && to > from);
        if (!up) continue;
        expect(down.at - up.at).toBeGreaterThanOrEqual(toSeconds(declared.behavior.scaleDown.stabilization));
        seen++;
      }
    }),
  );
  expect(seen).toBeGreaterThan(50);
});

test('constant traffic settles', () => {
  fc.assert(
    fc.property(...anything, fc.integer({ min: 0, max: 500 }), (trace, declared, around, rate) => {
      const { points } = trace;
      const begins = points.at(-1)?.at ?? 0;
      const hour = 3_600;
      const longer = {
        ...trace,
        points: [...points.slice(0, -1), { at: begins, perSecond: rate }, { at: begins + 2 * hour, perSecond: 0 }],
      };
      const { events } = simulate(longer, declared, around);
      // The slowest of these policies takes 2 minutes for one of at most 20 pods.
      expect(events.filter(({ at }) => at > begins + hour)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test('the same follows from the same, and nothing from what comes later', () => {
  fc.assert(
    fc.property(...anythingAtAll, fc.integer({ min: 1, max: 1_000 }), (trace, declared, around, end) => {
      const { moments, events } = simulate(trace, declared, around);
      expect(simulate(trace, declared, around)).toEqual({ scaling: declared, moments, events });
      const cut = [...trace.points.filter(({ at }) => at < end), { at: end, perSecond: 0 }];
      const sooner = simulate({ ...trace, points: cut }, declared, around);
      const both = Math.min(moments.length, sooner.moments.length);
      expect(sooner.moments.slice(0, both)).toEqual(moments.slice(0, both));
    }),
    { numRuns: 30 },
  );
});

const first = ({ events }: Simulation) => events[0]?.at ?? Infinity;
const faster = fc.constantFrom([5, 15], [5, 30], [15, 30], [10, 60], [1, 7]);

test('a faster HPA never reacts later: what a slower one does first, where that is to add pods, it does then or before', () => {
  let seen = 0;
  fc.assert(
    // Traffic begins with none, so that neither has a past. The faster looks whenever the slower does.
    fc.property(traces, declarations('0s'), surroundings, faster, (trace, declared, around, [fast, slow]) => {
      const slower = simulate(trace, declared, { ...around, cpuAtRest: 0, hpaSync: slow ?? 0 });
      const [event] = slower.events;
      if (!event || event.to < event.from) return;
      const sooner = simulate(trace, declared, { ...around, cpuAtRest: 0, hpaSync: fast ?? 0 });
      expect(first(sooner)).toBeLessThanOrEqual(first(slower));
      seen++;
    }),
  );
  expect(seen).toBeGreaterThan(50);
});

test('where a wish must have lasted, a faster HPA is later by two looks of the slower at most: it knows the wishes that the other missed', () => {
  fc.assert(
    fc.property(
      declarations('15s', '30s', '2m'),
      surroundings,
      faster,
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 500 }),
      (declared, around, [fast = 0, slow = 0], at, rate) => {
        const rise = madeUpTrace([0, 0], [at, rate], [900, 0]);
        const [sooner, later] = [fast, slow].map((hpaSync) =>
          simulate(rise, declared, { ...around, cpuAtRest: 0, hpaSync }),
        );
        if (sooner && later) expect(first(sooner)).toBeLessThanOrEqual(first(later) + 2 * slow);
      },
    ),
  );
});

test('pods that start faster are never Ready later after the first rise', () => {
  fc.assert(
    fc.property(
      traces,
      declarations('0s', '30s'),
      surroundings,
      fc.nat({ max: 30 }),
      (trace, declared, around, less) => {
        const risen = ({ moments }: Simulation) =>
          moments.find(({ ready }) => ready > (moments[0]?.ready ?? 0))?.at ?? Infinity;
        const resting = { ...around, cpuAtRest: 0 };
        const sooner = simulate(trace, declared, { ...resting, podStart: Math.max(0, around.podStart - less) });
        const later = simulate(trace, declared, resting);
        if (later.events[0] && later.events[0].to > later.events[0].from)
          expect(risen(sooner)).toBeLessThanOrEqual(risen(later));
      },
    ),
  );
});
