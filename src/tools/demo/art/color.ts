/** A colour as `#rrggbb`. */
export type Color = `#${string}`;

/** @param share of the second, from 0 to 1 */
export function mix(one: Color, other: Color, share: number): Color {
  const parts = [1, 3, 5].map((at) => {
    const [from, to] = [one, other].map((color) => Number.parseInt(color.slice(at, at + 2), 16)) as [number, number];
    return Math.round(from + (to - from) * Math.min(1, Math.max(0, share)))
      .toString(16)
      .padStart(2, '0');
  });
  return `#${parts.join('')}`;
}

export const lighter = (color: Color, share: number) => mix(color, '#ffffff', share);
export const darker = (color: Color, share: number) => mix(color, '#000000', share);
