import { type Color, darker, lighter, mix } from './color.ts';
import { circle, ellipse } from './shapes.ts';

/** How somebody looks. */
export interface Look {
  readonly ground: Color;
  readonly skin: Color;
  readonly hair: Color;
  readonly clothes: Color;
  readonly cut: 'short' | 'long' | 'bun' | 'curly' | 'bob' | 'bald' | 'scarf' | 'cap';
  readonly glasses?: true;
  readonly beard?: true;
  readonly earrings?: true;
}

/** Somebody from the front, on a square of 100 by 100. */
export function portrait({ ground, skin, hair, clothes, cut, glasses, beard, earrings }: Look): string {
  const shade = darker(skin, 0.14);
  const lip = mix(skin, '#a8323e', 0.45);
  const curls = (y: number, from: number, to: number, radius: number) =>
    Array.from({ length: 9 }, (_, index) => {
      const turn = ((from + ((to - from) * index) / 8) * Math.PI) / 180;
      return circle(50 + Math.cos(turn) * 20, y + Math.sin(turn) * 21, radius, hair);
    }).join('');
  const behind = {
    short: '',
    long: `<path d="M28 44 C26 16 74 16 72 44 L76 84 C66 90 34 90 24 84 Z" fill="${darker(hair, 0.15)}"/>`,
    bun: `${circle(50, 15, 9.5, hair)}<path d="M29 45 C27 18 73 18 71 45 L69 56 L31 56 Z" fill="${darker(hair, 0.15)}"/>`,
    curly: curls(44, 100, 440, 10.5),
    bob: `<path d="M27 44 C26 15 74 15 73 44 L75 63 C68 67 32 67 25 63 Z" fill="${darker(hair, 0.15)}"/>`,
    bald: '',
    scarf: `<path d="M26 46 C24 12 76 12 74 46 C76 66 70 78 64 84 L36 84 C30 78 24 66 26 46 Z" fill="${hair}"/>`,
    cap: `<path d="M29 44 L29 58 L71 58 L71 44 Z" fill="${darker(hair, 0.2)}"/>`,
  }[cut];
  const front = {
    short: `<path d="M31 43 C28 20 44 17 52 18 C66 18 71 28 69 43 C67 36 64 32 60 31 C50 34 40 32 36 32 C33 35 32 38 31 43 Z" fill="${hair}"/>`,
    long: `<path d="M30 48 C27 20 50 17 50 22 C60 16 74 24 70 48 C68 38 62 31 52 28 C42 32 33 38 30 48 Z" fill="${hair}"/>`,
    bun: `<path d="M30 46 C28 20 72 20 70 46 C66 34 58 29 50 29 C42 29 34 34 30 46 Z" fill="${hair}"/>`,
    curly: curls(42, 195, 345, 8.2),
    bob: `<path d="M28 52 C24 18 76 18 72 52 L69 52 C70 42 68 36 66 33 C54 36 42 36 34 33 C32 36 30 42 31 52 Z" fill="${hair}"/>`,
    bald: `<path d="M30.5 46 C30 42 31 40 32 38 L33 47 Z M69.5 46 C70 42 69 40 68 38 L67 47 Z" fill="${hair}"/>`,
    scarf: `<path d="M28 50 C26 20 74 20 72 50 C72 40 66 30 50 30 C34 30 28 40 28 50 Z" fill="${lighter(hair, 0.1)}"/><path d="M34 66 C40 78 60 78 66 66 C68 80 62 88 50 88 C38 88 32 80 34 66 Z" fill="${lighter(hair, 0.06)}"/>`,
    cap: `<path d="M29 38 C28 14 72 14 71 38 Z" fill="${clothes}"/><path d="M28 36 L72 36 C80 37 84 40 84 42 C70 40 50 40 28 41 Z" fill="${darker(clothes, 0.25)}"/>`,
  }[cut];
  const face = [
    `<path d="M43 58 L57 58 L58 76 C54 81 46 81 42 76 Z" fill="${shade}"/>`,
    cut === 'scarf' ? '' : ellipse(31, 48, 3.2, 4.6, shade) + ellipse(69, 48, 3.2, 4.6, shade),
    `<path d="M31 44 C31 24 69 24 69 44 C69 62 60 70 50 70 C40 70 31 62 31 44 Z" fill="${skin}"/>`,
    beard
      ? `<path d="M31 47 C33 54 38 56 42 55 C47 53 53 53 58 55 C62 56 67 54 69 47 C70 66 60 74 50 74 C40 74 30 66 31 47 Z" fill="${hair}"/>`
      : '',
    `<path d="M37 40.5 Q41 38 45 40.2 M55 40.2 Q59 38 63 40.5" fill="none" stroke="${darker(cut === 'scarf' || cut === 'bald' ? '#4a3526' : hair, 0.2)}" stroke-width="1.5" stroke-linecap="round"/>`,
    circle(41.5, 46, 2, '#2b211d') +
      circle(58.5, 46, 2, '#2b211d') +
      circle(42.1, 45.4, 0.6, '#ffffff') +
      circle(59.1, 45.4, 0.6, '#ffffff'),
    ellipse(37, 53, 3.4, 2.2, mix(skin, '#e0685e', 0.35), 'opacity="0.6"') +
      ellipse(63, 53, 3.4, 2.2, mix(skin, '#e0685e', 0.35), 'opacity="0.6"'),
    `<path d="M50 46.5 Q52.5 52 49 53" fill="none" stroke="${darker(skin, 0.25)}" stroke-width="1.2" stroke-linecap="round"/>`,
    `<path d="M43.5 58.5 Q50 64 56.5 58.5 Q50 60.5 43.5 58.5 Z" fill="${lip}" stroke="${lip}" stroke-width="0.8" stroke-linejoin="round"/>`,
    glasses
      ? `<g fill="none" stroke="#2d2a32" stroke-width="1.4"><circle cx="41.5" cy="46.3" r="6.2"/><circle cx="58.5" cy="46.3" r="6.2"/><path d="M47.7 45.6 Q50 44.4 52.3 45.6 M35.4 45 L31 44 M64.6 45 L69 44"/></g>`
      : '',
    earrings ? circle(30.6, 55, 1.7, '#f2c14e') + circle(69.4, 55, 1.7, '#f2c14e') : '',
  ].join('');
  return [
    `<rect width="100" height="100" fill="${ground}"/>`,
    circle(74, 20, 34, lighter(ground, 0.22), 'opacity="0.6"'),
    behind,
    `<path d="M10 104 C12 82 30 76 42 74 C46 80 54 80 58 74 C70 76 88 82 90 104 Z" fill="${clothes}"/>`,
    `<path d="M40 74.5 C45 83 55 83 60 74.5" fill="none" stroke="${darker(clothes, 0.2)}" stroke-width="2.2"/>`,
    face,
    front,
  ].join('');
}
