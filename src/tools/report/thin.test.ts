import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thin } from './thin.ts';

test('keeps few lines as they are', () => {
  const points = [
    [0, 1],
    [5, 2],
  ] as const;
  expect(thin(points, 5, 10)).toBe(points);
});

test('of many points it loses no peak, no valley, no end and no gap, and keeps their order', () => {
  const value = fc.option(fc.nat(50), { freq: 30 });
  fc.assert(
    fc.property(fc.array(value, { minLength: 200, maxLength: 600 }), (values) => {
      const pixels = 20;
      const points = values.map((each, at) => [at, each] as const);
      const kept = thin(points, points.length, pixels);
      expect(kept.length).toBeLessThanOrEqual(5 * pixels);
      expect(kept).toEqual(points.filter((point) => kept.includes(point)));
      expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
      const pixelOf = ([at]: readonly [number, unknown]) => Math.floor((at / points.length) * pixels);
      for (let pixel = 0; pixel < pixels; pixel++) {
        const range = (all: readonly (readonly [number, number | null])[]) => {
          const found = all.filter((point) => pixelOf(point) === pixel).map((point) => point[1]);
          const numbers = found.filter((each) => each !== null);
          return [Math.min(...numbers), Math.max(...numbers), found.includes(null)];
        };
        expect(range(kept)).toEqual(range(points));
      }
    }),
    { numRuns: 50 },
  );
});
