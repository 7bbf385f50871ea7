import type { Scene } from './canvas.ts';
import { darker, lighter, mix } from './color.ts';
import { circle, downwards, n, rect, times } from './shapes.ts';

/** Large leaves, one above the other. Extras: `pot`, `ripe` with berries. */
export const leaves: Scene = ({ width, height, palette, random, extras }) => {
  const [x, foot] = [width / 2, extras.has('pot') ? height * 0.7 : height * 0.98];
  const greens = [
    palette.near,
    mix(palette.near, palette.far, 0.35),
    mix(palette.near, palette.accents[1], 0.3),
    mix(palette.far, palette.near, 0.35),
  ] as const;
  const count = extras.has('pot') ? 13 : 19;
  const fan = random
    .shuffle(Array.from({ length: count }, (_, index) => index))
    .map((place, order) => {
      const turn = -78 + (156 * place) / (count - 1) + random.between(-5, 5);
      const long =
        height *
        (extras.has('pot') ? random.between(0.3, 0.5) : random.between(0.45, 0.85)) *
        (1 - Math.abs(turn) / 260);
      const wide = long * random.between(0.13, 0.2);
      const color = mix(random.pick(greens), palette.light, random.between(0, 0.12));
      const veins = times(8, (index) => {
        const at = long * (0.2 + 0.09 * index);
        const reach = wide * 0.8 * Math.sin((at / long) * Math.PI);
        return `M0 ${n(-at)} L${n(reach)} ${n(-at - reach * 0.7)} M0 ${n(-at)} L${n(-reach)} ${n(-at - reach * 0.7)} `;
      });
      const half = (side: 1 | -1) =>
        `M0 0 C${n(side * wide * 1.1)} ${n(-long * 0.25)} ${n(side * wide)} ${n(-long * 0.75)} 0 ${n(-long)}`;
      return `<g transform="translate(${n(x + random.between(-0.03, 0.03) * width)} ${n(foot)}) rotate(${n(turn)})">
        <path d="${half(1)} ${half(-1)}" fill="#000000" opacity="${order > 2 ? 0.16 : 0}" transform="translate(8 10)"/>
        <path d="${half(1)} Z" fill="${color}"/><path d="${half(-1)} Z" fill="${darker(color, 0.16)}"/>
        <path d="${veins}" stroke="${lighter(color, 0.25)}" stroke-width="1.6" opacity="0.6" fill="none"/><path d="M0 0 L0 ${n(-long * 0.97)}" stroke="${lighter(color, 0.35)}" stroke-width="3"/></g>`;
    })
    .join('');
  const pot = () => {
    const [wide, tall] = [width * 0.15, height * 0.22];
    const color = palette.accents[0];
    return `<path d="M${n(x - wide)} ${n(foot)} L${n(x + wide)} ${n(foot)} L${n(x + wide * 0.72)} ${n(foot + tall)} L${n(x - wide * 0.72)} ${n(foot + tall)} Z" fill="${color}"/><path d="M${n(x + wide * 0.2)} ${n(foot)} L${n(x + wide)} ${n(foot)} L${n(x + wide * 0.72)} ${n(foot + tall)} L${n(x + wide * 0.25)} ${n(foot + tall)} Z" fill="${darker(color, 0.22)}"/>${rect(x - wide * 1.1, foot - height * 0.02, wide * 2.2, height * 0.045, lighter(color, 0.12), 'rx="6"')}`;
  };
  return [
    `<defs>${downwards('wall', [0, palette.sky[1]], [1, palette.sky[2]])}</defs>`,
    rect(0, 0, width, height, 'url(#wall)'),
    circle(width * 0.5, height * 0.42, width * 0.36, palette.light, 'opacity="0.55"'),
    extras.has('pot') ? rect(0, height * 0.88, width, height * 0.12, mix(palette.far, palette.near, 0.25)) : '',
    fan,
    extras.has('ripe')
      ? times(26, () => {
          const [cx, cy, radius] = [
            width * random.between(0.2, 0.8),
            height * random.between(0.3, 0.85),
            width * random.between(0.012, 0.022),
          ];
          return (
            circle(cx, cy, radius, palette.accents[0]) +
            circle(cx - radius * 0.3, cy - radius * 0.3, radius * 0.3, '#ffffff', 'opacity="0.7"')
          );
        })
      : '',
    extras.has('pot') ? pot() : '',
  ].join('');
};
