import { DatabaseError } from 'pg';
import { Registry } from 'prom-client';
import { backupVariables, kitVariables } from '../../../model/index.ts';
import type { App } from '../app.ts';
import { type Environment, readVariables } from '../config.ts';
import { cursorMigration } from '../follow.ts';
import { createLog, type Logger } from '../log.ts';
import { HttpError } from '../problem.ts';
import { reasonOf } from '../stores/connections.ts';
import { stepsOf } from '../stores/migrations.ts';
import { openObjectStore } from '../stores/open-object-store.ts';
import { QueryError } from '../stores/query-error.ts';
import { BackupError } from './backup-error.ts';
import { BackupShelf } from './backup-shelf.ts';
import { makeBackup } from './make-backup.ts';
import { onceReached } from './once-reached.ts';
import { readHeader } from './read-dump.ts';
import { restoreBackup } from './restore-backup.ts';

/** How long the store of the backups may take to answer, in milliseconds. */
const checkTimeout = 10_000;

const usage = 'backup | backups | restore KEY';

/**
 * Does what the arguments of a service's process ask for in place of serving: `backup` makes a backup of its database, `backups` writes a line for each one
 * there is, `restore KEY` puts one in the place of all that the database has. All that it reads of the environment is where the database and the backups are.
 *
 * @throws ConfigError with every variable that is missing or wrong
 * @throws BackupError if a person has to mend something first
 */
export async function runBackupCommand(
  { service, migrations }: App,
  [command = '', ...args]: readonly string[],
  env: Environment,
): Promise<void> {
  const { name, uses } = service;
  const isRestore = command === 'restore' && args.length === 1;
  if (!isRestore && !(['backup', 'backups'].includes(command) && args.length === 0))
    throw new BackupError(
      `the arguments are ${[command, ...args].join(' ')}; allowed: none, to serve, or ${usage}; fix: give one of these`,
    );
  if (!uses.database) throw new BackupError(`${name} has no database; allowed: a service with one; fix: name another`);
  const { LOG_LEVEL, SERVICE_VERSION } = kitVariables;
  const settings = readVariables(name, { LOG_LEVEL, SERVICE_VERSION, ...backupVariables(name) }, env);
  const { SERVICE_VERSION: version, LOG_LEVEL: level } = settings.config;
  const log = createLog({ service: name, version, level, secrets: settings.secrets });
  const steps = stepsOf({ service: name, migrations: [cursorMigration, ...migrations] });
  const [accessKeyId, secretAccessKey] = ['BACKUPS_ACCESS_KEY_ID', 'BACKUPS_SECRET_ACCESS_KEY'].map(settings.valueOf);
  const store = await openObjectStore({
    service: name,
    url: settings.urlOf('BACKUPS_URL'),
    registry: new Registry(),
    log,
    ...(accessKeyId !== undefined && { accessKeyId }),
    ...(secretAccessKey !== undefined && { secretAccessKey }),
  });
  try {
    await onceReached({
      what: 'the store of the backups',
      log,
      reach: () => store.check(AbortSignal.timeout(checkTimeout)),
      isAway: (error) => error instanceof HttpError,
    });
    const url = settings.urlOf('DATABASE_URL');
    const folder = settings.urlOf('BACKUPS_FOLDER');
    const props = { service: name, version, url, steps, store, folder, log };
    if (command === 'backup') await makeBackup({ ...props, keep: Number(settings.valueOf('BACKUPS_KEEP')) });
    else if (isRestore) await restoreBackup({ ...props, key: args[0] ?? '' });
    else await tellBackups(new BackupShelf(store, folder), log);
  } catch (error) {
    throw told(error);
  } finally {
    await store.close();
  }
}

/** What a store refused in one line. The driver's own error shows values, such as those of the row that a constraint refused. */
function told(error: unknown): unknown {
  if (error instanceof DatabaseError)
    return new BackupError(`the database failed: ${new QueryError('of the backup', error).message}`);
  if (error instanceof HttpError) return new BackupError(error.message);
  if (error instanceof Error && 'syscall' in error) return new BackupError(`the database is away: ${reasonOf(error)}`);
  return error;
}

/** For `npm run restore`, which reads the log. */
async function tellBackups(shelf: BackupShelf, log: Logger): Promise<void> {
  for (const { key, at, bytes } of await shelf.list()) {
    const header = await shelf
      .open(key)
      .then(readHeader)
      .catch((error: unknown) => {
        if (!(error instanceof BackupError)) throw error;
        log.warn({ key, reason: error.message }, 'a backup that cannot be read');
      });
    log.info({ key, at, bytes, newSince: header?.newSince }, 'a backup');
  }
  log.info('that was all');
}
