import { Registry } from 'prom-client';
import { makeBackup } from '../backups/make-backup.ts';
import { type RestoreBackupProps, restoreBackup } from '../backups/restore-backup.ts';
import { cursorMigration } from '../follow.ts';
import { createLog, type Logger } from '../log.ts';
import { type Migration, stepsOf } from '../stores/migrations.ts';
import type { OpenObjectStore } from '../stores/object-store.ts';
import { openObjectStore } from '../stores/open-object-store.ts';
import { LogLines } from './log-lines.ts';
import type { ObjectStorePlace } from './object-store-places.ts';
import { openDatabase } from './opened-database.ts';
import { runSql } from './test-postgres.ts';

/** A store of backups, as the process that makes them has it. Closed at the end of the scope. */
export interface BackupPlace extends AsyncDisposable {
  readonly store: OpenObjectStore;
  readonly lines: LogLines;
  readonly log: Logger;
  /** Backs a database up. @param options what differs from the service `sample`, and from keeping 3 */
  backup(url: string, migrations: readonly Migration[], options?: Partial<Options>): ReturnType<typeof makeBackup>;
  restore(url: string, migrations: readonly Migration[], key: string, options?: Partial<Options>): Promise<void>;
}

interface Options {
  readonly service: string;
  readonly keep: number;
  readonly patience: NonNullable<RestoreBackupProps['patience']>;
}

export async function openBackupPlace(place: ObjectStorePlace): Promise<BackupPlace> {
  const lines = new LogLines();
  const log = createLog({ service: 'sample', version: 'dev', level: 'debug', to: lines });
  const { url, accessKeyId, secretAccessKey } = place;
  const store = await openObjectStore({
    ...{ url, service: 'sample', registry: new Registry(), log },
    ...(accessKeyId !== undefined && secretAccessKey !== undefined && { accessKeyId, secretAccessKey }),
  });
  const shared = (database: string, migrations: readonly Migration[], { service = 'sample' }: Partial<Options>) => ({
    ...{ service, url: database, version: '1.2.3', store, folder: `shop/${service}`, log },
    steps: stepsOf({ service, migrations: [cursorMigration, ...migrations] }),
  });
  return {
    store,
    lines,
    log,
    backup: (database, migrations, options = {}) =>
      makeBackup({ ...shared(database, migrations, options), keep: options.keep ?? 3 }),
    restore: (database, migrations, key, options = {}) =>
      restoreBackup({
        ...shared(database, migrations, options),
        ...{ key, ...(options.patience && { patience: options.patience }) },
      }),
    [Symbol.asyncDispose]: () => store.close(),
  };
}

/** Brings a database up to date as the service does when it starts. */
export async function migrated(url: string, migrations: readonly Migration[], service = 'sample'): Promise<void> {
  await using database = openDatabase(url, { service, migrations: [cursorMigration, ...migrations] });
  await database.migrated;
}

/** Every row of every table, as Postgres writes it, in an order of its own. When a migration was applied is left out: a restore applies it anew. */
export async function contentsOf(url: string): Promise<Record<string, string[]>> {
  const tables = await runSql<{ name: string }>(url, [
    "select c.oid::regclass::text as name from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace",
  ]);
  const contents: Record<string, string[]> = {};
  for (const { name } of tables) {
    const rows = await runSql<{ row: string }>(url, [
      name === 'trellis_migrations'
        ? 'select name || checksum as row from trellis_migrations order by 1'
        : `select t::text as row from ${name} t order by 1`,
    ]);
    contents[name] = rows.map(({ row }) => row);
  }
  return contents;
}

/** What its tables are, apart from their rows: columns, defaults, constraints, indexes, triggers, sequences' types and functions. */
export async function structureOf(url: string): Promise<string[]> {
  const rows = await runSql<{ line: string }>(url, [
    `select line from (
      select format('column %s.%s %s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
        (select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = attrelid and adnum = attnum)) as line
      from pg_attribute join pg_class c on c.oid = attrelid where c.relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped
      union all select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint where connamespace = 'public'::regnamespace
      union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
      union all select format('trigger %s %s', tgenabled, pg_get_triggerdef(t.oid)) from pg_trigger t where not tgisinternal
      union all select 'function ' || pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace and prokind = 'f'
      union all select format('type %s %s', typname, typtype) from pg_type where typnamespace = 'public'::regnamespace and typname !~ '^_'
    ) lines order by line`,
  ]);
  return rows.map(({ line }) => line);
}
