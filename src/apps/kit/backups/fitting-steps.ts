import type { AppliedStep } from '../stores/migrations.ts';
import { BackupError } from './backup-error.ts';

/**
 * The migrations of the code that were applied, in their order.
 *
 * @param what whose migrations they are, for errors
 * @param known the checksums of those that were applied, by their names
 * @throws BackupError if the code does not have one of them, or has it with another text
 */
export function fittingSteps(
  what: 'database' | 'backup',
  steps: readonly AppliedStep[],
  known: ReadonlyMap<string, string>,
): AppliedStep[] {
  const names = new Set(steps.map(({ name }) => name));
  const unknown = [...known.keys()].filter((name) => !names.has(name)).toSorted();
  if (unknown.length > 0)
    throw new BackupError(
      `the ${what} has the migrations ${unknown.join(', ')}, which this version of the service does not know; allowed: ${[...names].join(', ')}; fix: take the image of the version that ${what === 'database' ? 'migrated it' : 'made it, or a later one'}`,
    );
  const fitting = steps.filter(({ name }) => known.has(name));
  const changed = fitting.filter(({ name, checksum }) => known.get(name) !== checksum).map(({ name }) => name);
  if (changed.length > 0)
    throw new BackupError(
      `the ${what} has the migrations ${changed.join(', ')} with another text than this version of the service; allowed: the text that was applied; fix: restore it, and write a new migration`,
    );
  const gap = steps.slice(0, fitting.length).find(({ name }) => !known.has(name));
  if (gap)
    throw new BackupError(
      `the ${what} lacks the migration ${gap.name}, and has later ones; allowed: all up to its last; fix: give it a higher number`,
    );
  return fitting;
}
