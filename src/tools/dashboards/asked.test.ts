import { expect, test } from 'vitest';
import { asked } from './asked.ts';
import type { DashboardJson } from './dashboard-json.ts';

const dashboard: DashboardJson = {
  uid: 'shop-cart',
  title: 'cart',
  panels: [],
  templating: {
    list: [
      { name: 'environment', type: 'datasource' },
      { name: 'pod', type: 'query', allValue: '.*' },
    ],
  },
};
const shown = { from: 1_003, to: 4_607, step: 20 };
const target = (expr: string, interval?: string) => ({ refId: 'A', expr, ...(interval && { interval }) });

test('a rate is over four scrapes, or over a step and a scrape where that is more, as Grafana has it', () => {
  const query = target('rate(a{pod=~"$pod"}[$__rate_interval])', '15s');
  expect(asked(dashboard, query, shown).query).toBe('rate(a{pod=~".*"}[60s])');
  expect(asked(dashboard, query, { ...shown, step: 120 }).query).toBe('rate(a{pod=~".*"}[135s])');
});

test('what is chosen, and the time that is shown, stand in both spellings', () => {
  expect(asked(dashboard, target(`a{pod=~"\${pod}"}[$__range:$__interval]`), shown).query).toBe(
    'a{pod=~".*"}[3604s:20s]',
  );
});

test('it asks for whole steps, and not more often than the query says', () => {
  expect(asked(dashboard, target('a', '30s'), shown)).toEqual({ query: 'a', step: 30, from: 990, to: 4_590 });
});

test('a variable that the dashboard does not have is named, as Grafana would send it as it is', () => {
  expect(() => asked(dashboard, target('a{pod=~"$pods"}'), shown)).toThrow(
    '$pods has no value: got a{pod=~"$pods"}; known: __rate_interval, __interval, __range, pod',
  );
});
