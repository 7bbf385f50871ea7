import type { Scene } from './canvas.ts';
import { darker, lighter, mix } from './color.ts';
import { downwards, flock, n, type Point, sky, smooth, sun, times } from './shapes.ts';

/** Sand with a bright and a dark side. Extras: `birds`, `camels`. */
export const dunes: Scene = (canvas) => {
  const { width, height, palette, random, extras } = canvas;
  const layers = 5;
  const waves = times(layers, (index) => {
    const depth = index / (layers - 1);
    const color = mix(palette.far, mix(palette.accents[0], palette.near, 0.25), depth);
    const crestY = height * (0.5 + 0.34 * depth);
    const peakX = width * random.between(0.2, 0.8);
    const left: Point[] = [
      [-20, crestY + height * random.between(0.04, 0.12)],
      [peakX * 0.5, crestY + height * random.between(0.01, 0.06)],
      [peakX, crestY - height * random.between(0.03, 0.09)],
    ];
    const right: Point[] = [
      [peakX + (width - peakX) * 0.5, crestY + height * random.between(0.02, 0.07)],
      [width + 20, crestY + height * random.between(0, 0.09)],
    ];
    const [, peakY] = left[2] ?? [0, crestY];
    const id = `dune${index}`;
    const shade = `M${n(peakX)} ${n(peakY)} ${smooth([[peakX, peakY], ...right]).replace(/^\S+ \S+/, '')} L${width + 20} ${height + 20} L${n(peakX + width * 0.12)} ${height + 20} C${n(peakX - width * 0.18)} ${n(peakY + height * 0.3)} ${n(peakX + width * 0.2)} ${n(peakY + height * 0.14)} ${n(peakX)} ${n(peakY)} Z`;
    return `<defs>${downwards(id, [0, lighter(color, 0.28)], [0.6, color])}</defs>
      <path d="M${smooth([...left, ...right])} L${width + 20} ${height + 20} L-20 ${height + 20} Z" fill="url(#${id})"/>
      <path d="${shade}" fill="${darker(color, 0.42)}" opacity="0.6"/>`;
  });
  return [
    sky(canvas),
    sun(canvas, width * random.between(0.3, 0.7), height * random.between(0.2, 0.32), width * 0.08),
    extras.has('birds') ? flock(random, width * 0.55, height * 0.3, width * 0.14, palette.near) : '',
    waves,
  ].join('');
};
