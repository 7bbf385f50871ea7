import { expect, test } from 'vitest';
import { contractNamed, environmentWith } from '../../test/declarations.ts';
import { problemsOf } from '../../test/problems-of.ts';
import { thresholdsOf, usualThresholds } from './alerts.ts';
import { cpu, fixed, requests, type Scaling } from './scaling.ts';
import { defineService } from './service.ts';

test.each([
  ['volumeFilling', 100, "a whole number from 1 to 99, or 'off'"],
  ['volumeAlmostFull', 150, "a whole number from 1 to 99, or 'off'"],
  ['databaseServerConnectionsExhausted', 100, "a whole number from 1 to 99, or 'off'"],
  ['certificateExpiring', '21 days', "a duration from 1h to 90d, or 'off'"],
  ['podNotReady', '10s', "a duration from 1m to 1d, or 'off'"],
])('%s of %o is refused, of systems as a whole', (name, value, allowed) => {
  expect(problemsOf(() => environmentWith({ alerts: { [name]: value } }))).toEqual([
    `test.alerts.${name}: got ${JSON.stringify(value)}; allowed: ${allowed}; fix: write one of these, or 'off' for no such alert`,
  ]);
});

test('what is usual of CPU is above what an autoscaler by CPU aims at, and the tenth more at which it does nothing', () => {
  const limits = { min: 2, max: 4 };
  const usual = (scaling: Scaling) => thresholdsOf(scaling).highCPUUsage;
  expect(usual(fixed(1))).toBe(80);
  expect(usual(cpu({ ...limits, cpu: 50 }) as Scaling)).toBe(80);
  expect(usual(cpu({ ...limits, cpu: 75 }) as Scaling)).toBe(90);
  expect(usual(cpu({ ...limits, cpu: 100 }) as Scaling)).toBe(120);
  expect(usual({ ...requests({ ...limits, perPod: 5, cpu: 90 }) } as Scaling)).toBe(108);
  expect(thresholdsOf(cpu({ ...limits, cpu: 90 }) as Scaling, { highCPUUsage: 70 }).highCPUUsage).toBe(70);
});

test('each later one overrides single thresholds of those before, and leaves the others', () => {
  expect(thresholdsOf(fixed(1))).toEqual(usualThresholds);
  expect(
    thresholdsOf(
      fixed(1),
      { highCPUUsage: 70, podPending: 'off' },
      { highCPUUsage: undefined, podPending: '5m', highTraffic: 90 },
    ),
  ).toEqual({ ...usualThresholds, highCPUUsage: 70, podPending: '5m', highTraffic: 90 });
});

test.each([
  ['highCPUUsage', 0, "a whole number from 1 to 1000, or 'off'"],
  // What no share ever is above could never be told.
  ['highMemoryUsage', 100, "a whole number from 1 to 99, or 'off'"],
  ['edgeFailing', 100, "a whole number from 1 to 99, or 'off'"],
  ['outsideFailing', 0.5, "a whole number from 1 to 99, or 'off'"],
  ['storeFailing', 150, "a whole number from 1 to 99, or 'off'"],
  ['databaseConnectionsExhausted', 0, "a whole number from 1 to 10000, or 'off'"],
  // Nor can a pod that is held back for five minutes each time be restarted so often.
  ['podCrashLooping', 11, "a whole number from 1 to 10, or 'off'"],
  ['failedLogInsSurge', 100_001, "a whole number from 1 to 100000, or 'off'"],
  ['podPending', '10s', "a duration from 1m to 1d, or 'off'"],
  ['serviceDown', 'never', "a duration from 1m to 1d, or 'off'"],
  ['eventLoopLagging', 200, "a duration from 10ms to 1m, or 'off'"],
  ['highTraffic', -1, "a number above 0, or 'off'"],
])('%s of %o is refused, in a service and in an environment', (name, value, allowed) => {
  const alerts = { [name]: value };
  const says = (path: string) => [
    `${path}.alerts.${name}: got ${JSON.stringify(value)}; allowed: ${allowed}; fix: write one of these, or 'off' for no such alert`,
  ];
  const declared = { contract: contractNamed('cart'), owner: 'team', description: 'D.', scaling: fixed(1), alerts };
  expect(problemsOf(() => defineService(declared))).toEqual(says('cart'));
  expect(problemsOf(() => environmentWith({ overrides: { shop: { cart: { alerts } } } }))).toEqual(
    says('test.overrides.shop.cart'),
  );
});

test('a threshold of an alert that a service never has is refused, and one that depends on how it scales somewhere is not', () => {
  const declared = { contract: contractNamed('cart'), owner: 'team', description: 'D.', scaling: fixed(1) };
  const alerts = {
    failedLogInsSurge: 5,
    edgeFailing: 'off',
    storeFailing: 20,
    autoscalerAtMaximum: '5m',
    podPending: '5m',
  };
  expect(problemsOf(() => defineService({ ...declared, alerts } as Parameters<typeof defineService>[0]))).toEqual([
    'cart.alerts.failedLogInsSurge: got 5; allowed: nothing, as cart has no counter failedLogins in metrics; fix: delete it, or declare that',
    'cart.alerts.edgeFailing: got "off"; allowed: nothing, as cart has no other service in calls; fix: delete it, or declare that',
    'cart.alerts.storeFailing: got 20; allowed: nothing, as cart has no store in uses; fix: delete it, or declare that',
  ]);
});
