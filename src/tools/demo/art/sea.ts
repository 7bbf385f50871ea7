import type { Scene } from './canvas.ts';
import { darker, mix } from './color.ts';
import { below, downwards, ellipse, flock, n, rect, ridge, sky, sun, times } from './shapes.ts';

/** The sea under a low sun. Extras: `boat`, `lighthouse`, `birds`. */
export const sea: Scene = (canvas) => {
  const { width, height, palette, random, extras } = canvas;
  const horizon = height * random.between(0.5, 0.58);
  const sunX = width * random.between(0.35, 0.65);
  const radius = width * random.between(0.06, 0.09);
  const deep = mix(palette.near, palette.sky[0], 0.35);
  return [
    sky({ ...canvas, height: horizon }),
    clouds(),
    sun(canvas, sunX, horizon - radius * random.between(0.4, 2.2), radius),
    extras.has('birds') ? flock(random, width * 0.3, horizon * 0.55, width * 0.14, palette.near) : '',
    `<defs>${downwards('water', [0, mix(palette.sky[2], palette.sky[1], 0.5)], [0.3, mix(palette.sky[1], deep, 0.5)], [1, deep])}</defs>`,
    below(ridge(random, width, horizon - 14, 16, 0.3), width, horizon, mix(palette.far, palette.sky[2], 0.45)),
    rect(0, horizon, width, height - horizon, 'url(#water)'),
    glitter(),
    swell(),
    extras.has('boat') ? boat(width * (sunX > width / 2 ? 0.3 : 0.7), horizon + height * 0.09, width * 0.13) : '',
    extras.has('lighthouse') ? lighthouse(sunX > width / 2 ? width * 0.2 : width * 0.8) : '',
  ].join('');

  function clouds(): string {
    return times(9, () => {
      const [x, y, length] = [
        random.between(0, width),
        random.between(0.08, 0.75) * horizon,
        width * random.between(0.1, 0.28),
      ];
      return (
        ellipse(x, y, length, length * 0.035, palette.sky[2], 'opacity="0.35"') +
        ellipse(x + length * 0.3, y + length * 0.05, length * 0.6, length * 0.03, palette.light, 'opacity="0.25"')
      );
    });
  }

  /** The way of light on the water: the nearer, the wider. */
  function glitter(): string {
    return times(110, (index) => {
      const near = (index / 110) ** 1.6;
      const y = horizon + 3 + near * (height - horizon);
      const reach = radius * (0.7 + 2.6 * near);
      const length = radius * random.between(0.15, 0.7) * (0.5 + 1.6 * near);
      return ellipse(
        sunX + random.between(-reach, reach),
        y,
        length,
        1.2 + 3.2 * near,
        palette.light,
        `opacity="${n(random.between(0.3, 0.8))}"`,
      );
    });
  }

  function swell(): string {
    return times(60, (index) => {
      const near = index / 60;
      const y = horizon + 6 + near ** 1.5 * (height - horizon);
      const [x, length] = [random.between(0, width), width * random.between(0.04, 0.16) * (0.4 + near)];
      const color = random.chance(0.5) ? palette.sky[2] : darker(deep, 0.25);
      return `<path d="M${n(x - length)} ${n(y)} q${n(length)} ${n(-4 - 9 * near)} ${n(length * 2)} 0" fill="none" stroke="${color}" stroke-width="${n(1 + 3 * near)}" opacity="0.28" stroke-linecap="round"/>`;
    });
  }

  function boat(x: number, y: number, size: number): string {
    const [sail, other] = [palette.accents[2], palette.accents[0]];
    return [
      ellipse(x, y + size * 0.32, size * 0.7, size * 0.06, palette.near, 'opacity="0.35"'),
      `<path d="M${n(x)} ${n(y - size * 1.5)} Q${n(x + size * 0.75)} ${n(y - size * 0.7)} ${n(x + size * 0.62)} ${n(y)} L${n(x)} ${n(y)} Z" fill="${sail}"/>`,
      `<path d="M${n(x - size * 0.06)} ${n(y - size * 1.25)} Q${n(x - size * 0.1)} ${n(y - size * 0.5)} ${n(x - size * 0.5)} ${n(y)} L${n(x - size * 0.06)} ${n(y)} Z" fill="${other}"/>`,
      rect(x - size * 0.04, y - size * 1.55, size * 0.035, size * 1.65, palette.near),
      `<path d="M${n(x - size * 0.68)} ${n(y + size * 0.07)} L${n(x + size * 0.75)} ${n(y + size * 0.07)} Q${n(x + size * 0.6)} ${n(y + size * 0.33)} ${n(x + size * 0.4)} ${n(y + size * 0.33)} L${n(x - size * 0.45)} ${n(y + size * 0.33)} Q${n(x - size * 0.62)} ${n(y + size * 0.25)} ${n(x - size * 0.68)} ${n(y + size * 0.07)} Z" fill="${palette.near}"/>`,
    ].join('');
  }

  function lighthouse(x: number): string {
    const foot = horizon + height * 0.05;
    const tall = height * 0.3;
    const half = width * 0.035;
    const towards = x < width / 2 ? 1 : -1;
    const band = (from: number, to: number, fill: string) => {
      const at = (share: number) => half * (0.62 + 0.38 * share);
      return `<path d="M${n(x - at(from))} ${n(foot - tall * (1 - from))} L${n(x + at(from))} ${n(foot - tall * (1 - from))} L${n(x + at(to))} ${n(foot - tall * (1 - to))} L${n(x - at(to))} ${n(foot - tall * (1 - to))} Z" fill="${fill}"/>`;
    };
    const beam = `<path d="M${n(x)} ${n(foot - tall * 1.08)} L${n(x + towards * width * 0.75)} ${n(foot - tall * 1.5)} L${n(x + towards * width * 0.75)} ${n(foot - tall * 1.05)} Z" fill="url(#beam)"/>`;
    return [
      `<defs><linearGradient id="beam" x1="${towards > 0 ? 0 : 1}" x2="${towards > 0 ? 1 : 0}"><stop stop-color="${palette.light}" stop-opacity="0.75"/><stop offset="1" stop-color="${palette.light}" stop-opacity="0"/></linearGradient></defs>`,
      beam,
      `<path d="M${n(x - towards * width * 0.4)} ${n(foot + height * 0.09)} L${n(x - towards * width * 0.4)} ${n(foot - 14)} L${n(x - towards * width * 0.08)} ${n(foot - 20)} L${n(x + towards * width * 0.07)} ${n(foot - 8)} L${n(x + towards * width * 0.11)} ${n(foot + height * 0.03)} L${n(x + towards * width * 0.17)} ${n(foot + height * 0.045)} L${n(x + towards * width * 0.22)} ${n(foot + height * 0.09)} Z" fill="${mix(palette.near, palette.far, 0.14)}"/>`,
      `<path d="M${n(x + towards * width * 0.07)} ${n(foot - 8)} L${n(x + towards * width * 0.11)} ${n(foot + height * 0.03)} L${n(x + towards * width * 0.17)} ${n(foot + height * 0.045)} L${n(x + towards * width * 0.22)} ${n(foot + height * 0.09)} L${n(x + towards * width * 0.02)} ${n(foot + height * 0.09)} Z" fill="${palette.near}" opacity="0.55"/>`,
      times(9, (index) =>
        ellipse(
          x + towards * width * (0.2 - 0.06 * index),
          foot + height * 0.09,
          width * random.between(0.03, 0.06),
          4,
          '#ffffff',
          'opacity="0.5"',
        ),
      ),
      ...[0, 0.25, 0.5, 0.75].map((from, index) =>
        band(from, from + 0.25, index % 2 === 0 ? '#f6f1e7' : palette.accents[0]),
      ),
      rect(x - half * 0.85, foot - tall * 1.02, half * 1.7, tall * 0.03, palette.near),
      rect(x - half * 0.42, foot - tall * 1.12, half * 0.84, tall * 0.1, palette.light),
      `<path d="M${n(x - half * 0.6)} ${n(foot - tall * 1.12)} L${n(x)} ${n(foot - tall * 1.22)} L${n(x + half * 0.6)} ${n(foot - tall * 1.12)} Z" fill="${palette.accents[0]}"/>`,
    ].join('');
  }
};
