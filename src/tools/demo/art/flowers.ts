import type { Scene } from './canvas.ts';
import { darker, mix } from './color.ts';
import { below, circle, n, ridge, sky, sun, times } from './shapes.ts';

/** A meadow in bloom, seen from the height of its flowers. Extras: `poppies`, `sunflowers`. */
export const flowers: Scene = (canvas) => {
  const { width, height, palette, random, extras } = canvas;
  const blooms = times(90, (index) => {
    const near = (index / 90) ** 1.5;
    const x = random.between(-0.02, 1.02) * width;
    const y = height * (0.56 + 0.36 * near) + random.between(-0.03, 0.03) * height;
    const size = width * (0.009 + 0.05 * near) * random.between(0.8, 1.2);
    const lean = random.between(-0.4, 0.4) * size * 3;
    const green = mix(palette.far, palette.near, 0.35 + 0.65 * near);
    const stem = `<path d="M${n(x)} ${n(y)} Q${n(x)} ${n(y + size * 3)} ${n(x + lean)} ${n(y + size * 8)}" fill="none" stroke="${green}" stroke-width="${n(size * 0.16)}"/>`;
    return stem + bloom(x, y, size);
  });
  const grass = times(420, (index) => {
    const near = (index / 420) ** 1.3;
    const [x, y] = [random.between(0, width), height * (0.62 + 0.42 * near)];
    const tall = height * (0.02 + 0.12 * near) * random.between(0.6, 1.2);
    const lean = random.between(-0.35, 0.35) * tall;
    const color = mix(palette.far, mix(palette.near, palette.accents[1], random.between(0, 0.3)), 0.3 + 0.7 * near);
    return `<path d="M${n(x)} ${n(y)} Q${n(x + lean * 0.2)} ${n(y - tall * 0.6)} ${n(x + lean)} ${n(y - tall)}" stroke="${color}" stroke-width="${n(1 + 4 * near)}" fill="none" stroke-linecap="round"/>`;
  });
  return [
    sky(canvas),
    sun(canvas, width * random.between(0.2, 0.8), height * 0.2, width * 0.07),
    below(
      ridge(random, width, height * 0.47, height * 0.08, 0.3),
      width,
      height,
      mix(palette.far, palette.sky[1], 0.5),
    ),
    below(ridge(random, width, height * 0.54, height * 0.06, 0.2), width, height, palette.far),
    below(ridge(random, width, height * 0.62, height * 0.03, 0.2), width, height, mix(palette.far, palette.near, 0.45)),
    grass,
    blooms,
  ].join('');

  function bloom(x: number, y: number, size: number): string {
    if (extras.has('poppies')) {
      const color = palette.accents[0];
      return `<g transform="translate(${n(x)} ${n(y)}) rotate(${n(random.between(-25, 25))})"><path d="M${n(-size)} ${n(-size * 0.3)} C${n(-size)} ${n(-size * 1.2)} ${n(size)} ${n(-size * 1.2)} ${n(size)} ${n(-size * 0.3)} C${n(size * 0.9)} ${n(size * 0.7)} ${n(-size * 0.9)} ${n(size * 0.7)} ${n(-size)} ${n(-size * 0.3)} Z" fill="${darker(color, 0.14)}"/><path d="M${n(-size)} ${n(-size * 0.3)} C${n(-size * 0.5)} ${n(size * 0.25)} ${n(size * 0.5)} ${n(size * 0.25)} ${n(size)} ${n(-size * 0.3)} C${n(size * 0.9)} ${n(size * 0.8)} ${n(-size * 0.9)} ${n(size * 0.8)} ${n(-size)} ${n(-size * 0.3)} Z" fill="${color}"/>${circle(0, -size * 0.2, size * 0.2, '#2a1a1f')}</g>`;
    }
    const sunflower = extras.has('sunflowers');
    const color = sunflower
      ? '#f4b41a'
      : random.pick([palette.accents[0], palette.accents[1], palette.accents[2], palette.accents[3]]);
    const count = sunflower ? 14 : random.integer(6, 9);
    const petals = times(
      count,
      (petal) =>
        `<ellipse cx="0" cy="${n(-size * 0.62)}" rx="${n(size * (sunflower ? 0.2 : 0.28))}" ry="${n(size * 0.5)}" fill="${mix(color, '#000000', (petal % 2) * 0.1)}" transform="rotate(${n((petal * 360) / count)})"/>`,
    );
    return `<g transform="translate(${n(x)} ${n(y)}) scale(1 0.86)">${petals}${circle(0, 0, size * (sunflower ? 0.46 : 0.27), sunflower ? '#4d2c14' : '#f2c14e')}</g>`;
  }
};
