import type { Scene } from './canvas.ts';
import { mix } from './color.ts';
import {
  below,
  circle,
  downwards,
  ellipse,
  n,
  outwards,
  pine,
  rect,
  ridge,
  sky,
  smooth,
  sun,
  times,
} from './shapes.ts';

/** A clear night. Extras: `moon`, `aurora`, `cabin`, `snowfall`. */
export const night: Scene = (canvas) => {
  const { width, height, palette, random, extras } = canvas;
  const ground = height * 0.8;
  const clouds = ['#9db4ff', '#e6c3ff', '#ffffff', '#ffd9c2'] as const;
  return [
    sky(canvas),
    `<defs>${clouds.map((color, index) => outwards(`cloud${index}`, [0, color, 0.32], [1, color, 0])).join('')}${outwards('lamp', [0, palette.light, 0.5], [1, palette.light, 0])}${outwards('smoke', [0, '#ffffff', 0.2], [1, '#ffffff', 0])}</defs>`,
    extras.has('aurora') ? aurora() : extras.has('moon') ? '' : milkyWay(),
    stars(extras.has('moon') ? 170 : 340),
    extras.has('moon') ? sun(canvas, width * random.between(0.3, 0.7), height * 0.27, width * 0.075) : '',
    below(
      ridge(random, width, ground - height * 0.12, height * 0.12, 0.5),
      width,
      height,
      mix(palette.near, palette.far, 0.35),
    ),
    extras.has('snowfall')
      ? snowyGround()
      : below(ridge(random, width, ground, height * 0.05, 0.3), width, height, palette.near),
    times(16, () => {
      // They leave the middle open.
      const x = width * (random.chance(0.5) ? random.between(-0.02, 0.3) : random.between(0.7, 1.02));
      return pine(
        random,
        x,
        ground + height * random.between(0.02, 0.1),
        height * random.between(0.12, 0.26),
        palette.near,
      );
    }),
    extras.has('cabin') ? cabin(width * 0.5, ground + height * 0.05, width * 0.13) : '',
    extras.has('snowfall')
      ? times(150, () =>
          circle(
            random.between(0, width),
            random.between(0, height),
            random.between(1.5, 5),
            '#ffffff',
            `opacity="${n(random.between(0.3, 0.9))}"`,
          ),
        )
      : '',
  ].join('');

  function stars(count: number): string {
    return times(count, () => {
      const size = random.between(0.6, 1) ** 2 * (random.chance(0.06) ? 4.2 : 2);
      const color = random.pick(['#ffffff', '#fff4d6', '#cfe0ff']);
      return circle(
        random.between(0, width),
        random.between(0, ground),
        size,
        color,
        `opacity="${n(random.between(0.35, 1))}"`,
      );
    });
  }

  function milkyWay(): string {
    const tilt = random.between(-38, -22);
    const band = [
      ...Array.from({ length: 22 }, () =>
        ellipse(
          random.between(-0.2, 1.2) * width,
          height * 0.4 + random.between(-0.07, 0.07) * height,
          width * random.between(0.16, 0.36),
          height * random.between(0.04, 0.11),
          `url(#cloud${random.integer(0, clouds.length - 1)})`,
        ),
      ),
      times(420, () =>
        circle(
          random.between(-0.2, 1.2) * width,
          height * 0.4 + random.between(-1, 1) * random.between(0, 0.1) * height,
          random.between(0.6, 1.7),
          '#ffffff',
          `opacity="${n(random.between(0.3, 0.9))}"`,
        ),
      ),
    ].join('');
    return `<g transform="rotate(${n(tilt)} ${width / 2} ${height * 0.4})">${band}</g>`;
  }

  function aurora(): string {
    const ribbons = times(4, (index) => {
      const y = height * (0.3 + 0.09 * index);
      const edge = Array.from(
        { length: 7 },
        (_, at) => [(width * (at - 0.5)) / 5, y + random.between(-0.07, 0.07) * height] as const,
      );
      const upper = edge.map(([x, at]) => [x + width * 0.05, at - height * random.between(0.2, 0.3)] as const);
      return `<path d="M${smooth(edge)} L${smooth(upper.toReversed())} Z" fill="url(#aurora${index % 2})"/>`;
    });
    return `<defs>${downwards('aurora0', [0, '#7b5cff', 0], [0.6, '#4be0a8', 0.4], [1, '#c8ffd9', 0.75])}${downwards('aurora1', [0, '#c45cff', 0], [0.65, '#39c6c0', 0.35], [1, '#9dffce', 0.6])}</defs>${ribbons}`;
  }

  function snowyGround(): string {
    const snow = mix('#dfe8f5', palette.sky[1], 0.35);
    return `<defs>${downwards('snow', [0, snow], [1, mix(snow, palette.sky[0], 0.65)])}</defs>${below(ridge(random, width, ground, height * 0.05, 0.2), width, height, 'url(#snow)')}`;
  }

  function cabin(x: number, foot: number, size: number): string {
    const wall = '#3d2a24';
    const roof = extras.has('snowfall') ? '#e8eef7' : '#1c1416';
    const window = (left: number) =>
      circle(x + left * size, foot - size * 0.42, size * 0.8, 'url(#lamp)') +
      rect(x + left * size - size * 0.16, foot - size * 0.58, size * 0.32, size * 0.32, palette.accents[0]) +
      rect(x + left * size - size * 0.015, foot - size * 0.58, size * 0.03, size * 0.32, wall) +
      rect(x + left * size - size * 0.16, foot - size * 0.435, size * 0.32, size * 0.03, wall);
    return [
      rect(x + size * 0.45, foot - size * 1.6, size * 0.2, size * 0.6, wall),
      times(4, (index) =>
        circle(
          x + size * (0.58 + 0.12 * index),
          foot - size * (1.75 + 0.3 * index),
          size * (0.2 + 0.1 * index),
          'url(#smoke)',
        ),
      ),
      rect(x - size, foot - size * 0.85, size * 2, size * 0.87, wall),
      `<path d="M${n(x - size * 1.22)} ${n(foot - size * 0.78)} L${n(x)} ${n(foot - size * 1.75)} L${n(x + size * 1.22)} ${n(foot - size * 0.78)} L${n(x + size * 1.1)} ${n(foot - size * 0.68)} L${n(x)} ${n(foot - size * 1.5)} L${n(x - size * 1.1)} ${n(foot - size * 0.68)} Z" fill="${roof}"/>`,
      `<path d="M${n(x - size * 0.98)} ${n(foot - size * 0.8)} L${n(x)} ${n(foot - size * 1.52)} L${n(x + size * 0.98)} ${n(foot - size * 0.8)} Z" fill="${wall}"/>`,
      window(-0.5),
      window(0.5),
      rect(x - size * 0.14, foot - size * 0.5, size * 0.28, size * 0.5, '#211512'),
    ].join('');
  }
};
