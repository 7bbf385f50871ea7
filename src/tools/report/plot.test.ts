import { expect, test } from 'vitest';
import { plot } from './plot.ts';

test('draws a day of samples, of which there are more than a call takes as arguments', () => {
  const points = Array.from({ length: 130_000 }, (_, second) => [second, second === 70_000 ? 420 : 5] as const);
  const svg = plot({ lines: [{ name: 'answered', points, color: '--blue' }], bands: [], until: 130_000 });
  expect(svg).toContain('<svg');
  // The axis has room for the highest.
  expect(svg).toMatch(/>500</);
});
