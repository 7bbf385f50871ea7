import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { check, cpu, custom, fixed, podLimits, requests, type Scaling, scaling, steps } from '../../model/index.ts';
import { alternatives } from './alternatives.ts';
import { assumed, type GivenSurroundings, peakOf, perPodAtTarget } from './assumptions.ts';
import { simulate } from './engine/simulate.ts';
import { recording } from './recorded/recording.ts';
import { summaryOf } from './summary.ts';
import { profileNames, profileTrace } from './traces/profile-trace.ts';

const resources = { cpu: '100m', memory: '256Mi', memoryLimit: '512Mi', ephemeralStorage: '64Mi' } as const;
const declare = (given: unknown): Scaling => check(scaling, given, 'posts');
const of = (given: unknown, options: GivenSurroundings = {}) =>
  assumed({ scaling: declare(given), resources, given: options });

test('what posts took under load is within what was recorded', () => {
  const folder = new URL('recorded/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const recordings = files.map((name) => recording.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))));
  const { surroundings } = of(steps());
  for (const key of ['podStart', 'cpuPerRequest', 'cpuAtRest'] as const) {
    const values = recordings.map((each) => each[key]);
    expect(surroundings[key], key).toBeGreaterThanOrEqual(Math.min(...values));
    expect(surroundings[key], key).toBeLessThanOrEqual(Math.max(...values));
  }
});

test.each<[what: string, given: unknown, perPod: number]>([
  [
    'the most that its table lets a pod have',
    steps({
      table: [
        [100, 2],
        [300, 4],
        [Infinity, 8],
      ],
    }),
    75,
  ],
  ['its perPod', requests({ min: 1, max: 5, perPod: 20 }), 20],
  ['its perPod, without KEDA', custom({ min: 1, max: 5, perPod: 30 }), 30],
  ['what uses the CPU that it requests', cpu({ min: 1, max: 5, cpu: 50 }), 50],
])('a pod answers %s', (_, given, perPod) => {
  expect(of(given, { cpuPerRequest: 0.002 }).surroundings.capacityPerPod).toBeCloseTo(perPod, 9);
});

test('what is given is taken, and told as given', () => {
  const given = { capacityPerPod: 7, podStart: 1, cpuRequest: 0.3, podHourCost: 2, hpaTolerance: 0.2 };
  const { surroundings, assumptions } = of(steps(), given);
  expect(surroundings).toMatchObject(given);
  expect(surroundings.currency).toBeUndefined();
  expect(assumptions.filter(({ from }) => from === 'given').map(({ option, value }) => `${option} ${value}`)).toEqual([
    '--capacity 7',
    '--pod-start 1 s',
    '--cpu-request 300m',
    '--pod-hour-cost 2.00',
    '--hpa-tolerance 20 %',
  ]);
});

test('what is not is told with where it comes from', () => {
  const { surroundings, assumptions } = of(steps());
  expect(surroundings.cpuRequest).toBe(0.1);
  expect(surroundings.podHourCost).toBeCloseTo(0.1 * 0.04048 + 0.25 * 0.004445, 9);
  expect(assumptions.filter(({ from }) => from === 'declared').map(({ option, why }) => `${option}: ${why}`)).toEqual([
    '--capacity: as many as its table lets a pod have',
    '--cpu-request: resources.cpu',
  ]);
  expect(assumptions.every(({ why }) => why !== '')).toBe(true);
  // Without a currency a cost is a number of nothing.
  expect(surroundings.currency).toBe('US dollars');
  expect(assumptions.find(({ option }) => option === '--pod-hour-cost')?.value).toBe('0.00516 US dollars');
});

test('a limit of CPU is one of the simulated pods too', () => {
  const { surroundings } = assumed({
    scaling: declare(steps()),
    resources: { ...resources, cpuLimit: '250m' },
    given: {},
  });
  expect(surroundings.cpuLimit).toBe(0.25);
});

test.each<[given: unknown, peak: number]>([
  [steps(), 350],
  [requests({ min: 2, max: 10, perPod: 50 }), 517.5],
  [cpu({ min: 2, max: 10, cpu: 50 }), 9 * 23.8],
  [fixed(3), 150],
])('%j shows at the peak of a profile that it has the most pods for', (given, peak) => {
  const surroundings = { ...of(given).surroundings, cpuPerRequest: 0.002, cpuAtRest: 0.01, capacityPerPod: 50 };
  expect(peakOf(declare(given), surroundings)).toBeCloseTo(peak, 9);
});

const limits = [
  { min: 1, max: 2 },
  { min: 2, max: 10 },
  { min: 3, max: 20 },
  { min: 3, max: 50 },
];
test.each<[given: unknown]>([
  [steps()],
  ...limits.flatMap((each): [unknown][] => [
    [requests({ ...each, perPod: 50 })],
    [custom({ ...each, perPod: 7 })],
    [cpu({ ...each, cpu: 70 })],
  ]),
])('%j has the most pods at the peak of each profile', (given) => {
  const declared = declare(given);
  const { surroundings } = of(given);
  for (const profile of profileNames) {
    const simulation = simulate(
      profileTrace(profile, { peak: peakOf(declared, surroundings) }),
      declared,
      surroundings,
    );
    expect(summaryOf(simulation, surroundings).mostPods, profile).toBe(podLimits(declared).max);
  }
});

test('a table is shown beside CPU with its limits, and CPU beside requests that come to the same use', () => {
  const { surroundings } = of(steps());
  expect(alternatives(declare(steps()), surroundings)).toEqual([
    { name: 'by CPU', scaling: declare(cpu({ min: 2, max: 10, cpu: 70 })) },
    { name: 'the most pods', scaling: declare(fixed(10)) },
  ]);
  const byCpu = { ...surroundings, cpuRequest: 0.1, cpuAtRest: 0.01, cpuPerRequest: 0.002 };
  expect(alternatives(declare(cpu({ min: 3, max: 3, cpu: 50 })), byCpu)).toEqual([
    { name: 'by requests', scaling: declare(requests({ min: 3, max: 3, perPod: 20 })) },
  ]);
  expect(alternatives(declare(fixed(3)), surroundings)).toEqual([]);
});

test('a pod that is at its target without a request is shown beside some requests too', () => {
  expect(perPodAtTarget({ cpu: 10 }, { ...of(steps()).surroundings, cpuAtRest: 0.05, cpuPerRequest: 0.002 })).toBe(5);
});
