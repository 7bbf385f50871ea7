import { runInThisContext } from 'node:vm';
import { expect, test } from 'vitest';
import { check, cpu, custom, fixed, requests, type Scaling, scaling, steps, sumOf } from '../../model/index.ts';
import { propose } from './propose.ts';
import { madeUpTrace } from './testing/made-up-trace.ts';
import { surroundings } from './testing/surroundings.ts';

const declare = (given: unknown): Scaling => check(scaling, given, 'posts');
const hill = madeUpTrace([0, 30], [600, 150], [1_200, 260], [1_800, 30], [3_600, 0]);
const proposed = (given: unknown, trace = hill) =>
  propose({ trace, declared: declare(given), surroundings, slo: 0.95 });

/** The scaling that somebody has who pastes a text into a declaration. */
function pasted(text: string): unknown {
  const read: (...model: unknown[]) => { scaling: unknown } = runInThisContext(`(steps) => ({ ${text} })`);
  return read(steps).scaling;
}

const lunch = { from: '0 12 * * *', to: '0 14 * * *', timezone: 'Europe/Berlin', pods: 6 };
const slowly = { scaleDown: { stabilization: '10m' } } as const;
const waiting = { type: 'gauge', name: 'jobs_waiting', help: "Jobs that a worker hasn't begun." } as const;

test.each<[what: string, given: unknown, kept: Partial<Scaling>]>([
  ['requests', requests({ min: 2, max: 10, perPod: 50 }), {}],
  [
    'requests with all that a table has too',
    requests({
      ...{ min: 2, max: 10, perPod: 50, window: '1m', schedules: [lunch] },
      ...{ idle: { after: '10m' }, fallback: 6, behavior: slowly },
    }),
    declare(steps({ window: '1m', schedules: [lunch], idle: { after: '10m' }, fallback: 6, behavior: slowly })),
  ],
  ['always as many pods', fixed(2), {}],
  ['CPU', cpu({ min: 2, max: 10, cpu: 70 }), {}],
  ['CPU with hardly a range', cpu({ min: 10, max: 11, cpu: 70 }), {}],
  [
    'a gauge',
    custom({ min: 1, max: 10, perPod: 50, metric: sumOf(waiting), window: '45s', behavior: slowly }),
    declare(steps({ metric: sumOf(waiting), window: '45s', behavior: slowly })),
  ],
])('in place of %s what is written is what was simulated', (_, given, kept) => {
  const { found } = proposed(given);
  if (!found) throw new Error('none was found');
  expect(declare(pasted(found.text))).toEqual(found.scaling);
  const usual = declare(steps());
  expect(found.scaling).toEqual({ ...usual, ...kept, table: found.scaling.table });
  expect(found.text).toMatch(/^scaling: steps\(\{ table: \[\[.*\]\].*\}\),$/);
});

test('what is as usual is not written', () => {
  expect(proposed(requests({ min: 2, max: 10, perPod: 50 })).found?.text).toMatch(
    /^scaling: steps\(\{ table: \[[^:]*\] \}\),$/,
  );
  expect(proposed(requests({ min: 2, max: 10, perPod: 50, behavior: slowly })).found?.text).toMatch(
    /\]\], behavior: \{ scaleDown: \{ stabilization: '10m', .*\} \} \}\),$/,
  );
});

test('of a table only what changes is written', () => {
  expect(proposed(steps({ window: '1m' })).found?.text).toMatch(/^table: \[\[.*\]\],$/);
});

test('traffic that needs fewer pods than a schedule has is no reason to have no table', () => {
  const { found } = proposed(steps({ schedules: [lunch] }), madeUpTrace([0, 20], [3_600, 0]));
  expect(found?.scaling.table.at(-1)).toEqual([Infinity, 6]);
});

test.each<[given: unknown, notes: readonly string[]]>([
  [requests({ min: 2, max: 10, perPod: 50 }), []],
  [
    requests({ min: 2, max: 10, perPod: 50, cpu: 80 }),
    ['proposed: without the declared cpu: 80, as KEDA takes no CPU beside a table.'],
  ],
  [cpu({ min: 2, max: 10, cpu: 70 }), []],
  [
    cpu({ min: 2, max: 10, cpu: 70, memory: 80, behavior: { scaleUp: { stabilization: '1m' } } }),
    [
      'proposed: without the declared memory: 80, as a table is by one measure.',
      'proposed: without the declared behavior, which is made for the use of CPU and not for a demand.',
    ],
  ],
])('what of %j a table has no place for is told', (given, notes) => {
  const [first, ...others] = proposed(given).notes;
  expect(first).toMatch(/^proposed: the one with the fewest pod hours of \d+ tables/);
  expect(others).toEqual(notes);
});
