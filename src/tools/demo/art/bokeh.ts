import type { Scene } from './canvas.ts';
import { circle, downwards, n, outwards, rect, times } from './shapes.ts';

/** The lights of a street out of focus. Extras: `rain`. */
export const bokeh: Scene = ({ width, height, palette, random, extras }) => {
  const colors = [palette.light, ...palette.accents] as const;
  const lights = times(70, (index) => {
    const near = index / 70;
    const radius = width * random.between(0.015, 0.03 + 0.06 * near);
    const x = random.between(0, width);
    const y = height * (0.5 + random.between(-0.42, 0.42) * (0.35 + near * 0.65));
    const fill = `url(#light${random.integer(0, colors.length - 1)})`;
    return circle(x, y, radius, fill, `opacity="${n(random.between(0.35, 0.85))}"`);
  });
  const drops = times(120, () => {
    const [x, y, size] = [random.between(0, width), random.between(0, height), random.between(2, 9)];
    return `${circle(x, y, size, palette.sky[0], 'opacity="0.5"')}${circle(x - size * 0.15, y + size * 0.2, size * 0.75, palette.light, 'opacity="0.22"')}${circle(x - size * 0.3, y - size * 0.35, size * 0.25, '#ffffff', 'opacity="0.75"')}`;
  });
  const streaks = times(9, () => {
    const [x, y] = [random.between(0, width), random.between(0, height * 0.7)];
    return `<path d="M${n(x)} ${n(y)} q${n(random.between(-8, 8))} ${n(height * 0.08)} 0 ${n(height * random.between(0.12, 0.25))}" fill="none" stroke="${palette.light}" stroke-width="3" opacity="0.16" stroke-linecap="round"/>`;
  });
  return [
    `<defs>${downwards('dark', [0, palette.near], [0.55, palette.sky[0]], [1, palette.near])}${colors.map((color, index) => outwards(`light${index}`, [0, color, 0.5], [0.78, color, 0.6], [0.92, color, 0.95], [1, color, 0])).join('')}</defs>`,
    rect(0, 0, width, height, 'url(#dark)'),
    lights,
    extras.has('rain') ? streaks + drops : '',
  ].join('');
};
