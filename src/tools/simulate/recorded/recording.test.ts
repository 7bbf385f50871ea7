import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { podLimits } from '../../../model/index.ts';
import { recording } from './recording.ts';

const files = (await readdir(import.meta.dirname)).filter((file) => file.endsWith('.json'));

test('there are recordings of each kind that people choose', async () => {
  const read = await Promise.all(files.map(async (file) => recording.parse(await jsonOf(file))));
  expect(new Set(read.map(({ scaling }) => scaling.kind))).toEqual(new Set(['steps', 'requests', 'cpu']));
});

test.each(files)('%s is whole, was answered as planned, and its pods came and went', async (file) => {
  const { points, requests, scaling, ...measured } = recording.parse(await jsonOf(file));
  expect(points.map(({ at }) => at)).toEqual(points.map((_, index) => index + 1));
  const answered = points.reduce((sum, { perSecond }) => sum + perSecond, 0);
  expect(answered / requests.planned).toBeCloseTo(1, 1);
  const { min, max } = podLimits(scaling);
  const wanted = points.map((point) => point.wanted);
  expect(Math.min(...wanted)).toBe(min);
  expect(Math.max(...wanted)).toBeGreaterThan(min);
  expect(Math.max(...wanted)).toBeLessThanOrEqual(max);
  expect(Math.min(measured.podStart, measured.cpuPerRequest, measured.cpuAtRest)).toBeGreaterThan(0);
});

test('the last row of a table, written as null, is for any number', () => {
  const row = (upTo: number | null) => ({ kind: 'steps', table: [[100, 2], [upTo, 4]] }); // biome-ignore format: a table
  const { scaling } = recording.shape;
  expect(scaling.parse(row(null))).toMatchObject({ table: [[100, 2], [Infinity, 4]] }); // biome-ignore format: a table
  expect(scaling.safeParse(row(50)).success).toBe(false);
});

async function jsonOf(file: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(file, import.meta.url), 'utf8'));
}
