/** Where something stands on a dashboard of 24 columns, in Grafana's units. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** @see layOut */
export interface Block {
  readonly w: number;
  readonly h: number;
}

export const columns = 24;

/** Puts blocks beside one another, and below where there is no more room. What is left of a line is shared out among those that are in it. @param top the first line */
export function layOut(blocks: readonly Block[], top = 0): Place[] {
  let y = top;
  return linesOf(blocks).flatMap((line) => {
    const wider = widened(line);
    const height = Math.max(...line.map(({ h }) => h));
    let x = 0;
    const places = wider.map((w) => {
      const place = { x, y, w, h: height };
      x += w;
      return place;
    });
    y += height;
    return places;
  });
}

function linesOf(blocks: readonly Block[]): Block[][] {
  const lines: Block[][] = [];
  let taken = columns;
  for (const block of blocks) {
    if (taken + block.w > columns) {
      lines.push([]);
      taken = 0;
    }
    lines.at(-1)?.push(block);
    taken += block.w;
  }
  return lines;
}

/** The widths of a line that fills all columns: each as much wider as it was wide. */
function widened(line: readonly Block[]): number[] {
  const total = line.reduce((sum, { w }) => sum + w, 0);
  let before = 0;
  return line.map(({ w }) => {
    const from = Math.round((before * columns) / total);
    before += w;
    return Math.round((before * columns) / total) - from;
  });
}
