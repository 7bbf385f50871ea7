import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { mainEnvironment } from '../charts/environment-folder.ts';
import { severities } from '../model/index.ts';
import { type BackedUp, checkDatabase, findBackedUp, type LogLine, runJob, shownLine } from './backup-jobs.ts';
import { CommandError, runCommand } from './run-command.ts';

interface Options {
  readonly environment: string;
  readonly at?: string;
  readonly list?: true;
  readonly yes?: true;
}

const listed = z.object({
  key: z.string(),
  at: z.string(),
  bytes: z.number(),
  /** Since when its database was without what the backups of before then have: it was new, as after a loss. */
  newSince: z.string().optional(),
});
type Listed = z.output<typeof listed>;

/** How long a restore may take, in seconds. It is not tried again: whoever asked for it sees why it failed. */
const limits = { backoffLimit: 0, activeDeadlineSeconds: 12 * 60 * 60 };

await runCommand(
  new Command('npm run restore --')
    .description(
      'Puts a backup in place of all that a database has, in the cluster of the current kubectl context. The service runs on: its requests wait, or are answered with 503, until all is there. On this machine there is nothing to restore: npm run dev makes no backups.',
    )
    .argument('<system>', 'the system')
    .argument('<database>', 'the database, called like its service')
    .option(
      '--at <time>',
      'the newest backup of that time or before, such as 2026-11-21T20:00:00Z, or of that day (UTC) or before, such as 2026-11-21; else the newest',
    )
    .option('--environment <environment>', 'the environment that the cluster is', mainEnvironment)
    .option('--list', 'list the backups there are, and change nothing')
    .option('--yes', 'ask nothing')
    .action(restore),
);

async function restore(name: string, database: string, { environment, at, list, yes }: Options): Promise<void> {
  const before = at === undefined ? undefined : timeOf(at);
  if (!list && !yes && !process.stdin.isTTY)
    throw new CommandError(
      'confirmation: got no terminal to ask at; allowed: a terminal, or --yes; fix: add --yes if all that the database has may be replaced',
      2,
    );
  const backedUp = await findBackedUp(name, environment, `npm run restore -- ${name} ${database}`);
  checkDatabase(database, backedUp);
  const backups = await backupsOf(backedUp, database);
  if (list) {
    for (const each of backups) console.log(rowOf(each, lastBeforeLoss(each, backups)));
    console.log(`${backups.length} ${backups.length === 1 ? 'backup' : 'backups'} of ${name}/${database}`);
    return;
  }
  const chosen = backups.findLast((each) => before === undefined || new Date(each.at) <= before);
  if (!chosen) throw noBackup(name, database, backups, at);
  const full = lastBeforeLoss(chosen, backups);
  // Whoever names its very time has seen it in the list.
  if (full && before?.getTime() !== new Date(chosen.at).getTime()) throw ofNewDatabase(chosen, full);
  console.log(`replaces all that the database ${name}/${database} has now`);
  console.log(`    with ${chosen.key}, which is of ${chosen.at} and has ${sizeOf(chosen.bytes)}`);
  if (full) console.log(`    without what is in the backup of ${full.at}: ${newDatabase(chosen)}`);
  console.log(`to keep what it has now: npm run backup -- ${name} ${database}`);
  if (!yes && !(await isConfirmed(database))) throw new CommandError('nothing was changed', 1);
  const onLine = (line: LogLine) => console.log(`${database}: ${shownLine(line)}`);
  await runJob({ backedUp, database, what: 'restore', args: ['restore', chosen.key], isRun: false, limits, onLine });
}

/** The oldest first. */
async function backupsOf(backedUp: BackedUp, database: string): Promise<Listed[]> {
  const lines: LogLine[] = [];
  const onLine = (line: LogLine) => {
    lines.push(line);
    if (line['severity_text'] !== severities.info.severity_text) console.log(`${database}: ${shownLine(line)}`);
  };
  await runJob({ backedUp, database, what: 'backups', args: ['backups'], isRun: false, limits, onLine });
  return lines.filter(({ body }) => body === 'a backup').map((line) => listed.parse(line));
}

/** The newest backup that has what the database of this one had lost. @returns undefined if it had lost nothing that a backup has */
function lastBeforeLoss({ newSince }: Listed, backups: readonly Listed[]): Listed | undefined {
  return newSince === undefined ? undefined : backups.findLast(({ at }) => new Date(at) < new Date(newSince));
}

function rowOf(backup: Listed, full: Listed | undefined): string {
  return `${backup.at}  ${sizeOf(backup.bytes)}  ${backup.key}${full ? `  ${newDatabase(backup)}` : ''}`;
}

function newDatabase({ newSince }: Listed): string {
  return `its database was new at ${newSince}, as after a loss`;
}

function ofNewDatabase(chosen: Listed, full: Listed): CommandError {
  return new CommandError(
    `--at: got a choice of the backup of ${chosen.at}, but ${newDatabase(chosen)}; allowed: the very time of a backup; fix: --at ${full.at} for what was there before, or --at ${chosen.at} for this one`,
    2,
  );
}

/** A day is its end. */
function timeOf(text: string): Date {
  const isWhole = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const time = new Date(/^[\d-]+$/.test(text) ? `${text}T23:59:59.999Z` : text);
  if (isWhole && !Number.isNaN(time.getTime())) return time;
  throw new CommandError(
    `--at: got ${text}; allowed: a day (UTC), or a time with its zone, such as 2026-11-21 or 2026-11-21T20:00:00Z; fix: write one of these`,
    2,
  );
}

function noBackup(system: string, database: string, backups: readonly Listed[], at: string | undefined): CommandError {
  if (backups.length === 0)
    return new CommandError(
      `backups: got none of ${system}/${database}; allowed: at least one; fix: npm run backup -- ${system} ${database} makes one of what it has now`,
      1,
    );
  return new CommandError(
    `--at: got ${at}, before the oldest backup; allowed: ${backups[0]?.at} or later; fix: see them by --list`,
    2,
  );
}

async function isConfirmed(database: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(`write ${database} to go on: `)).trim() === database;
  } finally {
    terminal.close();
  }
}

function sizeOf(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1_024)} KiB` : `${Math.ceil(bytes / 1_048_576)} MiB`;
}
