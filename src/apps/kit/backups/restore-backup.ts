import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pRetry from 'p-retry';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Logger } from '../log.ts';
import { type AppliedStep, migrationsLock, migrationsTable } from '../stores/migrations.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { backupConnection } from './backup-connection.ts';
import { BackupError } from './backup-error.ts';
import { BackupShelf } from './backup-shelf.ts';
import { noteRestore } from './birth.ts';
import { dropStatements, hindrancesOf, type Sequence, sequencesOf, tablesOf } from './catalog.ts';
import { type DumpEnd, type DumpHeader, type DumpSequences, damaged } from './dump-format.ts';
import { fittingSteps } from './fitting-steps.ts';
import { quotedNames } from './quoted-names.ts';
import { readDump } from './read-dump.ts';
import { transferSettings } from './transfer-settings.ts';
import { target } from './write-dump.ts';

/** @see restoreBackup */
export interface RestoreBackupProps {
  readonly service: string;
  /** Of its database, as the owner of it. */
  readonly url: string;
  readonly steps: readonly AppliedStep[];
  readonly store: ObjectStore;
  /** What the keys of its backups begin with. */
  readonly folder: string;
  /** The object of the backup. */
  readonly key: string;
  /** How long it waits for those who use the tables, in milliseconds, and how often it lets them pass and tries again. @default 20 s, and 5 times */
  readonly patience?: { readonly lock: number; readonly retries: number };
  readonly log: Logger;
}

/**
 * How far a sequence is moved beyond where it was. What was given after the backup is known elsewhere, such as a position in the list of deleted accounts
 * that others have read up to, and must never be given again.
 */
export const sequenceGap = 1_000_000n;

/** Two in each other's way, or a lock that did not come. */
const lockNotAvailable = '55P03';
const passingStates = new Set(['40001', '40P01', lockNotAvailable]);
/** Whatever wants a table meanwhile waits behind the restore, so it gives up and lets them pass before it tries again. */
const usualPatience = { lock: 20_000, retries: 5 };

/**
 * Puts a backup in place of all that the database has, in one transaction: whoever uses it meanwhile waits, and sees either all of the one or all of the
 * other. A backup of an older version is brought up to date. It takes the owner of the database, no superuser, and runs no SQL of the backup: the tables are
 * made by the migrations of the code.
 *
 * @throws BackupError before anything is touched if the backup is damaged, cut off, or of another service or a later version
 */
export async function restoreBackup(props: RestoreBackupProps): Promise<void> {
  const { service, steps, store, folder, key, log } = props;
  const shelf = new BackupShelf(store, folder);
  const startedAt = performance.now();
  const checked = await readDump(await shelf.open(key), { header: async (header) => check(header, service, steps) });
  log.info({ key, at: checked.header.at, rows: checked.end.rows, version: checked.header.version }, 'backup is whole');
  await using connection = await backupConnection(props.url, `${service}-restore`, log);
  const { client } = connection;
  await pRetry(() => replace(client, props, shelf, checked), {
    retries: (props.patience ?? usualPatience).retries,
    minTimeout: 500,
    randomize: true,
    shouldRetry: ({ error }) => passingStates.has(stateOf(error)),
    onFailedAttempt: ({ error }) => log.warn({ reason: error.message }, 'the restore was in the way of others'),
  }).catch(async (error: unknown) => {
    throw stateOf(error) === lockNotAvailable ? await inTheWay(client, service) : error;
  });
  // Until then queries would be planned as if the tables were empty. Without it they are slow, and right.
  await client.query('analyze').catch((error: Error) => log.warn({ reason: error.message }, 'not analyzed'));
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
  log.info({ key, rows: checked.end.rows, seconds }, 'restored');
}

function stateOf(error: unknown): string {
  return String((error as { code?: unknown }).code);
}

/** Who kept the tables, as far as that can be told now. */
async function inTheWay(client: Client, service: string): Promise<BackupError> {
  const { rows } = await client.query<{ name: string; since: Date }>(
    `select application_name as name, min(backend_start) as since from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name = any($1) group by 1 order by 1`,
    [['backup', 'restore', 'migrations'].map((what) => `${service}-${what}`)],
  );
  const found = rows.map(({ name, since }) => `${name}, since ${since.toISOString()}`).join(' and ');
  return new BackupError(
    `the tables are in use for longer than a restore waits: ${found || 'by a long transaction'}; allowed: no backup, restore or migration under way, and no transaction of minutes; fix: wait for its end and restore again, or delete the Job of the backup, ${service}-backup-...: kubectl get jobs shows it, kubectl delete job ends it`,
  );
}

function check({ service: of, migrations }: DumpHeader, service: string, steps: readonly AppliedStep[]): void {
  if (of !== service)
    throw new BackupError(
      `the backup is of ${of}; allowed: one of ${service}; fix: restore it to ${of}, or name another`,
    );
  fittingSteps('backup', steps, new Map(migrations.map(({ name, checksum }) => [name, checksum])));
}

