import { expect, test } from 'vitest';
import { testAlerts } from '../../../../test/promtool.ts';
import { cpu, custom, podsFor, requests, scaling, steps } from '../../../model/index.ts';
import { scalingDemand } from '../scaling-records.ts';
import { podsWanted } from './pods-wanted.ts';

const of = { namespace: 'shop', service: 'cart' } as const;
const demands = [0, 0.5, 99, 100, 100.5, 200, 201, 300, 301, 5_000];

// Of a service by requests, of one by a table, of one that may sleep, and of one without KEDA.
test.for([
  ['a table', scaling.parse(steps())],
  ['a table, and it may sleep', scaling.parse(steps({ idle: { after: '10m' } }))],
  ['so many requests for each pod', scaling.parse(requests({ min: 2, max: 9, perPod: 40 }))],
  ['a measure', scaling.parse(custom({ min: 1, max: 5, perPod: 70 }))],
] as const)('the pods of %s are those that its scaling says', { timeout: 60_000 }, async ([, declared], context) => {
  const wanted = podsWanted(of, declared);
  const labels = `{namespace="${of.namespace}",service="${of.service}"}`;
  await testAlerts(context, {
    groups: [],
    tests: demands.map((demand) => ({
      interval: '1m',
      input_series: [{ series: `${scalingDemand.record}${labels}`, values: `${demand}` }],
      promql_expr_test: [
        { expr: wanted?.text, eval_time: '0m', exp_samples: [{ labels, value: podsFor(declared, demand) }] },
      ],
    })),
  });
});

test('by CPU nobody knows it beforehand', () => {
  expect(podsWanted(of, scaling.parse(cpu({ min: 1, max: 3, cpu: 50 })))).toBeUndefined();
});
