import { expect, test } from 'vitest';
import { inUnit } from './in-unit.ts';

test.each([
  [0.0123, 's', '12.3 ms'],
  [0.00002, 's', '20 µs'],
  [0, 's', '0 s'],
  [90, 's', '1.5 min'],
  [172_800, 's', '2 d'],
  [94_371_840, 'bytes', '90 MiB'],
  [2_048, 'Bps', '2 KiB/s'],
  [0.999, 'percentunit', '99.9 %'],
  [42, 'percent', '42 %'],
  [12.34, 'reqps', '12.3 req/s'],
  [1_234, 'short', '1.23 K'],
  [1_234, 'none', '1234'],
  [0.25, 'suffix: cores', '0.25 cores'],
])('%d in %s is %s', (value, unit, text) => {
  expect(inUnit(value, unit)).toBe(text);
});
