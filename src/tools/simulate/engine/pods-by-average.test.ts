import { expect, test } from 'vitest';
import { podsByAverage } from './pods-by-average.ts';
import recorded from './recorded-from-kubernetes/pods-by-average.json' with { type: 'json' };

test.each(recorded)('what Kubernetes wants by an average: %j', ({ there, total, perPod, pods }) => {
  const each = { pods: there, total: total / 1_000, perPod: perPod / 1_000, tolerance: 0.1 };
  expect(podsByAverage(each)).toBe(pods);
});
