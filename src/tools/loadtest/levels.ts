import type { DeclaredTable } from './declared-table.ts';

/** The most rows of which each is tried; of more only the first, the middle and the last. */
const mostRows = 6;

/**
 * The requests each second at which a table is best tried: in the middle of its rows, and above the last that ends as far as the middle of that row is below.
 *
 * @returns undefined for a table of one row, in which nothing changes
 */
export function levelsOf(table: DeclaredTable): readonly number[] | undefined {
  if (table.length < 2) return undefined;
  const middles = table.map(([upTo], index) => {
    const from = table[index - 1]?.[0] ?? 0;
    return Number.isFinite(upTo) ? (from + upTo) / 2 : from + (from - (table[index - 2]?.[0] ?? 0)) / 2;
  });
  const last = middles.length - 1;
  return middles.length <= mostRows
    ? middles
    : middles.filter((_, index) => [0, Math.round(last / 2), last].includes(index));
}
