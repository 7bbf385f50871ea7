import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Logger } from '../log.ts';
import { type AppliedStep, applied } from '../stores/migrations.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { backupConnection } from './backup-connection.ts';
import { BackupError } from './backup-error.ts';
import { BackupShelf, type KeptBackup } from './backup-shelf.ts';
import { type Birth, birthOf } from './birth.ts';
import { type DumpEnd, newHeader } from './dump-format.ts';
import { fittingSteps } from './fitting-steps.ts';
import { readDump } from './read-dump.ts';
import { takeSnapshot, type Written, writeDump } from './write-dump.ts';

/** @see makeBackup */
export interface MakeBackupProps {
  readonly service: string;
  /** Of the service. */
  readonly version: string;
  /** Of its database, as the owner of it. */
  readonly url: string;
  readonly steps: readonly AppliedStep[];
  readonly store: ObjectStore;
  /** What the keys begin with. */
  readonly folder: string;
  /** How many are kept: the newest. At least 1. Those of a database that was lost are kept besides, until a backup was restored. */
  readonly keep: number;
  readonly log: Logger;
}

/** What a process that was killed had begun to upload goes after this long, in milliseconds: no backup may take a day. */
const sweepAfter = 24 * 60 * 60 * 1_000;

/**
 * Backs a database up as it is at one moment, while it is used; reads the backup back, and deletes the oldest beyond those to be kept. Holds no more than
 * some 20 MiB, and writes no file.
 *
 * @throws BackupError if the database has what a backup cannot hold, or does not fit this version of the service
 */
export async function makeBackup(props: MakeBackupProps): Promise<KeptBackup> {
  const { store, folder, log } = props;
  const shelf = new BackupShelf(store, folder);
  const startedAt = performance.now();
  const { at, written, birth } = await upload(props, shelf);
  const key = shelf.keyAt(at);
  const bytes = await verify(shelf, store, key, written);
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  log.info({ key, bytes, rows: written.rows, seconds }, 'backed up');
  await removeOld(shelf, birth, props);
  await store.sweepUnfinished(sweepAfter);
  return { key, at, bytes };
}

async function upload({ service, version, url, steps, store, log }: MakeBackupProps, shelf: BackupShelf) {
  await using connection = await backupConnection(url, `${service}-backup`, log);
  const { client } = connection;
  const { at, server } = await takeSnapshot(client, service);
  const known = await applied(client);
  if (known.size === 0)
    throw new BackupError(
      `the database has no tables of ${service}: it was never migrated, or is a new one after its volume was lost; allowed: one that the service has started with; fix: start the service, or restore a backup`,
    );
  const fitting = fittingSteps('database', steps, known);
  const birth = await birthOf(client);
  const isBereft = !birth.isRestored && (await shelf.list()).some((each) => each.at < birth.at);
  const migrations = fitting.map(({ name, checksum }) => ({ name, checksum }));
  const header = newHeader({
    ...{ service, version, server, migrations, at: at.toISOString() },
    ...(isBereft && { newSince: birth.at.toISOString() }),
  });
  const written: Written = { rows: 0 };
  const onTable = (table: string) => log.info({ table }, 'backing up');
  const dump = Readable.from(writeDump({ client, header, steps: fitting, onTable }, written));
  const gzip = createGzip();
  dump.on('error', (error) => gzip.destroy(error));
  gzip.on('close', () => dump.destroy());
  await store.put(shelf.keyAt(at), dump.pipe(gzip), { type: 'application/gzip' });
  return { at, written, birth };
}

/** Reads it back, to its last byte: one that cannot be read is no backup, and there is no second chance to find out. */
async function verify(shelf: BackupShelf, store: ObjectStore, key: string, { rows }: Written): Promise<number> {
  let end: DumpEnd;
  try {
    ({ end } = await readDump(await shelf.open(key)));
    if (end.rows !== rows) throw new BackupError(`the backup has ${end.rows} rows; allowed: the ${rows} written`);
  } catch (error) {
    if (error instanceof BackupError) await store.delete(key);
    throw error;
  }
  return (await store.head(key))?.bytes ?? 0;
}

/**
 * Those of before the database was born have what it lacks, until a backup was restored to it: one that is new after a loss must not push them out, however
 * often it is backed up. After a restore they go once there are enough of since then.
 */
async function removeOld(shelf: BackupShelf, birth: Birth, { keep, store, log }: MakeBackupProps): Promise<void> {
  const all = await shelf.list();
  const before = all.filter(({ at }) => at < birth.at);
  const since = all.slice(before.length);
  const old = since.slice(0, -keep);
  if (birth.isRestored && since.length >= keep) old.push(...before);
  else if (before.length > 0 && !birth.isRestored)
    log.warn(
      { newSince: birth.at, kept: before.length },
      'the database is new, as after a loss, so the backups of before are kept until one is restored',
    );
  await store.delete(...old.map(({ key }) => key));
  for (const { key } of old) log.info({ key }, 'old backup deleted');
}
