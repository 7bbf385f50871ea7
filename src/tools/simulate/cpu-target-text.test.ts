import { expect, test } from 'vitest';
import { check, cpu, type ScalingOf, scaling } from '../../model/index.ts';
import { cpuTargetText } from './cpu-target-text.ts';
import { surroundings as small } from './testing/surroundings.ts';

const surroundings = { ...small, cpuRequest: 0.05, cpuAtRest: 0.01, cpuPerRequest: 0.0018, capacityPerPod: 50 };

test.each([
  [70, '70 % of 50m are 13.9 requests/s of a pod, 28 % of its capacity.'],
  [100, '100 % of 50m are 22.2 requests/s of a pod, 44 % of its capacity.'],
  [20, '20 % of 50m is no more than a pod uses without requests: it always has the most pods.'],
])('what an aim of %d per cent comes to: %s', (aim, text) => {
  const declared = check(scaling, cpu({ min: 1, max: 2, cpu: aim }), 'posts') as ScalingOf<'cpu'>;
  expect(cpuTargetText(declared, surroundings)).toBe(text);
});
