type Point = readonly [seconds: number, value: number | null];

/**
 * Leaves out of a line what nobody could see: of each pixel it keeps the first, the lowest, the highest and the last point, so that no peak is lost, and where it
 * begins to have no value.
 *
 * @param until the seconds that `pixels` stand for
 */
export function thin(points: readonly Point[], until: number, pixels: number): readonly Point[] {
  if (points.length <= 4 * pixels) return points;
  const kept: Point[] = [];
  for (let from = 0; from < points.length; ) {
    const pixel = pixelOf(points[from]);
    let to = from;
    let [lowest, highest] = [from, from];
    let gap: number | undefined;
    for (; to < points.length && pixelOf(points[to]) === pixel; to++) {
      const value = valueAt(to);
      if (value === null) gap ??= to;
      else {
        if (value < (valueAt(lowest) ?? Infinity)) lowest = to;
        if (value > (valueAt(highest) ?? -Infinity)) highest = to;
      }
    }
    const chosen = new Set([from, lowest, highest, to - 1, ...(gap === undefined ? [] : [gap])]);
    for (const index of [...chosen].sort((one, other) => one - other)) {
      const point = points[index];
      if (point) kept.push(point);
    }
    from = to;
  }
  return kept;

  function pixelOf(point: Point | undefined): number {
    return Math.floor(((point?.[0] ?? 0) / until) * pixels);
  }
  function valueAt(index: number): number | null {
    return points[index]?.[1] ?? null;
  }
}
