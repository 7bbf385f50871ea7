import { expect, test } from 'vitest';
import { podLimits, type ScalingOf, scaling, steps } from '../../model/index.ts';
import { simulate } from './engine/simulate.ts';
import { optimise } from './optimise.ts';
import { summaryOf } from './summary.ts';
import { madeUpTrace } from './testing/made-up-trace.ts';
import { surroundings } from './testing/surroundings.ts';

const hour = 3_600;
const morning = madeUpTrace(
  ...Array.from({ length: 61 }, (_, minute) => [minute * 60, 40 + 400 * (minute / 60) ** 2] as const),
  [2 * hour, 0],
);
const spike = madeUpTrace([0, 30], [600, 400], [660, 30], [hour, 0]);

function declared(given: Parameters<typeof steps>[0] = {}): ScalingOf<'steps'> {
  const read = scaling.parse(steps(given));
  if (read.kind !== 'steps') throw new Error(read.kind);
  return read;
}

test.each([
  ['a morning', morning, 0.99],
  ['a morning, more often', morning, 0.9999],
  ['a spike', spike, 0.98],
])(
  'for %s a table keeps to its part of the time, in fewer pod hours than as many pods all the time',
  (_, trace, slo) => {
    const proposal = optimise(trace, declared(), surroundings, slo);
    if (!proposal) throw new Error('none was found');
    const { moments } = proposal.simulation;
    expect(proposal.summary.secondsUnder).toBeLessThanOrEqual((1 - slo) * moments.length);
    expect(proposal.summary.podHours).toBeLessThan((proposal.summary.mostPods * moments.length) / hour);
    // It is what the model takes, and what it says of it is so.
    expect(scaling.parse(steps({ ...proposal.scaling }))).toEqual(proposal.scaling);
    expect(summaryOf(simulate(trace, proposal.scaling, surroundings), surroundings)).toEqual(proposal.summary);
    expect(proposal.tried).toBeLessThanOrEqual(60);
  },
);

test('more time with enough capacity costs no fewer pod hours', () => {
  const hours = [0.9, 0.99, 1].map(
    (slo) => optimise(morning, declared(), surroundings, slo)?.summary.podHours ?? Infinity,
  );
  expect(hours).toEqual(hours.toSorted((one, other) => one - other));
  expect(hours[0]).toBeLessThan(hours[2] ?? 0);
});

test('a table that was declared too large is not proposed, and one too small neither', () => {
  const [large, small] = [
    [[100, 2], [Infinity, 30]],
    [[100, 2], [Infinity, 3]],
  ] as const; // biome-ignore format: two tables
  for (const table of [large, small]) {
    const before = declared({ table: table.map(([upTo, pods]) => [upTo, pods]) });
    const proposal = optimise(morning, before, surroundings, 0.99);
    expect(podLimits(proposal?.scaling ?? before).max).toBeGreaterThan(7);
    expect(podLimits(proposal?.scaling ?? before).max).toBeLessThan(30);
  }
});

test('all but the table stays as declared: the least pods, the window, schedules, and a fallback that fits', () => {
  const night = { from: '0 1 * * *', to: '0 2 * * *', timezone: 'UTC', pods: 4 };
  const before = declared({
    window: '1m',
    schedules: [night],
    fallback: 3,
    behavior: { scaleDown: { stabilization: '10m' } },
  });
  const { scaling: after } = optimise(morning, before, surroundings, 0.99) ?? {};
  expect(after).toEqual({ ...before, table: after?.table });
  expect(after?.table[0]?.[1]).toBeGreaterThanOrEqual(2);
  expect(after?.table).not.toEqual(before.table);
});

test('where pods start too slowly for any table there is none', () => {
  const zero = madeUpTrace([0, 0], [60, 5_000_000], [120, 0]);
  expect(optimise(zero, declared(), surroundings, 1)).toBeUndefined();
});
