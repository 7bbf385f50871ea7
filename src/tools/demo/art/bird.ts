import type { Scene } from './canvas.ts';
import { darker, lighter, mix } from './color.ts';
import { circle, downwards, n, outwards, rect, times } from './shapes.ts';

/** A small bird on a twig. Its colours are the accents: back, breast, belly, leaves. Extras: `blossom`, `left`. */
export const bird: Scene = ({ width, height, palette, random, extras }) => {
  const [back, breast, belly, leaf] = palette.accents;
  const unit = Math.min(width, height) / 100;
  const [x, y] = [width / 2, height * 0.5];
  const wing = darker(back, 0.28);
  const body = `
    <path d="M-36 20 L-24 8 L-20 13 L-33 26 Z" fill="${darker(back, 0.35)}"/>
    <path d="M-27 12 C-20 -10 -4 -20 8 -21 C20 -22 24 -12 23 -5 C22 12 8 22 -6 22 C-16 22 -23 18 -27 12 Z" fill="${back}"/>
    <path d="M22 -8 C25 8 12 22 -4 22 C-12 22 -16 19 -14 16 C2 16 8 2 10 -9 C14 -12 20 -12 22 -8 Z" fill="${breast}"/>
    <path d="M4 20 C-4 24 -16 21 -20 17 C-8 17 -2 14 2 10 C6 12 7 16 4 20 Z" fill="${belly}"/>
    <path d="M-26 12 C-20 -4 -8 -10 2 -8 C6 4 -6 14 -26 12 Z" fill="${wing}"/>
    <path d="M-22 10 C-14 2 -8 -2 0 -4 M-18 11 C-10 6 -4 2 1 0 M-14 11 C-8 9 -2 6 1 3" fill="none" stroke="${lighter(wing, 0.25)}" stroke-width="0.9" stroke-linecap="round"/>
    <path d="M23 -14 L33 -11 L23 -8.5 Z" fill="#e6a23c"/><path d="M23 -11.2 L33 -11 L23 -8.5 Z" fill="#c07d22"/>
    <circle cx="15.5" cy="-13.5" r="2.7" fill="#17130f"/><circle cx="16.4" cy="-14.4" r="0.8" fill="#ffffff"/>
    <path d="M-2 22 L-2 28 M4 21 L4 28" stroke="#6b4c2f" stroke-width="1.3" stroke-linecap="round"/>`;
  const leaves = times(15, (index) => {
    const at = -58 + index * 8.4;
    if (at > -10 && at < 12) return '';
    const up = index % 2 === 0;
    const turn = (up ? -50 : 130) + random.between(-18, 18);
    const long = random.between(9, 15);
    const color = mix(leaf, random.chance(0.5) ? palette.near : palette.light, random.between(0, 0.35));
    if (extras.has('blossom') && random.chance(0.55))
      return `<g transform="translate(${n(at)} ${n(28 + Math.sin(at / 20) * 2)})">${times(5, (petal) => `<ellipse cx="0" cy="-3" rx="2.1" ry="3.1" fill="${lighter(breast, 0.45)}" transform="rotate(${petal * 72})"/>`)}<circle r="1.3" fill="#f2c14e"/></g>`;
    return `<g transform="translate(${n(at)} ${n(29 + Math.sin(at / 20) * 2)}) rotate(${n(turn)})"><path d="M0 0 C${n(long * 0.3)} ${n(-long * 0.42)} ${n(long * 0.8)} ${n(-long * 0.3)} ${n(long)} 0 C${n(long * 0.8)} ${n(long * 0.3)} ${n(long * 0.3)} ${n(long * 0.42)} 0 0 Z" fill="${color}"/><path d="M0 0 L${n(long * 0.9)} 0" stroke="${darker(color, 0.25)}" stroke-width="0.5"/></g>`;
  });
  const twig = `<path d="M-80 33 C-50 26 -20 31 0 28.6 C24 26 50 30 84 22" fill="none" stroke="#5c432d" stroke-width="2.6" stroke-linecap="round"/><path d="M-80 32.4 C-50 25.4 -20 30.4 0 28 C24 25.4 50 29.4 84 21.4" fill="none" stroke="#8a6a4a" stroke-width="0.9"/>`;
  const haze = times(16, () =>
    circle(
      random.between(0, width),
      random.between(0, height),
      unit * random.between(6, 20),
      random.pick([palette.light, palette.far, palette.sky[1]]),
      `opacity="${n(random.between(0.15, 0.35))}"`,
    ),
  );
  return [
    `<defs>${downwards('back', [0, palette.sky[1]], [1, palette.sky[2]])}${outwards('spot', [0, palette.light, 0.9], [1, palette.light, 0])}</defs>`,
    rect(0, 0, width, height, 'url(#back)'),
    haze,
    circle(x, y, unit * 52, 'url(#spot)'),
    `<g transform="translate(${n(x)} ${n(y)}) scale(${n(extras.has('left') ? -unit * 10 : unit * 10)} ${n(unit * 10)}) scale(0.1)">${twig}${body}${leaves}</g>`,
  ].join('');
};
