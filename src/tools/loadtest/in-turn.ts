/**
 * Gives each entry as often as its weight says, spread as evenly as can be, and the same on every run: drawn by chance, small shares would differ from second to second.
 *
 * @param entries at least one, with weights above none
 */
export function inTurn<T extends { readonly weight: number }>(entries: readonly T[]): () => T {
  const sum = entries.reduce((total, { weight }) => total + weight, 0);
  const credits = entries.map((entry) => ({ entry, credit: 0 }));
  return () => {
    for (const each of credits) each.credit += each.entry.weight;
    const next = credits.reduce((best, each) => (each.credit > best.credit ? each : best));
    next.credit -= sum;
    return next.entry;
  };
}
