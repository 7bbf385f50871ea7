import type { Scene } from './canvas.ts';
import { mix } from './color.ts';
import { circle, downwards, ellipse, n, rect, sky, sun, times } from './shapes.ts';

/** Houses on the other side of a river. Extras: `bridge`, `stars`. */
export const city: Scene = (canvas) => {
  const { width, height, palette, random, extras } = canvas;
  const shore = height * 0.72;
  const skyline = [0, 1, 2].map(layer).join('');
  return [
    sky(canvas),
    extras.has('stars')
      ? times(120, () =>
          circle(
            random.between(0, width),
            random.between(0, height * 0.5),
            random.between(0.6, 1.8),
            '#ffffff',
            'opacity="0.7"',
          ),
        )
      : '',
    sun(canvas, width * random.between(0.25, 0.75), height * random.between(0.2, 0.4), width * 0.06),
    skyline,
    `<defs>${downwards('river', [0, mix(palette.sky[1], palette.near, 0.45)], [1, mix(palette.sky[0], palette.near, 0.6)])}</defs>`,
    rect(0, shore, width, height - shore, 'url(#river)'),
    `<g transform="matrix(1 0 0 -0.55 0 ${n(shore * 1.55)})" opacity="0.38">${skyline}</g>`,
    extras.has('bridge') ? bridge() : '',
    times(70, () =>
      ellipse(
        random.between(0, width),
        random.between(shore, height),
        width * random.between(0.01, 0.06),
        1.6,
        random.chance(0.6) ? palette.light : palette.sky[2],
        `opacity="${n(random.between(0.1, 0.5))}"`,
      ),
    ),
  ].join('');

  function layer(depth: number): string {
    const wall = mix(palette.far, palette.near, 0.25 + depth * 0.36);
    let houses = '';
    for (let x = -20; x < width; ) {
      const wide = width * random.between(0.05, 0.12);
      const middle = 1 - Math.abs(x / width - 0.5);
      const tall = height * random.between(0.1, 0.34) * (0.5 + middle * (1 - depth * 0.18));
      const top = shore - tall;
      houses += rect(x, top, wide + 1, tall + 2, wall);
      if (random.chance(0.3))
        houses += `<path d="M${n(x)} ${n(top)} L${n(x + wide / 2)} ${n(top - wide * random.between(0.3, 0.9))} L${n(x + wide)} ${n(top)} Z" fill="${wall}"/>`;
      else if (random.chance(0.33)) houses += rect(x + wide * 0.45, top - wide * 0.8, wide * 0.08, wide * 0.8, wall);
      else if (random.chance(0.4)) houses += rect(x + wide * 0.2, top - wide * 0.2, wide * 0.6, wide * 0.22, wall);
      houses += windows(x, top, wide, tall, depth);
      x += wide + width * (random.chance(0.15) ? 0.02 : 0);
    }
    return houses;
  }

  function windows(x: number, top: number, wide: number, tall: number, depth: number): string {
    const size = width * 0.0065 * (1 + depth * 0.3);
    const [columns, rows] = [Math.floor(wide / (size * 2.4)), Math.floor(tall / (size * 3))];
    const left = x + (wide - columns * size * 2.4 + size * 1.4) / 2;
    let lit = '';
    for (let row = 1; row < rows; row++)
      for (let column = 0; column < columns; column++)
        if (random.chance(0.28 + depth * 0.08))
          lit += `M${n(left + column * size * 2.4)} ${n(top + row * size * 3)}h${n(size)}v${n(size * 1.5)}h${n(-size)}z`;
    return `<path d="${lit || 'M0 0'}" fill="${random.chance(0.7) ? palette.light : palette.accents[1]}" opacity="${n(0.55 + depth * 0.15)}"/>`;
  }

  function bridge(): string {
    const deck = shore + height * 0.07;
    const pillars = [0.22, 0.78].map((share) => width * share);
    const cables = pillars
      .map((x) =>
        times(
          9,
          (index) =>
            `<path d="M${n(x)} ${n(deck - height * 0.3)} L${n(x - width * 0.055 * (index - 4))} ${n(deck)}" stroke="${palette.near}" stroke-width="2.5" opacity="0.8"/>`,
        ),
      )
      .join('');
    return [
      cables,
      ...pillars.map((x) => rect(x - width * 0.012, deck - height * 0.32, width * 0.024, height * 0.5, palette.near)),
      rect(0, deck, width, height * 0.016, palette.near),
      times(22, (index) => circle((width * (index + 0.5)) / 22, deck - 5, 4, palette.light)),
    ].join('');
  }
};
