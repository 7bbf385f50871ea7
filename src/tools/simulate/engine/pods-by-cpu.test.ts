import { expect, test } from 'vitest';
import { surroundings as small } from '../testing/surroundings.ts';
import { podsByCpu } from './pods-by-cpu.ts';
import { RunningSum } from './running-sum.ts';

const surroundings = { ...small, cpuPerRequest: 0.01, cpuAtRest: 0 };

/** A pod that uses so much of its request, in per cent, until 0 and after. */
function usage(before: number, after = before) {
  const used = new RunningSum(-1_000, 1_000);
  for (let second = -1_000; second < 1_000; second++) used.add(((second < 0 ? before : after) * 0.1) / 100);
  return used;
}

const pod = (createdAt: number) => ({ createdAt, readyAt: createdAt + 8, scrapedAt: 0, goneAt: Infinity });
const old = pod(-900);

test.each([
  ['as many as the use asks for', [old, old], usage(70), 0, 3],
  ['as many as there are, where it is a tenth less', [old, old], usage(45), 0, 2],
  ['as many as there are, where it is a tenth more', [old, old], usage(55), 0, 2],
  ['fewer', [old, old, old], usage(30), 0, 2],
  ['what the last measurement says', [old, old], usage(50, 100), 14, 2],
  ['what the next one says', [old, old], usage(50, 100), 15, 4],
  // A container of less than ten seconds is not measured.
  ['no more for one that is not measured yet: it is idle', [old, pod(-9)], usage(80), 0, 2],
  ['more nevertheless', [old, pod(-9)], usage(180), 0, 4],
  ['no fewer for it: it may be busy', [old, old, pod(-9)], usage(40), 0, 3],
  // At 0 it was measured for 12 s, of which it was Ready for 4.
  ['no more for one that was not Ready for a whole measurement', [old, pod(-12)], usage(80), 0, 2],
  ['more once it was', [old, pod(-24)], usage(80), 0, 4],
  ['fewer than there are, though one is not Ready', [old, old, old, pod(-12)], usage(20), 0, 2],
  ['nobody knows', [pod(-9)], usage(80), 0, undefined],
  ['nobody knows of one that is not Ready', [pod(-12)], usage(80), 0, undefined],
])('%s', (_, living, used, now, is) => {
  expect(podsByCpu({ now, living, used, cpu: 50, surroundings })).toBe(is);
});

test('a pod that was Ready for a part of the measurement used what one uses at rest before', () => {
  // Trusted from its first measurement on.
  const trusting = { ...surroundings, cpuInitialization: 0, cpuAtRest: 0.05 };
  // A pod that is Ready for 5 of 15 s at 110 % and at rest for 10 s: 70 % of its request.
  const props = { now: 0, living: [pod(-13), pod(-13)], used: usage(110), cpu: 35 };
  expect(podsByCpu({ ...props, surroundings: trusting })).toBe(Math.ceil((2 * ((5 * 110 + 8 * 50) / 13)) / 35));
});
