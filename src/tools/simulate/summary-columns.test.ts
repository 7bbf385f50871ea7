import { expect, test } from 'vitest';
import type { Summary } from './summary.ts';
import { summaryColumns } from './summary-columns.ts';

const nothing: Summary = {
  podHours: 2,
  cost: 0.01,
  worstSaturation: 0,
  secondsUnder: 0,
  requestsOver: 0,
  requests: 0,
  scaleEvents: 0,
  mostPods: 1,
};

test.each<[part: number, text: string]>([
  [0, '0 %'],
  [0.00001, 'under 0.01 %'],
  [0.0001, '0.01 %'],
  [0.456, '46 %'],
  [1.0012, '100.1 %'],
  [2.399, '240 %'],
  [Infinity, 'no pod'],
])('a saturation of %f is read as %s', (worstSaturation, text) => {
  const column = summaryColumns.find(({ title }) => title === 'worst saturation');
  expect(column?.text({ ...nothing, worstSaturation })).toBe(text);
});
