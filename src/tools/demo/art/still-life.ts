import type { Scene } from './canvas.ts';
import { type Color, darker, lighter, mix } from './color.ts';
import { circle, downwards, ellipse, n, rect, shadow, sideways, times } from './shapes.ts';

/** Half of an outline: how wide it is, in shares of its widest, from the mouth down to the foot. */
const outlines: readonly [readonly number[], ...(readonly number[])[]] = [
  [0.34, 0.26, 0.24, 0.62, 0.98, 1, 0.9, 0.62],
  [0.2, 0.18, 0.18, 0.2, 0.7, 1, 1, 0.96],
  [0.62, 0.5, 0.78, 1, 0.98, 0.8, 0.56, 0.5],
  [1, 0.97, 0.93, 0.86, 0.76, 0.64, 0.5, 0.42],
  [0.5, 0.44, 0.6, 0.9, 1, 0.94, 0.72, 0.46],
  [0.3, 0.24, 0.3, 0.46, 0.72, 0.94, 1, 0.78],
];

/** Vessels on a table in the light of a window. Extras: `fruit`, `flowers`, `books`. */
export const stillLife: Scene = ({ width, height, palette, random, extras }) => {
  const table = height * 0.7;
  const wall = mix(palette.sky[1], palette.sky[2], 0.5);
  const count = random.integer(3, 4);
  const colors = random.shuffle(palette.accents);
  const vessels = Array.from({ length: count }, (_, index) => ({
    x: width * (0.24 + (0.52 * index) / (count - 1)) + random.between(-0.02, 0.02) * width,
    foot: table + height * random.between(0.03, 0.12),
    half: width * random.between(0.07, 0.115),
    tall: height * random.between(0.17, 0.36),
    color: colors[index % colors.length] ?? palette.far,
    outline: random.pick(outlines),
  })).toSorted((one, other) => one.foot - other.foot);
  return [
    `<defs>${downwards('wall', [0, mix(wall, palette.far, 0.25)], [1, wall])}${downwards('table', [0, lighter(palette.far, 0.15)], [1, mix(palette.far, palette.near, 0.35)])}${shadow(palette.near)}</defs>`,
    rect(0, 0, width, table, 'url(#wall)'),
    // The window's light, with its crossbars.
    `<g transform="skewX(-16)" opacity="0.4">${[0, 1].flatMap((column) => [0, 1].map((row) => rect(width * (0.42 + 0.24 * column), height * (0.08 + 0.27 * row), width * 0.22, height * 0.25, palette.light))).join('')}</g>`,
    rect(0, table, width, height - table, 'url(#table)'),
    rect(0, table - 2, width, 4, palette.light, 'opacity="0.35"'),
    extras.has('books') ? books() : '',
    vessels.map((each, index) => vessel(each, index)).join(''),
    extras.has('fruit')
      ? times(4, (index) =>
          fruit(
            width * (0.26 + 0.17 * index + random.between(-0.03, 0.03)),
            table + height * random.between(0.15, 0.2),
            width * random.between(0.042, 0.055),
          ),
        )
      : '',
  ].join('');

  function vessel({ x, foot, half, tall, color, outline }: (typeof vessels)[number], index: number): string {
    const step = tall / (outline.length - 1);
    const at = (share: number, row: number, side: 1 | -1) =>
      `${n(x + side * share * half)} ${n(foot - tall + row * step)}`;
    const side = (which: 1 | -1) =>
      outline.map((share, row) => {
        const before = outline[row - 1];
        return before === undefined
          ? at(share, row, which)
          : `C${at(before, row - 0.5, which)} ${at(share, row - 0.5, which)} ${at(share, row, which)}`;
      });
    const left = side(-1).join(' ');
    // The same line, mirrored, and back up.
    const right = outline
      .map((share, row) => ({ share, row }))
      .toReversed()
      .map(({ share, row }, position, all) => {
        const before = all[position - 1];
        return before === undefined
          ? `L${at(share, row, 1)}`
          : `C${at(before.share, row + 0.5, 1)} ${at(share, row + 0.5, 1)} ${at(share, row, 1)}`;
      })
      .join(' ');
    const mouth = (outline[0] ?? 0.5) * half;
    const [first] = vessels;
    return [
      `<defs>${sideways(`vessel${index}`, [0, darker(color, 0.22)], [0.28, lighter(color, 0.22)], [0.6, color], [1, darker(color, 0.42)])}</defs>`,
      ellipse(x + half * 0.8, foot, half * 2.1, half * 0.4, 'url(#shadow)'),
      extras.has('flowers') && vessels.indexOf(first as never) === index ? flowers(x, foot - tall, half) : '',
      `<path d="M${left} ${right} Z" fill="url(#vessel${index})"/>`,
      ellipse(x, foot - tall, mouth, mouth * 0.22, darker(color, 0.5)),
      ellipse(x, foot, (outline.at(-1) ?? 0.5) * half, half * 0.09, darker(color, 0.35)),
      random.chance(0.45)
        ? rect(x - half * 0.97, foot - tall * 0.34, half * 1.94, tall * 0.05, lighter(color, 0.5), `opacity="0.35"`)
        : '',
    ].join('');
  }

  function flowers(x: number, y: number, half: number): string {
    return times(7, (index) => {
      const lean = (index - 3) * half * 0.55 + random.between(-0.2, 0.2) * half;
      const [top, size] = [y - height * random.between(0.1, 0.24), half * random.between(0.28, 0.42)];
      const color: Color = random.pick([palette.accents[0], palette.accents[1], palette.light]);
      const petals = times(
        7,
        (petal) =>
          `<ellipse cx="0" cy="${n(-size * 0.55)}" rx="${n(size * 0.3)}" ry="${n(size * 0.55)}" fill="${mix(color, '#ffffff', (petal % 2) * 0.15)}" transform="rotate(${n((petal * 360) / 7)})"/>`,
      );
      return `<path d="M${n(x)} ${n(y + 8)} Q${n(x + lean * 0.2)} ${n((y + top) / 2)} ${n(x + lean)} ${n(top)}" fill="none" stroke="#5f7a4f" stroke-width="${n(half * 0.06)}"/><g transform="translate(${n(x + lean)} ${n(top)})">${petals}${circle(0, 0, size * 0.26, '#e9b44c')}</g>`;
    });
  }

  function fruit(x: number, y: number, radius: number): string {
    const color = random.pick([palette.accents[0], palette.accents[1]]);
    return [
      ellipse(x + radius * 0.5, y + radius * 0.85, radius * 1.6, radius * 0.42, 'url(#shadow)'),
      circle(x, y, radius, color),
      circle(x + radius * 0.16, y + radius * 0.16, radius * 0.82, darker(color, 0.14), 'opacity="0.55"'),
      ellipse(x - radius * 0.35, y - radius * 0.4, radius * 0.3, radius * 0.2, '#ffffff', 'opacity="0.5"'),
      `<path d="M${n(x)} ${n(y - radius * 0.9)} q4 ${n(-radius * 0.3)} ${n(radius * 0.2)} ${n(-radius * 0.42)}" stroke="#4d3a26" stroke-width="${n(radius * 0.1)}" fill="none" stroke-linecap="round"/>`,
    ].join('');
  }

  function books(): string {
    return times(3, (index) => {
      const [wide, tall] = [width * random.between(0.3, 0.38), height * 0.035];
      const y = table + height * 0.1 - index * tall;
      const color = palette.accents[index % 4] ?? palette.far;
      return (
        rect(width * 0.34 + random.between(-0.02, 0.02) * width, y, wide, tall, darker(color, 0.1), 'rx="4"') +
        rect(width * 0.36, y + tall * 0.25, width * 0.02, tall * 0.5, lighter(color, 0.5))
      );
    });
  }
};
