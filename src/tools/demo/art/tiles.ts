import type { Scene } from './canvas.ts';
import { circle, n, rect, times } from './shapes.ts';

/** A pattern of quarters, halves and dots, as on a wall of tiles. Extras: `large`. */
export const tiles: Scene = ({ width, height, palette, random, extras }) => {
  const columns = extras.has('large') ? 4 : 6;
  const side = width / columns;
  const rows = Math.ceil(height / side);
  const colors = [...palette.accents, palette.near, palette.sky[2], palette.far] as const;
  return times(rows * columns, (index) => {
    const [x, y] = [(index % columns) * side, Math.floor(index / columns) * side];
    const [ground, figure, dot] = random.shuffle(colors) as unknown as readonly [string, string, string];
    const turn = random.integer(0, 3) * 90;
    const shapes = [
      `<path d="M0 0 L${n(side)} 0 A${n(side)} ${n(side)} 0 0 1 0 ${n(side)} Z" fill="${figure}"/>${circle(side * 0.28, side * 0.28, side * 0.14, dot)}`,
      `<path d="M0 ${n(side / 2)} A${n(side / 2)} ${n(side / 2)} 0 0 1 ${n(side)} ${n(side / 2)} Z" fill="${figure}"/><path d="M0 ${n(side)} A${n(side / 2)} ${n(side / 2)} 0 0 1 ${n(side)} ${n(side)} Z" fill="${dot}"/>`,
      `<path d="M0 0 L${n(side)} 0 L0 ${n(side)} Z" fill="${figure}"/>`,
      circle(side / 2, side / 2, side * 0.42, figure) +
        circle(side / 2, side / 2, side * 0.22, ground) +
        circle(side / 2, side / 2, side * 0.09, dot),
      times(4, (stripe) => rect(0, (stripe * side) / 4, side, side / 8, figure)),
      `<path d="M0 0 A${n(side)} ${n(side)} 0 0 0 ${n(side)} ${n(side)} A${n(side)} ${n(side)} 0 0 0 0 0 Z" fill="${figure}"/>`,
    ] as const;
    return `<g transform="translate(${n(x)} ${n(y)})">${rect(0, 0, side + 1, side + 1, ground)}<g transform="rotate(${turn} ${n(side / 2)} ${n(side / 2)})">${random.pick(shapes)}</g></g>`;
  });
};
