import { expect, test } from 'vitest';
import { fixed, scaling } from '../../model/index.ts';
import { summaryOf } from './summary.ts';
import { surroundings as small } from './testing/surroundings.ts';

const surroundings = { ...small, capacityPerPod: 50, podHourCost: 0.4 };
const declared = scaling.parse(fixed(2));

test('a simulation comes to hours, money, and what was too much', () => {
  const moments = [
    { at: 0, perSecond: 50, pods: 2, ready: 2 },
    { at: 1, perSecond: 130, pods: 3, ready: 2 },
    { at: 2, perSecond: 100, pods: 3, ready: 2 },
    { at: 3, perSecond: 151, pods: 3, ready: 3 },
  ];
  const events = [{ at: 1, from: 2, to: 3 }];
  expect(summaryOf({ scaling: declared, moments, events }, surroundings)).toEqual({
    podHours: 11 / 3_600,
    cost: (11 / 3_600) * 0.4,
    worstSaturation: 1.3,
    secondsUnder: 2,
    requestsOver: 31,
    requests: 431,
    scaleEvents: 1,
    mostPods: 3,
  });
});

test('without a pod that is Ready no request is answered in time, and without a request there is none to answer', () => {
  const none = { pods: 0, ready: 0 };
  const of = (moments: readonly { at: number; perSecond: number; pods: number; ready: number }[]) =>
    summaryOf({ scaling: declared, moments, events: [] }, surroundings);
  expect(of([{ at: 0, perSecond: 3, ...none }])).toMatchObject({
    worstSaturation: Infinity,
    secondsUnder: 1,
    requestsOver: 3,
  });
  expect(of([{ at: 0, perSecond: 0, ...none }])).toMatchObject({ worstSaturation: 0, secondsUnder: 0 });
  expect(of([])).toMatchObject({ podHours: 0, worstSaturation: 0, secondsUnder: 0, scaleEvents: 0 });
});
