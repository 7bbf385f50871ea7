import type { ClientBase } from 'pg';
import { BackupError } from './backup-error.ts';

/** A table of the database's own schema. */
export interface Table {
  readonly name: string;
  /** Those that a row is copied by: without what the database works out itself. */
  readonly columns: readonly string[];
}

/** What a table must be without while it is filled, and how it gets it back. */
export interface Hindrance {
  readonly remove: string;
  readonly add: string;
}

export interface Sequence {
  readonly name: string;
  readonly last: bigint;
  /** Whether `last` was given. */
  readonly called: boolean;
  readonly increment: bigint;
  readonly min: bigint;
  readonly max: bigint;
  /** Whether it begins anew at its end. */
  readonly cycles: boolean;
}

/** The schema that names without one are looked up in, and what in it no extension brought. */
const own = (alias: string, namespace: string, catalog: string) =>
  `${alias}.${namespace} = (select oid from pg_namespace where nspname = current_schema())
   and not exists (select from pg_depend e where e.classid = '${catalog}'::regclass and e.objid = ${alias}.oid and e.deptype = 'e')`;

const ofNoSystem = "n.nspname <> 'information_schema' and n.nspname !~ '^pg_'";

/**
 * What a dump of rows and migrations does not hold. Better no backup, and an alert, than one that lacks something.
 *
 * @throws BackupError
 */
export async function refuseUnknownKinds(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ what: string }>(`
    select case c.relkind when 'm' then 'the materialized view ' when 'f' then 'the foreign table '
      when 'p' then 'the partitioned table ' else 'the table of another schema ' end || c.oid::regclass as what
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${ofNoSystem} and (c.relkind in ('m', 'f', 'p') or c.relkind = 'r' and n.nspname <> current_schema())
      and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
    union all
    select 'the table ' || i.inhrelid::regclass || ', which inherits from another' from pg_inherits i
      join pg_class c on c.oid = i.inhrelid and c.relkind = 'r' join pg_namespace n on n.oid = c.relnamespace
      where ${ofNoSystem} and not c.relispartition
    union all
    select 'large objects' where exists (select from pg_largeobject_metadata)
    order by what`);
  if (rows.length === 0) return;
  throw new BackupError(
    `the database has ${rows.map(({ what }) => what).join(', ')}; allowed: plain tables in the schema of the service; fix: keep the data in such tables, or back this database up by other means`,
  );
}

export async function tablesOf(client: ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    select c.relname::text as name,
      array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns
    from pg_class c where c.relkind = 'r' and ${own('c', 'relnamespace', 'pg_class')} order by c.relname`);
  return rows;
}

/**
 * Foreign keys, which would ask for an order that a circle of them does not have, and triggers, which would do again what the rows show already. The owner
 * of a table may take both away, whereas to switch foreign keys off takes a superuser.
 */
export async function hindrancesOf(client: ClientBase): Promise<Hindrance[]> {
  const { rows } = await client.query<Hindrance>(`
    select format('alter table %s drop constraint %I', k.conrelid::regclass, k.conname) as remove,
      format('alter table %s add constraint %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid)) as add
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where k.contype = 'f' and k.conparentid = 0 and c.relkind = 'r' and ${own('c', 'relnamespace', 'pg_class')}
    union all
    select format('alter table %s disable trigger %I', t.tgrelid::regclass, t.tgname),
      format('alter table %s enable %s trigger %I', t.tgrelid::regclass,
        case t.tgenabled when 'A' then 'always' when 'R' then 'replica' else '' end, t.tgname)
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and t.tgenabled <> 'D' and c.relkind = 'r' and ${own('c', 'relnamespace', 'pg_class')}
    order by add`);
  return rows;
}

/** Not of the snapshot but of now: a sequence may be ahead of the rows, and never behind. */
export async function sequencesOf(client: ClientBase): Promise<Sequence[]> {
  const { rows } = await client.query<Record<'name' | 'increment' | 'min' | 'max', string> & { cycles: boolean }>(`
    select c.relname::text as name, s.seqincrement::text as increment, s.seqmin::text as min, s.seqmax::text as max, s.seqcycle as cycles
    from pg_sequence s join pg_class c on c.oid = s.seqrelid where ${own('c', 'relnamespace', 'pg_class')} order by c.relname`);
  const sequences: Sequence[] = [];
  for (const { name, increment, min, max, cycles } of rows) {
    const { rows: states } = await client.query<{ last: string; called: boolean }>(
      `select last_value::text as last, is_called as called from ${client.escapeIdentifier(name)}`,
    );
    const [{ last = min, called = false } = {}] = states;
    sequences.push({
      ...{ name, cycles, called, last: BigInt(last) },
      ...{ increment: BigInt(increment), min: BigInt(min), max: BigInt(max) },
    });
  }
  return sequences;
}

/** What drops all that is in the database's own schema, in an order that works. None of it needs a superuser. */
export async function dropStatements(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(`
    select statement from (
      select case c.relkind when 'S' then 2 else 1 end as turn, format('drop %s if exists %s cascade', case c.relkind when 'v' then 'view' when 'm' then 'materialized view'
        when 'f' then 'foreign table' when 'S' then 'sequence' else 'table' end, c.oid::regclass) as statement
      from pg_class c where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and not c.relispartition and ${own('c', 'relnamespace', 'pg_class')}
      union all
      select 3, format('drop routine if exists %s cascade', p.oid::regprocedure) from pg_proc p where ${own('p', 'pronamespace', 'pg_proc')}
      union all
      select 4, format('drop type if exists %s cascade', t.oid::regtype) from pg_type t left join pg_class c on c.oid = t.typrelid
      where (t.typtype in ('e', 'd', 'r') or c.relkind = 'c') and ${own('t', 'typnamespace', 'pg_type')}
    ) statements order by turn, statement`);
  return rows.map(({ statement }) => statement);
}