interface Checked {
  readonly header: DumpHeader;
  readonly end: DumpEnd;
}

async function replace(client: Client, props: RestoreBackupProps, shelf: BackupShelf, checked: Checked): Promise<void> {
  await client.query('begin');
  try {
    await client.query(transferSettings);
    await client.query(`set local lock_timeout = ${(props.patience ?? usualPatience).lock}`);
    await fill(client, props, shelf, checked);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

async function fill(
  client: Client,
  { service, steps, key, log }: RestoreBackupProps,
  shelf: BackupShelf,
  { header, end }: Checked,
): Promise<void> {
  // A pod that starts meanwhile must not migrate what is about to go.
  await client.query('select pg_advisory_xact_lock($1)', [migrationsLock(service)]);
  const present = await tablesOf(client);
  // All at once, before anything is done: the transactions under way come to their end.
  if (present.length > 0) await client.query(`lock table ${quotedNames(client, present)} in access exclusive mode`);
  const before = await sequencesOf(client);
  for (const statement of await dropStatements(client)) await client.query(statement);

  const old = new Set(header.migrations.map(({ name }) => name));
  await client.query(migrationsTable);
  for (const { name, up } of steps) if (old.has(name)) await client.query(up);
  await client.query('set constraints all immediate');
  const tables = await tablesOf(client);
  await client.query(`truncate ${quotedNames(client, tables)}`);
  const hindrances = await hindrancesOf(client);
  for (const { remove } of hindrances) await client.query(remove);
  const loaded = await load(client, tables, await shelf.open(key), log);
  if (loaded.sha256 !== end.sha256) throw damaged('it is another one than a moment ago');
  if (loaded.rows !== end.rows) throw damaged(`${loaded.rows} of its ${end.rows} rows were taken`);
  await client.query('set constraints all immediate');
  for (const { add } of hindrances) await client.query(add);

  await noteRestore(client, key);
  for (const { name, up, checksum } of steps) {
    if (old.has(name)) continue;
    await client.query(up);
    await client.query('insert into trellis_migrations (name, checksum) values ($1, $2)', [name, checksum]);
    log.info({ migration: name }, 'migration applied');
  }
  for (const sequence of await sequencesOf(client)) await advance(client, sequence, loaded.sequences, before);
}

async function load(
  client: Client,
  tables: readonly { readonly name: string; readonly columns: readonly string[] }[],
  compressed: Readable,
  log: Logger,
) {
  let taken = 0;
  const sequences: DumpSequences = [];
  const { end } = await readDump(compressed, {
    async table({ table, columns }, rows) {
      const known = tables.find(({ name }) => name === table);
      const strange = columns.filter((column) => !known?.columns.includes(column));
      if (!known || strange.length > 0)
        throw new BackupError(
          `the backup has ${known ? `the columns ${strange.join(', ')} in` : 'rows for'} the table ${table}, which no migration makes; allowed: what the migrations make; fix: load it with psql into a database of its own, and take the data from there`,
        );
      log.info({ table }, 'restoring');
      const into = client.query(copyFrom(`copy ${target(client, { name: table, columns })} from stdin`));
      await pipeline(Readable.from(rows, { objectMode: false }), into);
      taken += into.rowCount;
    },
    async sequences(given) {
      sequences.push(...given);
    },
  });
  return { rows: taken, sha256: end.sha256, sequences };
}

/** Moves a sequence beyond all that was given, by what the backup says and by what the database itself said before. */
async function advance(
  client: Client,
  sequence: Sequence,
  given: DumpSequences,
  before: readonly Sequence[],
): Promise<void> {
  const { name, increment, min, max, cycles } = sequence;
  const dumped = given.find((each) => each.name === name);
  const was = before.find((each) => each.name === name);
  if (cycles && dumped) {
    await client.query('select setval($1, $2, $3)', [client.escapeIdentifier(name), dumped.last, dumped.called]);
    return;
  }
  const rises = increment > 0n;
  const further = (one: bigint, other: bigint) => (one > other === rises ? one : other);
  const last = dumped ? BigInt(dumped.last) : sequence.last;
  const left = rises ? max - last : last - min;
  // A short sequence would be at its end.
  const steps = [dumped ? sequenceGap : 0n, left / (increment < 0n ? -increment : increment) / 10n].reduce((a, b) =>
    a < b ? a : b,
  );
  const beyond = last + steps * increment;
  const reached = was ? further(beyond, was.last) : beyond;
  const called = dumped !== undefined || sequence.called || (was?.called ?? false);
  await client.query('select setval($1, $2, $3)', [client.escapeIdentifier(name), reached, called]);
}
