import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { System } from '../model/index.ts';
import { root } from './repository.ts';
import { CommandError } from './run-command.ts';
import { runningPostgres } from './running-postgres.ts';
import { secretsFile } from './vault.ts';

/** All that `npm run dev` ever keeps in a folder of data, beside its secrets. */
const known = /^(postgres|postgres\.new-\w+|redis|objects|[^.]+\.sqlite(-\w+)?)$/;

/** What the folder is known to be ours by, also where its first file was not written to its end. */
const marks = [secretsFile, `${secretsFile}.new`];

/** Where the data of a system on this machine are, absolute. @param folder of all of them. @default - `.trellis` of this repository */
export function dataFolder({ name }: System, folder = join(root, '.trellis')): string {
  return resolve(folder, name);
}

/** Lets nothing be kept in, or removed from, a folder of somebody else's. @throws CommandError where it has files, and no secrets that we made */
export async function refuseForeign(folder: string): Promise<void> {
  const names = await namesIn(folder);
  if (names.length === 0 || marks.some((mark) => names.includes(mark))) return;
  throw new CommandError(
    `TRELLIS_DATA: got a folder where ${folder} has ${names[0]} and no ${secretsFile}, so it is not of npm run dev; allowed: a folder that is new or that it made; fix: set TRELLIS_DATA to another folder`,
    1,
  );
}

/** @param what is refused. @throws CommandError while a Postgres has the data of a system open */
export async function refuseInUse(folder: string, what: 'Postgres' | '--reset'): Promise<void> {
  const pid = await runningPostgres(join(folder, 'postgres'));
  if (pid === undefined) return;
  throw new CommandError(
    `${what}: the data in ${folder} are in use by process ${pid}; allowed: data that no other npm run dev uses; fix: end the other one, or that process (kill -INT ${pid}), or run beside it with a TRELLIS_DATA and a PORT of your own`,
    1,
  );
}

/**
 * Removes the data of a system, and nothing that we did not make.
 *
 * @returns the names of what stays
 * @throws CommandError while they are in use
 */
export async function clearData(folder: string): Promise<string[]> {
  await refuseInUse(folder, '--reset');
  const names = await namesIn(folder);
  // What it is known by goes last, so that what breaks off here can be done again.
  for (const name of [...names.filter((each) => known.test(each)), ...marks.toReversed()])
    await rm(join(folder, name), { recursive: true, force: true });
  return namesIn(folder);
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
}
