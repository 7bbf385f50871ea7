import type { Scene } from './canvas.ts';
import { lighter, mix } from './color.ts';
import { below, circle, downwards, flock, lines, type Point, pine, rect, ridge, sky, sun, times } from './shapes.ts';

/** Hills behind hills, each paler than the one before it. Extras: `balloons`, `birds`, `pines`, `snow`. */
export const hills: Scene = (canvas) => {
  const { width, height, palette, random, extras } = canvas;
  const layers = 6;
  const radius = width * random.between(0.045, 0.075);
  const sunAt = [width * random.between(0.25, 0.75), height * random.between(0.24, 0.36)] as const;
  const ranges = times(layers, (index) => {
    const depth = index / (layers - 1);
    const color = mix(palette.far, palette.near, depth ** 1.2);
    const rugged = extras.has('snow') && index < 3;
    const edge = ridge(
      random,
      width,
      height * (0.46 + 0.46 * depth),
      height * (rugged ? 0.26 : 0.13),
      rugged ? 0.75 : 0.25,
    );
    const top = Math.min(...edge.map(([, y]) => y));
    const mist = lighter(mix(color, palette.sky[2], 0.55), 0.1);
    const id = `hill${index}`;
    const fill = `<defs>${downwards(id, [0, color], [rugged ? 0.5 : 0.75, mist], [1, mist])}</defs>${below(edge, width, height, `url(#${id})`)}`;
    const snow = rugged ? snowOn(edge, top, height) : '';
    const trees =
      extras.has('pines') && index >= layers - 2
        ? times(34, () => {
            const [x, y] = edge[random.integer(0, edge.length - 1)] ?? [0, height];
            return pine(
              random,
              x,
              y + 8,
              height * random.between(0.05, 0.1) * (0.6 + 0.7 * depth),
              mix(color, palette.near, 0.8),
            );
          })
        : '';
    return fill + snow + trees;
  });
  return [
    sky(canvas),
    sun(canvas, ...sunAt, radius),
    extras.has('birds') ? flock(random, width * 0.62, height * 0.22, width * 0.16, palette.near) : '',
    ranges,
    extras.has('balloons')
      ? times(4, (index) =>
          balloon(
            width * (0.2 + 0.2 * index + random.between(-0.04, 0.04)),
            height * random.between(0.14, 0.46),
            width * random.between(0.05, 0.11),
          ),
        )
      : '',
  ].join('');

  function balloon(x: number, y: number, size: number): string {
    const [one, other] = random.shuffle(palette.accents);
    const shape = (reach: number) =>
      `M${x} ${y - size} C${x + size * 1.15 * reach} ${y - size} ${x + size * 1.05 * reach} ${y + size * 0.25} ${x + size * 0.22 * reach} ${y + size * 0.95} L${x - size * 0.22 * reach} ${y + size * 0.95} C${x - size * 1.05 * reach} ${y + size * 0.25} ${x - size * 1.15 * reach} ${y - size} ${x} ${y - size} Z`;
    return [
      `<path d="${shape(1)}" fill="${one}"/><path d="${shape(0.62)}" fill="${other}"/><path d="${shape(0.24)}" fill="${one}"/>`,
      circle(x - size * 0.4, y - size * 0.5, size * 0.35, '#ffffff', 'opacity="0.14"'),
      `<path d="M${x - size * 0.2} ${y + size * 0.95} L${x - size * 0.12} ${y + size * 1.3} M${x + size * 0.2} ${y + size * 0.95} L${x + size * 0.12} ${y + size * 1.3}" stroke="#3a2c22" stroke-width="${size * 0.03}"/>`,
      rect(x - size * 0.14, y + size * 1.3, size * 0.28, size * 0.2, '#6b4a32', `rx="${size * 0.03}"`),
    ].join('');
  }
};

/** White from the summits down to where it gets too warm, in streaks. */
function snowOn(edge: readonly Point[], top: number, height: number): string {
  const line = top + height * 0.13;
  const lower = edge.map(
    ([x, y], index): Point => [
      x,
      Math.max(y, Math.min(line, y + height * (0.03 + 0.05 * Math.abs(Math.sin(index * 1.7) + Math.sin(index * 0.6))))),
    ],
  );
  return `<path d="M${lines(edge)} L${lines(lower.toReversed())} Z" fill="#ffffff" opacity="0.82"/>`;
}
