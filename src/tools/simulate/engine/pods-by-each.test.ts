import { expect, test } from 'vitest';
import { podsByEach } from './pods-by-each.ts';
import byCpu from './recorded-from-kubernetes/pods-by-cpu.json' with { type: 'json' };
import byShare from './recorded-from-kubernetes/pods-by-share.json' with { type: 'json' };

const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0);

test.each(byCpu)('what Kubernetes wants by CPU: %j', ({ request, target, measured, unready, missing, pods }) => {
  const wanted = podsByEach({
    pods: measured.length + unready + missing,
    measured: { count: measured.length, total: sum(measured) },
    unready,
    missing,
    missingAs: Math.floor((request * Math.max(100, target)) / 100),
    ratio: (total, count) => Math.floor((total * 100) / (request * count)) / target,
    tolerance: 0.1,
  });
  expect(wanted ?? null).toBe(pods);
});

test.each(byShare)('what Kubernetes wants by a metric of each pod: %j', (given) => {
  const { target, measured, unready, missing, pods } = given;
  const wanted = podsByEach({
    pods: measured.length + unready + missing,
    measured: { count: measured.length, total: sum(measured) },
    unready,
    missing,
    missingAs: target,
    ratio: (total, count) => Math.floor(total / count) / target,
    tolerance: 0.1,
  });
  expect(wanted ?? null).toBe(pods);
});
