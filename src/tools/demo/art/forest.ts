import type { Scene } from './canvas.ts';
import { mix } from './color.ts';
import { downwards, ellipse, n, outwards, rect, times } from './shapes.ts';

/** Trunks in the fog, the far ones paler. Extras: `rays`, `path`. */
export const forest: Scene = ({ width, height, palette, random, extras }) => {
  const layers = 5;
  const fog = palette.sky[2];
  const trees = times(layers, (index) => {
    const depth = (index + 1) / layers;
    const color = mix(fog, palette.near, depth ** 1.3);
    const trunks = times(Math.round(15 - 9 * depth), () => {
      let x = random.between(0, width);
      // What is near leaves the middle open.
      if (depth > 0.5) x = random.chance(0.5) ? random.between(0, width * 0.3) : random.between(width * 0.7, width);
      const half = width * 0.011 * (0.5 + 2.2 * depth) * random.between(0.7, 1.3);
      const lean = random.between(-0.03, 0.03) * width;
      const foot = height * (0.68 + 0.3 * depth);
      const twigs = times(5, () => {
        const [y, side] = [random.between(0.02, 0.5) * height, random.chance(0.5) ? 1 : -1];
        const reach = width * random.between(0.03, 0.1) * (0.5 + depth);
        return `<path d="M${n(x + lean * (1 - y / foot))} ${n(y)} q${n(side * reach * 0.5)} ${n(-reach * 0.2)} ${n(side * reach)} ${n(-reach * 0.7)}" fill="none" stroke="${color}" stroke-width="${n(half * 0.4)}" stroke-linecap="round"/>`;
      });
      return `<path d="M${n(x - half * 1.7)} ${n(foot)} Q${n(x - half)} ${n(foot - height * 0.1)} ${n(x - half * 0.8 + lean)} -10 L${n(x + half * 0.8 + lean)} -10 Q${n(x + half)} ${n(foot - height * 0.1)} ${n(x + half * 1.7)} ${n(foot)} Z" fill="${color}"/>${twigs}`;
    });
    const floor = ellipse(
      width / 2,
      height * (0.72 + 0.34 * depth),
      width * 0.9,
      height * 0.09,
      mix(color, palette.far, 0.35),
    );
    const veil = rect(0, 0, width, height, fog, 'opacity="0.1"');
    return trunks + floor + veil;
  });
  const rays = times(6, (index) => {
    const x = width * (0.15 + 0.13 * index) + random.between(-0.05, 0.05) * width;
    const wide = width * random.between(0.02, 0.07);
    return `<path d="M${n(x)} -10 L${n(x + wide)} -10 L${n(x + wide * 2.4 - width * 0.28)} ${n(height * 0.85)} L${n(x - width * 0.32)} ${n(height * 0.85)} Z" fill="url(#ray)"/>`;
  });
  const path = `<path d="M${n(width * 0.3)} ${height + 10} C${n(width * 0.5)} ${n(height * 0.9)} ${n(width * 0.36)} ${n(height * 0.83)} ${n(width * 0.5)} ${n(height * 0.74)} C${n(width * 0.47)} ${n(height * 0.83)} ${n(width * 0.7)} ${n(height * 0.9)} ${n(width * 0.68)} ${height + 10} Z" fill="${mix(palette.light, palette.far, 0.45)}" opacity="0.75"/>`;
  return [
    `<defs>${downwards('fog', [0, palette.sky[1]], [0.6, fog], [1, palette.far])}${downwards('ray', [0, palette.light, 0.4], [1, palette.light, 0])}${outwards('clearing', [0, palette.light, 0.75], [1, palette.light, 0])}</defs>`,
    rect(0, 0, width, height, 'url(#fog)'),
    ellipse(width * 0.5, height * 0.42, width * 0.55, height * 0.42, 'url(#clearing)'),
    trees,
    extras.has('path') ? path : '',
    extras.has('rays') ? rays : '',
  ].join('');
};
