import { expect, test } from 'vitest';
import { contractNamed, environmentWith } from '../../test/declarations.ts';
import { problemsOf } from '../../test/problems-of.ts';
import { thresholdsOf, usualThresholds } from './alerts.ts';
import { fixed } from './scaling.ts';
import { defineService } from './service.ts';

test('each later one overrides single thresholds of those before, and leaves the others', () => {
  expect(thresholdsOf()).toEqual(usualThresholds);
  expect(
    thresholdsOf(
      { highCPUUsage: 70, podPending: 'off' },
      { highCPUUsage: undefined, podPending: '5m', highTraffic: 90 },
    ),
  ).toEqual({ ...usualThresholds, highCPUUsage: 70, podPending: '5m', highTraffic: 90 });
});

test.each([
  ['highCPUUsage', 0, "a whole number from 1 to 1000, or 'off'"],
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
