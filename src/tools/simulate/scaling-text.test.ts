import { expect, test } from 'vitest';
import { check, cpu, custom, fixed, rateOf, requests, scaling, steps, sumOf } from '../../model/index.ts';
import { scalingText } from './scaling-text.ts';

const waiting = { type: 'gauge', name: 'jobs_waiting', help: 'Jobs that wait.' } as const;
const begun = { type: 'counter', name: 'jobs_begun_total', help: 'Jobs that began.' } as const;
const lunch = { from: '0 12 * * *', to: '0 14 * * *', timezone: 'UTC', pods: 3 };
const table: [number, number][] = [
  [100, 1],
  [Infinity, 3],
];

test.each<[given: unknown, text: string]>([
  [fixed(1), 'always 1 pod'],
  [fixed(3), 'always 3 pods'],
  [cpu({ min: 2, max: 6, cpu: 70 }), '2 to 6 pods, 70 % of the requested CPU'],
  [requests({ min: 2, max: 6, perPod: 40 }), '2 to 6 pods, 40 requests/s each'],
  [
    requests({ min: 2, max: 6, perPod: 40, cpu: 80 }),
    '2 to 6 pods, 40 requests/s each, or 80 % of the requested CPU where that is more pods',
  ],
  [steps({ table }), 'pods: to 100/s 1, above 3'],
  [
    steps({ table, schedules: [lunch, { ...lunch, pods: 1 }], idle: { after: '10m' } }),
    'pods: to 100/s 1, above 3; 3 pods at least on schedule; 1 pod at least on schedule; none after 10m without a request',
  ],
  [steps({ table, metric: sumOf(waiting) }), 'pods by jobs_waiting: to 100 1, above 3'],
  [steps({ table, metric: rateOf(begun) }), 'pods by jobs_begun_total: to 100/s 1, above 3'],
  [custom({ min: 1, max: 2, perPod: 5 }), '1 to 2 pods, 5 requests/s each'],
  [custom({ min: 1, max: 2, perPod: 5, metric: sumOf(waiting) }), '1 to 2 pods, 5 jobs_waiting each'],
  [custom({ min: 1, max: 2, perPod: 5, metric: rateOf(begun) }), '1 to 2 pods, 5 jobs_begun_total/s each'],
])('%j', (given, text) => {
  expect(scalingText(check(scaling, given, 'posts'))).toBe(text);
});
