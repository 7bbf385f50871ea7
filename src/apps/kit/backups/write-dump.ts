import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { type AppliedStep, migrationsLock, migrationsTable } from '../stores/migrations.ts';
import { BackupError } from './backup-error.ts';
import { hindrancesOf, refuseUnknownKinds, sequencesOf, type Table, tablesOf } from './catalog.ts';
import { type DumpHeader, type DumpSequences, markLine, markStart } from './dump-format.ts';
import { quotedNames } from './quoted-names.ts';
import { transferSettings } from './transfer-settings.ts';

/** @see writeDump */
export interface WriteDumpProps {
  /** In a transaction that is a snapshot, which stays with the caller. */
  readonly client: ClientBase;
  readonly header: DumpHeader;
  /** The migrations that were applied, in their order. */
  readonly steps: readonly AppliedStep[];
  /** Told before each table. @default - nobody is told */
  readonly onTable?: (table: string) => void;
}

/** What a dump came to. It grows while the dump is written. */
export interface Written {
  rows: number;
}

/** What a snapshot was taken of, and when. */
export interface Snapshot {
  readonly at: Date;
  /** The version of Postgres. */
  readonly server: string;
}

/**
 * Takes a snapshot that nobody's writing changes. To be ended by `rollback`.
 *
 * What rewrites or truncates a table shows it as empty to a snapshot of before. So the locks come first, which takes all that waits for them to its end.
 */
export async function takeSnapshot(client: ClientBase, service: string): Promise<Snapshot> {
  // No migration and no restore until the connection ends, so that the tables are still these once they are locked.
  await client.query('select pg_advisory_lock_shared($1)', [migrationsLock(service)]);
  const tables = await tablesOf(client);
  await client.query('begin isolation level repeatable read read only');
  await client.query(transferSettings);
  // Neither the settings nor this takes the snapshot. Nobody may change one until the end.
  if (tables.length > 0) await client.query(`lock table ${quotedNames(client, tables)} in access share mode`);
  const { rows } = await client.query<Snapshot>(
    "select statement_timestamp() as at, current_setting('server_version') as server",
  );
  const [snapshot] = rows;
  if (!snapshot) throw new Error('the server did not say what time it is');
  return snapshot;
}

/**
 * Writes the script of a whole database, in pieces of some 64 KiB.
 *
 * @param written what to count in
 * @throws BackupError if the database has what a dump does not hold
 */
export async function* writeDump(
  { client, header, steps, onTable }: WriteDumpProps,
  written: Written,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  const piece = (content: string | Buffer) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    hash.update(bytes);
    return bytes;
  };
  await refuseUnknownKinds(client);
  const tables = await tablesOf(client);
  const quoted = (name: string) => client.escapeIdentifier(name);

  yield piece(markLine('header', header));
  yield piece(`-- Into an empty database, by its owner: gunzip --stdout FILE | psql --no-psqlrc DATABASE\n`);
  yield piece(`\\set ON_ERROR_STOP on\nbegin;\n${transferSettings}${migrationsTable};\n`);
  for (const { name, up } of steps) {
    if (up.split('\n').some((line) => line.startsWith(markStart)))
      throw new BackupError(
        `migration ${name} has a line that begins with ${markStart}; allowed: any other comment; fix: none, once it is applied; back this database up by other means`,
      );
    yield piece(`-- migration ${name}\n${up.trim().replace(/;$/, '')}\n;\n`);
  }
  const hindrances = await hindrancesOf(client);
  if (tables.length > 0) yield piece(`set constraints all immediate;\ntruncate ${quotedNames(client, tables)};\n`);
  for (const { remove } of hindrances) yield piece(`${remove};\n`);
  for (const table of tables) {
    onTable?.(table.name);
    yield piece(markLine('table', { table: table.name, columns: [...table.columns] }));
    yield piece(`copy ${target(client, table)} from stdin;\n`);
    const rows = client.query(copyTo(`copy ${target(client, table)} to stdout`));
    for await (const chunk of rows) yield piece(chunk as Buffer);
    written.rows += rows.rowCount;
    yield piece('\\.\n');
  }
  const sequences: DumpSequences = (await sequencesOf(client)).map(({ name, last, called }) => ({
    name,
    last: String(last),
    called,
  }));
  yield piece(markLine('sequences', sequences));
  for (const { name, last, called } of sequences)
    yield piece(`select setval(${client.escapeLiteral(quoted(name))}, ${last}, ${called}) \\g /dev/null\n`);
  yield piece('set constraints all immediate;\n');
  for (const { add } of hindrances) yield piece(`${add};\n`);
  yield piece('commit;\n');
  yield Buffer.from(markLine('end', { rows: written.rows, sha256: hash.digest('hex') }));
}

/** A table and its columns, as `copy` names them. */
export function target(client: ClientBase, { name, columns }: Table): string {
  return `${client.escapeIdentifier(name)} (${quotedNames(
    client,
    columns.map((column) => ({ name: column })),
  )})`;
}
