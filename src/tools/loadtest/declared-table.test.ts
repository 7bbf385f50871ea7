import { expect, test } from 'vitest';
import { podsFor, requestRate, scaling, sumOf } from '../../model/index.ts';
import { declaredTable, podsAt } from './declared-table.ts';
import { levelsOf } from './levels.ts';

const steps = {
  kind: 'steps',
  table: [
    [100, 2],
    [200, 4],
    [300, 6],
    [Number.POSITIVE_INFINITY, 10],
  ],
} as const;
const jobs = { type: 'gauge', name: 'jobs_waiting', help: 'Jobs.' } as const;

type Given = Parameters<typeof scaling.parse>[0];

test.each<[given: Given, levels: readonly number[] | undefined]>([
  [steps, [50, 150, 250, 350]],
  [{ kind: 'requests', min: 2, max: 4, perPod: 20 }, [20, 50, 70]],
  [{ kind: 'requests', min: 1, max: 1, perPod: 20 }, undefined],
  // Of many rows the first, one in the middle and the last.
  [{ kind: 'requests', min: 2, max: 20, perPod: 10 }, [10, 105, 195]],
  [{ kind: 'custom', min: 1, max: 3, perPod: 7.5 }, [3.75, 11.25, 18.75]],
  [{ kind: 'fixed', replicas: 3 }, undefined],
])('%j is tried at %j requests each second, and its table is what the model says', (given, levels) => {
  const declared = scaling.parse(given);
  const table = declaredTable(declared);
  if ('none' in table) throw new Error(table.none);
  expect(levelsOf(table)).toEqual(levels);
  for (const rate of [0, 0.5, 7.5, 20, 20.1, 99, 100, 100.5, 200, 250, 300, 301, 10_000])
    expect({ rate, pods: podsAt(table, rate) }).toEqual({ rate, pods: podsFor(declared, rate) });
});

test.each<[given: Given, none: string]>([
  [{ kind: 'cpu', min: 2, max: 4, cpu: 70 }, 'it scales by CPU'],
  [{ kind: 'requests', min: 2, max: 4, perPod: 20, cpu: 80 }, 'it scales by CPU too'],
  [
    { ...steps, schedules: [{ from: '0 8 * * *', to: '0 18 * * *', timezone: 'UTC', pods: 4 }] },
    'it scales by the time of day too',
  ],
  [{ ...steps, idle: { after: '10m' } }, 'it may have no pods while nobody asks'],
  [{ ...steps, metric: sumOf(jobs) }, 'it scales by jobs_waiting'],
  [{ kind: 'custom', min: 2, max: 4, perPod: 20, metric: sumOf(jobs) }, 'it scales by jobs_waiting'],
])('%j has none', (given, none) => {
  expect(declaredTable(scaling.parse(given))).toEqual({ none });
});

test('what is by the requests, said with its own words, has one', () => {
  expect(declaredTable(scaling.parse({ ...steps, metric: requestRate }))).toEqual(steps.table);
});
