import { expect, test } from 'vitest';
import { cpu, custom, fixed, requests, scaling, steps } from '../../../model/index.ts';
import type { Simulation } from '../simulation.ts';
import { madeUpTrace } from '../testing/made-up-trace.ts';
import { surroundings } from '../testing/surroundings.ts';
import { simulate } from './simulate.ts';

/** The first second from which on there are so many pods. */
function firstWith(pods: number, { moments }: Simulation, of: 'pods' | 'ready' = 'pods'): number | undefined {
  return moments.find((moment) => moment[of] === pods)?.at;
}

const jump = madeUpTrace([0, 40], [120, 250], [600, 40], [1800, 0]);

test.each<[Parameters<typeof scaling.parse>[0], pods: number]>([
  [steps(), 6],
  [requests({ min: 2, max: 10, perPod: 50 }), 5],
  [custom({ min: 2, max: 10, perPod: 50 }), 5],
])(
  '%j: a jump brings its pods at once, which are Ready when they have started, and go when all has forgotten it',
  (given, pods) => {
    const simulation = simulate(jump, scaling.parse(given), surroundings);
    expect(simulation.moments).toHaveLength(1_800);
    expect(simulation.moments[0]).toEqual({ at: 0, perSecond: 40, pods: 2, ready: 2 });
    const came = firstWith(pods, simulation) ?? Infinity;
    expect(came).toBeGreaterThan(120);
    // A scrape, the half of the window, and a look of the HPA.
    expect(came).toBeLessThanOrEqual(120 + 5 + 15 + 15);
    expect(firstWith(pods, simulation, 'ready')).toBe(came + surroundings.podStart);
    const down = simulation.events.find(({ from, to }) => to < from);
    expect(down?.at).toBeGreaterThanOrEqual(600 + 300);
    expect(down?.at).toBeLessThanOrEqual(600 + 300 + 30 + 15);
    // By half at most each minute.
    expect(down?.to).toBeGreaterThanOrEqual(pods / 2);
    expect(simulation.moments.at(-1)).toEqual({ at: 1_799, perSecond: 40, pods: 2, ready: 2 });
  },
);

test('by CPU it comes to the pods whose use is what is aimed at, give or take a tenth', () => {
  const { moments, events } = simulate(jump, scaling.parse(cpu({ min: 2, max: 50, cpu: 70 })), surroundings);
  const { pods = 0, ready } = moments[599] ?? {};
  expect(ready).toBe(pods);
  const use = surroundings.cpuAtRest + (250 / pods) * surroundings.cpuPerRequest;
  const aimed = 0.7 * surroundings.cpuRequest;
  // More than asked for is what came while the first of them were not Ready: it goes after five minutes alone.
  expect(use).toBeLessThanOrEqual(aimed * 1.1);
  expect(events.find(({ to, from }) => to > from)?.at).toBeLessThanOrEqual(120 + 15 + 15);
});

test('a limit of CPU bounds what is seen of a rise', () => {
  const declared = scaling.parse(cpu({ min: 2, max: 50, cpu: 70 }));
  const first = (limits: object) => simulate(jump, declared, { ...surroundings, ...limits }).events[0];
  const [free, bound] = [first({}), first({ cpuLimit: 0.1 })];
  expect((free?.to ?? 0) > (bound?.to ?? 0)).toBe(true);
});

test('the use of CPU adds to the pods that the requests ask for', () => {
  const declared = (guard: object) => scaling.parse(requests({ min: 2, max: 50, perPod: 50, ...guard }));
  const [without, beside] = [{}, { cpu: 70 }].map((guard) => simulate(jump, declared(guard), surroundings));
  expect(without?.moments[599]?.pods).toBe(5);
  expect(beside?.moments[599]?.pods).toBeGreaterThanOrEqual((250 * 0.008) / 0.07);
});

test('fixed is fixed', () => {
  const { moments, events } = simulate(jump, scaling.parse(fixed(3)), surroundings);
  expect(events).toEqual([]);
  expect(moments.every(({ pods, ready }) => pods === 3 && ready === 3)).toBe(true);
});

