import type { Scene } from './canvas.ts';
import { type Color, darker, lighter, mix } from './color.ts';
import { circle, ellipse, n, outwards, rect, shadow, times } from './shapes.ts';

/** A table from above. Extras: `coffee`, `soup`, `citrus`, `cake`; without one, coffee. */
export const table: Scene = ({ width, height, palette, random, extras }) => {
  const unit = Math.min(width, height) / 100;
  const wood = mix(palette.far, palette.near, 0.3);
  const [x, y] = [width / 2, height / 2];
  return [
    `<defs>${shadow()}${outwards('window', [0, palette.light, 0.5], [1, palette.light, 0])}</defs>`,
    rect(0, 0, width, height, wood),
    planks(),
    ellipse(width * 0.25, height * 0.2, width * 0.7, height * 0.5, 'url(#window)'),
    napkin(),
    extras.has('citrus') ? citrus() : extras.has('soup') ? soup() : extras.has('cake') ? cake() : coffee(),
  ].join('');

  function planks(): string {
    const count = 6;
    return times(count, (index) => {
      const left = (width * index) / count;
      const shade = mix(wood, random.chance(0.5) ? '#ffffff' : '#000000', random.between(0.01, 0.09));
      const grain = times(7, () => {
        const at = left + random.between(0.05, 0.95) * (width / count);
        return `<path d="M${n(at)} 0 q${n(random.between(-14, 14))} ${n(height * 0.25)} 0 ${n(height * 0.5)} t0 ${n(height * 0.5)}" fill="none" stroke="${darker(wood, 0.35)}" stroke-width="1.4" opacity="0.3"/>`;
      });
      return (
        rect(left, 0, width / count, height, shade) +
        grain +
        rect(left, 0, 2.5, height, darker(wood, 0.5), 'opacity="0.7"')
      );
    });
  }

  function napkin(): string {
    const color = palette.accents[2];
    const size = unit * 58;
    return `<g transform="rotate(${n(random.between(12, 30))} ${n(x)} ${n(y)})">${times(5, (index) => rect(x - size / 2 + 2 * index, y - size / 2 + 3 * index, size * 1.15, size * 1.15, '#000000', `opacity="0.07" rx="${3 * index}"`))}${rect(x - size / 2, y - size / 2, size * 1.15, size * 1.15, color)}${times(3, (index) => rect(x - size / 2 + unit * (3 + index * 2.4), y - size / 2, unit * 0.9, size * 1.15, palette.accents[0], 'opacity="0.55"'))}</g>`;
  }

  function plate(cx: number, cy: number, radius: number, color: Color): string {
    return [
      circle(cx + radius * 0.07, cy + radius * 0.1, radius * 1.16, 'url(#shadow)'),
      circle(cx, cy, radius, color),
      circle(cx, cy, radius * 0.97, lighter(color, 0.35)),
      circle(cx, cy, radius * 0.72, darker(color, 0.1)),
      circle(cx + radius * 0.015, cy + radius * 0.02, radius * 0.69, lighter(color, 0.22)),
    ].join('');
  }

  function coffee(): string {
    const cup = palette.accents[3];
    const radius = unit * 17;
    const milk = '#f3dcc0';
    const brew = '#7a4a2a';
    const rosetta = times(4, (index) => {
      const [wide, at] = [radius * (0.56 - index * 0.11), y + radius * (0.3 - index * 0.24)];
      return `<path d="M${n(x - wide)} ${n(at)} Q${n(x)} ${n(at + wide * 0.85)} ${n(x + wide)} ${n(at)} Q${n(x)} ${n(at + wide * 0.25)} ${n(x - wide)} ${n(at)} Z" fill="${milk}"/>`;
    });
    return [
      plate(x, y, unit * 27, palette.accents[2]),
      `<path d="M${n(x + radius * 0.8)} ${n(y - radius * 0.55)} q${n(radius * 0.9)} ${n(-radius * 0.5)} ${n(radius * 0.75)} ${n(radius * 0.12)} t${n(-radius * 0.65)} ${n(radius * 0.5)}" fill="none" stroke="${cup}" stroke-width="${n(radius * 0.22)}" stroke-linecap="round"/>`,
      circle(x + unit, y + unit * 1.4, radius * 1.3, 'url(#shadow)'),
      circle(x, y, radius * 1.12, cup),
      circle(x, y, radius * 1.02, lighter(cup, 0.25)),
      circle(x, y, radius * 0.95, darker(brew, 0.35)),
      circle(x, y, radius * 0.91, brew),
      circle(x, y, radius * 0.78, mix(brew, '#c98d55', 0.55)),
      rosetta,
      ellipse(x, y - radius * 0.52, radius * 0.11, radius * 0.16, milk),
      biscuit(x - unit * 33, y + unit * 28, unit * 9),
      biscuit(x - unit * 22, y + unit * 37, unit * 8.4),
      spoon(x + unit * 30, y + unit * 22),
    ].join('');
  }

  function biscuit(cx: number, cy: number, radius: number): string {
    return [
      circle(cx + 5, cy + 9, radius * 1.2, 'url(#shadow)'),
      circle(cx, cy, radius, '#b97f45'),
      circle(cx, cy, radius * 0.92, '#d39a5b'),
      times(9, () => {
        const [turn, far] = [random.between(0, Math.PI * 2), random.between(0.1, 0.72) * radius];
        return circle(
          cx + Math.cos(turn) * far,
          cy + Math.sin(turn) * far,
          radius * random.between(0.07, 0.14),
          '#4a2a18',
        );
      }),
    ].join('');
  }

  function spoon(cx: number, cy: number): string {
    const steel = '#cfd4d6';
    return `<g transform="rotate(-38 ${n(cx)} ${n(cy)})">${rect(cx - unit * 0.7, cy, unit * 1.4, unit * 26, steel, 'rx="8"')}${ellipse(cx, cy - unit * 3, unit * 3.4, unit * 5.2, steel)}${ellipse(cx - unit * 0.4, cy - unit * 3.4, unit * 2.4, unit * 4, '#eef1f2')}</g>`;
  }

  function soup(): string {
    const broth = palette.accents[1];
    const radius = unit * 30;
    const inside = (share: number) => {
      const [turn, far] = [random.between(0, Math.PI * 2), Math.sqrt(random.next()) * share * radius];
      return [x + Math.cos(turn) * far, y + Math.sin(turn) * far] as const;
    };
    return [
      plate(x, y, unit * 40, palette.accents[2]),
      circle(x, y, radius * 1.06, lighter(palette.accents[3], 0.1)),
      circle(x, y, radius, darker(broth, 0.22)),
      circle(x, y, radius * 0.97, broth),
      times(16, () => circle(...inside(0.85), unit * random.between(0.5, 1.5), lighter(broth, 0.4), 'opacity="0.7"')),
      times(9, () => {
        const [cx, cy] = inside(0.7);
        return (
          circle(cx, cy, unit * 3.1, '#d9562b') +
          circle(cx, cy, unit * 2.4, '#ec7a45') +
          circle(cx, cy, unit * 0.9, '#d9562b')
        );
      }),
      times(16, () => {
        const [cx, cy] = inside(0.8);
        return `<ellipse cx="${n(cx)}" cy="${n(cy)}" rx="${n(unit * 2.1)}" ry="${n(unit * 0.9)}" fill="#5f8f45" transform="rotate(${n(random.between(0, 180))} ${n(cx)} ${n(cy)})"/>`;
      }),
      `<path d="M${n(x - radius * 0.3)} ${n(y - radius * 0.1)} c${n(radius * 0.5)} ${n(-radius * 0.4)} ${n(radius * 0.7)} ${n(radius * 0.4)} ${n(radius * 0.2)} ${n(radius * 0.35)} c${n(-radius * 0.3)} ${n(-radius * 0.05)} ${n(-radius * 0.1)} ${n(-radius * 0.3)} ${n(radius * 0.1)} ${n(-radius * 0.15)}" fill="none" stroke="#fbf3e4" stroke-width="${n(unit * 1.8)}" stroke-linecap="round" opacity="0.9"/>`,
      spoon(x + unit * 34, y + unit * 24),
    ].join('');
  }

  function citrus(): string {
    const rinds: readonly [readonly [Color, Color], ...(readonly [Color, Color])[]] = [
      ['#f08a24', '#f9b64a'],
      ['#e8c21d', '#f7e066'],
      ['#e0542f', '#f58a64'],
      ['#86a83a', '#c6d97a'],
    ];
    const places = random.shuffle([
      [-27, -34],
      [20, -36],
      [-4, -4],
      [-34, 8],
      [31, 3],
      [-12, 35],
      [28, 38],
    ] as const);
    return places
      .map(([dx, dy]) => {
        const [rind, flesh] = random.pick(rinds);
        const [cx, cy, radius] = [x + dx * unit, y + dy * unit, unit * random.between(13, 18)];
        const turn = random.between(0, 40);
        const wedges = times(9, (index) => {
          const from = ((turn + index * 40 + 3) * Math.PI) / 180;
          const to = ((turn + index * 40 + 37) * Math.PI) / 180;
          const at = (angle: number, share: number) =>
            `${n(cx + Math.cos(angle) * radius * share)} ${n(cy + Math.sin(angle) * radius * share)}`;
          return `<path d="M${at((from + to) / 2, 0.12)} L${at(from, 0.8)} A${n(radius * 0.82)} ${n(radius * 0.82)} 0 0 1 ${at(to, 0.8)} Z" fill="${flesh}" stroke="${flesh}" stroke-width="${n(radius * 0.04)}" stroke-linejoin="round"/>`;
        });
        return (
          circle(cx + 7, cy + 12, radius * 1.15, 'url(#shadow)') +
          circle(cx, cy, radius, rind) +
          circle(cx, cy, radius * 0.92, '#fff6e3') +
          wedges +
          circle(cx - radius * 0.25, cy - radius * 0.3, radius * 0.4, '#ffffff', 'opacity="0.13"')
        );
      })
      .join('');
  }

  function cake(): string {
    const radius = unit * 25;
    const cream = lighter(palette.accents[1], 0.72);
    return [
      plate(x, y, unit * 37, palette.accents[3]),
      circle(x + 6, y + 10, radius * 1.13, 'url(#shadow)'),
      circle(x, y, radius, darker(cream, 0.14)),
      circle(x, y, radius * 0.95, cream),
      `<path d="M${n(x)} ${n(y)} L${n(x + radius * 1.03)} ${n(y - radius * 0.32)} A${n(radius)} ${n(radius)} 0 0 1 ${n(x + radius * 0.78)} ${n(y + radius * 0.67)} Z" fill="${lighter(palette.accents[3], 0.22)}"/>`,
      `<path d="M${n(x)} ${n(y)} L${n(x + radius * 0.96)} ${n(y - radius * 0.3)} L${n(x + radius * 0.9)} ${n(y - radius * 0.16)} Z" fill="#b97f45"/>`,
      times(14, (index) => {
        const turn = ((index + 1.6) / 17) * Math.PI * 2 + 0.35;
        const [cx, cy] = [x + Math.cos(turn) * radius * 0.8, y + Math.sin(turn) * radius * 0.8];
        return (
          circle(cx, cy, unit * 3, lighter(cream, 0.6)) +
          circle(cx, cy, unit * 1.9, palette.accents[0]) +
          circle(cx - unit * 0.6, cy - unit * 0.6, unit * 0.5, '#ffffff', 'opacity="0.7"')
        );
      }),
      spoon(x + unit * 33, y + unit * 27),
    ].join('');
  }
};
