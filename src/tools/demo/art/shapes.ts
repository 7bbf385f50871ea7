import type { Canvas } from './canvas.ts';
import type { Color } from './color.ts';
import type { Random } from './random.ts';

export type Point = readonly [x: number, y: number];

/** SVG takes as many digits as it gets; nobody sees them. */
export const n = (value: number) => String(Math.round(value * 10) / 10);

/** Straight lines from point to point. */
export const lines = (points: readonly Point[]) => points.map(([x, y]) => `${n(x)} ${n(y)}`).join(' L');

/** A soft line through points. */
export function smooth(points: readonly Point[]): string {
  return points
    .map(([x, y], index) => {
      const before = points[index - 1];
      if (!before) return `${n(x)} ${n(y)}`;
      const middle = (before[0] + x) / 2;
      return `C${n(middle)} ${n(before[1])} ${n(middle)} ${n(y)} ${n(x)} ${n(y)}`;
    })
    .join(' ');
}

type Stop = readonly [offset: number, color: Color, opacity?: number];

const stops = (each: readonly Stop[]) =>
  each
    .map(([offset, color, opacity = 1]) => `<stop offset="${offset}" stop-color="${color}" stop-opacity="${opacity}"/>`)
    .join('');

/** From above to below, over what it fills. */
export const downwards = (id: string, ...each: Stop[]) =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stops(each)}</linearGradient>`;

/** From left to right. */
export const sideways = (id: string, ...each: Stop[]) =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="1" y2="0">${stops(each)}</linearGradient>`;

/** From the middle to the rim. */
export const outwards = (id: string, ...each: Stop[]) => `<radialGradient id="${id}">${stops(each)}</radialGradient>`;

export const circle = (x: number, y: number, radius: number, fill: string, more = '') =>
  `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${fill}" ${more}/>`;

export const rect = (x: number, y: number, width: number, height: number, fill: string, more = '') =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${fill}" ${more}/>`;

export const ellipse = (x: number, y: number, rx: number, ry: number, fill: string, more = '') =>
  `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}" ${more}/>`;

/** Draws something many times. */
export const times = (count: number, draw: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => draw(index)).join('');

export function sky({ width, height, palette }: Canvas): string {
  const [top, middle, low] = palette.sky;
  return `<defs>${downwards('sky', [0, top], [0.55, middle], [1, low])}</defs>${rect(0, 0, width, height, 'url(#sky)')}`;
}

/** A sun or a moon with its glow. */
export function sun({ palette: { light } }: Canvas, x: number, y: number, radius: number): string {
  return `<defs>${outwards('glow', [0, light, 0.95], [0.25, light, 0.45], [1, light, 0])}</defs>
    ${circle(x, y, radius * 5, 'url(#glow)')}${circle(x, y, radius, light)}`;
}

/** The upper edge of hills: waves on waves, each half as long as the one before. @param roughness from 0, soft, to 1, rugged */
export function ridge(random: Random, width: number, y: number, height: number, roughness: number): Point[] {
  const waves = Array.from({ length: 7 }, (_, octave) => ({
    length: (width * random.between(0.7, 1.3)) / 2 ** octave,
    phase: random.between(0, Math.PI * 2),
    height: (height / 2) * (0.28 + 0.34 * roughness) ** octave,
  }));
  const points: Point[] = [];
  for (let x = -10; x <= width + 10; x += 6)
    points.push([
      x,
      y + waves.reduce((sum, wave) => sum + wave.height * Math.sin((x / wave.length) * Math.PI * 2 + wave.phase), 0),
    ]);
  return points;
}

/** What is below an edge, down to the end of the picture. */
export const below = (edge: readonly Point[], width: number, height: number, fill: string) =>
  `<path d="M-10 ${height + 10} L${lines(edge)} L${width + 10} ${height + 10} Z" fill="${fill}"/>`;

export function pine(random: Random, x: number, foot: number, height: number, fill: string): string {
  const tiers = 6;
  const left: Point[] = [];
  const right: Point[] = [];
  for (let tier = 1; tier <= tiers; tier++) {
    const y = foot - height + (height * 0.9 * tier) / tiers;
    const reach = (height * 0.2 * tier) / tiers;
    left.push([x - reach * random.between(0.8, 1.1), y], [x - reach * 0.5, y - height * 0.03]);
    right.push([x + reach * random.between(0.8, 1.1), y], [x + reach * 0.5, y - height * 0.03]);
  }
  return `<path d="M${n(x)} ${n(foot - height)} L${lines(left)} L${n(x)} ${n(foot - height * 0.12)} L${lines(right.toReversed())} Z" fill="${fill}"/>${rect(x - height * 0.02, foot - height * 0.15, height * 0.04, height * 0.17, fill)}`;
}

/** Birds far away. */
export function flock(random: Random, x: number, y: number, spread: number, color: Color): string {
  return times(random.integer(5, 9), () => {
    const [left, top, size] = [
      x + random.between(-spread, spread),
      y + random.between(-spread, spread) / 2,
      spread * random.between(0.06, 0.13),
    ];
    return `<path d="M${n(left - size)} ${n(top - size * 0.35)} Q${n(left - size * 0.4)} ${n(top - size * 0.45)} ${n(left)} ${n(top)} Q${n(left + size * 0.4)} ${n(top - size * 0.45)} ${n(left + size)} ${n(top - size * 0.3)}" fill="none" stroke="${color}" stroke-width="${n(size * 0.16)}" stroke-linecap="round"/>`;
  });
}

/** What `fill="url(#shadow)"` refers to: dark in the middle, and nothing at the rim. A filter that blurs takes seconds. */
export const shadow = (color: Color = '#000000') =>
  outwards('shadow', [0, color, 0.55], [0.7, color, 0.4], [1, color, 0]);