test('a schedule has its pods while it lasts, by its own clock', () => {
  const lunch = { from: '0 12 * * *', to: '0 14 * * *', timezone: 'Europe/Berlin', pods: 6 };
  const quiet = { ...madeUpTrace([0, 40], [4 * 3_600, 0]), startsAt: new Date('2024-07-01T09:00Z') };
  for (const given of [steps({ schedules: [lunch] }), requests({ min: 2, max: 10, perPod: 50, schedules: [lunch] })]) {
    const { events } = simulate(quiet, scaling.parse(given), surroundings);
    // 12 o'clock there is 10 o'clock in UTC; down five minutes after the last look that found it, by half at most each minute.
    expect(events[0]).toEqual({ at: 3_600, from: 2, to: 6 });
    expect(events[1]).toEqual({ at: 3 * 3_600 - 15 + 300, from: 6, to: 3 });
    expect(events.at(-1)?.to).toBe(2);
  }
  // Without a moment of its start a trace starts at midnight, in UTC.
  const night = { from: '0 1 * * *', to: '0 2 * * *', timezone: 'UTC', pods: 6 };
  const declared = scaling.parse(steps({ schedules: [night] }));
  expect(simulate(madeUpTrace([0, 40], [4_000, 0]), declared, surroundings).events).toEqual([
    { at: 3_600, from: 2, to: 6 },
  ]);
});

test('by a gauge the trace is that of the gauge', () => {
  const waiting = { of: 'sum', metric: { type: 'gauge', name: 'jobs_waiting', help: 'Jobs.' } } as const;
  const table: [number, number][] = [
    [10, 1],
    [Infinity, 4],
  ];
  const declared = scaling.parse(steps({ metric: waiting, table }));
  const simulation = simulate(madeUpTrace([0, 5], [60, 11], [300, 0]), declared, surroundings);
  expect(firstWith(4, simulation)).toBe(75);
});

test('of a service that may be idle KEDA itself brings the first pods and takes the last', () => {
  const declared = scaling.parse(requests({ min: 2, max: 10, perPod: 20, idle: { after: '3m' } }));
  const { moments, events } = simulate(madeUpTrace([0, 0], [91, 60], [300, 0], [1_200, 0]), declared, surroundings);
  expect(moments[0]).toEqual({ at: 0, perSecond: 0, pods: 0, ready: 0 });
  expect(events[0]).toEqual({ at: 95, from: 0, to: 2 });
  expect(moments[94 + surroundings.podStart]?.ready).toBe(0);
  expect(moments[95 + surroundings.podStart]?.ready).toBe(2);
  expect(moments[299]?.pods).toBe(3);
  const last = events.at(-1);
  expect(last?.to).toBe(0);
  // The window, the time without a request, and a look.
  expect(last?.at).toBeGreaterThan(300 + 180);
  expect(last?.at).toBeLessThanOrEqual(300 + 30 + 180 + 2 * 5);
});

test('nothing comes of no trace', () => {
  expect(simulate(madeUpTrace(), scaling.parse(steps()), surroundings)).toMatchObject({ moments: [], events: [] });
});

test('a day takes less than a second', () => {
  const hours = Array.from({ length: 24 * 60 + 1 }, (_, minute) => {
    const phase = (minute / (24 * 60)) * 2 * Math.PI;
    return [minute * 60, 200 - 180 * Math.cos(phase)] as const;
  });
  for (const given of [
    steps(),
    requests({ min: 2, max: 50, perPod: 10, cpu: 70 }),
    cpu({ min: 2, max: 100, cpu: 70 }),
  ]) {
    const declared = scaling.parse(given);
    // The best of several: other programs of the machine take their part.
    const times = Array.from({ length: 5 }, () => {
      const begins = performance.now();
      expect(simulate(madeUpTrace(...hours), declared, surroundings).moments).toHaveLength(86_400);
      return performance.now() - begins;
    });
    expect(Math.min(...times)).toBeLessThan(1_000);
  }
});
