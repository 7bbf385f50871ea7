import type { Scene } from './canvas.ts';
import { darker, lighter, mix } from './color.ts';
import { circle, ellipse, n, rect, times } from './shapes.ts';

/** A window from inside. Extras: `cat`, `plant`, `rain`. @param outside what is behind the glass */
export const window =
  (outside: Scene): Scene =>
  (canvas) => {
    const { width, height, palette, random, extras } = canvas;
    const frame = lighter(palette.sky[2], 0.4);
    const [left, top, wide, tall] = [width * 0.14, height * 0.1, width * 0.72, height * 0.66];
    const sill = top + tall;
    return [
      rect(0, 0, width, height, mix(palette.accents[3], palette.near, 0.45)),
      `<svg x="${n(left)}" y="${n(top)}" width="${n(wide)}" height="${n(tall)}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="xMidYMid slice">${outside(canvas)}</svg>`,
      extras.has('rain')
        ? times(90, () => {
            const [x, y] = [left + random.next() * wide, top + random.next() * tall];
            return `<path d="M${n(x)} ${n(y)} l-6 ${n(random.between(14, 46))}" stroke="#ffffff" stroke-width="2.2" opacity="0.3" stroke-linecap="round"/>`;
          })
        : '',
      rect(left, top, wide, tall, 'none', `stroke="${frame}" stroke-width="${n(width * 0.03)}"`),
      rect(left + wide / 2 - width * 0.009, top, width * 0.018, tall, frame),
      rect(left, top + tall * 0.36, wide, width * 0.018, frame),
      curtain(0, 1),
      curtain(width, -1),
      rect(left - width * 0.06, sill, wide + width * 0.12, height * 0.035, frame),
      rect(
        left - width * 0.06,
        sill + height * 0.035,
        wide + width * 0.12,
        height * 0.012,
        darker(frame, 0.35),
        'opacity="0.6"',
      ),
      extras.has('plant') ? plant(left + wide * 0.84) : '',
      extras.has('cat') ? cat(left + wide * 0.34, width * 0.0026) : '',
    ].join('');

    function curtain(x: number, side: 1 | -1): string {
      const color = palette.accents[0];
      return times(5, (index) => {
        const at = x + side * width * 0.034 * index;
        return `<path d="M${n(at)} 0 L${n(at + side * width * 0.04)} 0 Q${n(at + side * width * 0.028)} ${n(height * 0.5)} ${n(at + side * width * (0.036 - 0.006 * index))} ${height} L${n(at - side * width * 0.004 * index)} ${height} Z" fill="${mix(color, index % 2 === 0 ? '#000000' : '#ffffff', 0.14)}"/>`;
      });
    }

    /** From behind, as it looks out. @param size the length of a unit of the drawing, which is 100 high */
    function cat(x: number, size: number): string {
      const fur = mix(palette.near, '#000000', 0.25);
      return `<g transform="translate(${n(x)} ${n(sill + 3)}) scale(${size.toFixed(3)})">
        <path d="M38 -6 C70 -2 86 12 80 40 C78 50 68 50 68 42 C70 22 60 10 34 8 Z" fill="${fur}"/>
        <path d="M-40 2 C-46 -44 -30 -66 -22 -76 C-30 -92 -28 -104 -27 -118 L-13 -106 C-6 -109 6 -109 13 -106 L27 -118 C28 -104 30 -92 22 -76 C30 -66 46 -44 40 2 Z" fill="${fur}"/>
        <path d="M-22 -112 L-15 -104 L-21 -97 Z M22 -112 L15 -104 L21 -97 Z" fill="${lighter(fur, 0.2)}"/>
        <path d="M-14 -60 C-6 -54 6 -54 14 -60 M-16 -48 C-6 -42 6 -42 16 -48 M-18 -36 C-6 -30 6 -30 18 -36" fill="none" stroke="${lighter(fur, 0.14)}" stroke-width="3" stroke-linecap="round"/></g>`;
    }

    function plant(x: number): string {
      const [wide, tall] = [width * 0.045, height * 0.07];
      const green = mix('#4f7d4a', palette.near, 0.2);
      const stems = times(9, (index) => {
        const turn = -64 + index * 16 + random.between(-5, 5);
        const long = height * random.between(0.08, 0.14);
        return `<g transform="translate(${n(x)} ${n(sill - tall)}) rotate(${n(turn)})">${ellipse(0, -long * 0.6, long * 0.13, long * 0.5, mix(green, '#ffffff', (index % 3) * 0.1))}</g>`;
      });
      return `${stems}<path d="M${n(x - wide)} ${n(sill - tall)} L${n(x + wide)} ${n(sill - tall)} L${n(x + wide * 0.75)} ${n(sill)} L${n(x - wide * 0.75)} ${n(sill)} Z" fill="${palette.accents[1]}"/>${circle(x, sill - tall * 0.5, wide * 0.22, palette.accents[2], 'opacity="0.6"')}`;
    }
  };
