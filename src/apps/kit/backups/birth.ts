import type { ClientBase } from 'pg';

/** Since when a database knows what it knows. */
export interface Birth {
  /** It was new then, or a backup was restored. Of what came before it knows only what that backup says. */
  readonly at: Date;
  /** Whether a backup was restored, as somebody said which. */
  readonly isRestored: boolean;
}

/** A restore applies the migrations anew, so that the first of them says when it was. */
export async function birthOf(client: ClientBase): Promise<Birth> {
  const { rows } = await client.query<{ at: Date | null; isRestored: boolean }>(
    `select min(applied_at) as at, obj_description('trellis_migrations'::regclass, 'pg_class') is not null as "isRestored" from trellis_migrations`,
  );
  const { at = null, isRestored = false } = rows[0] ?? {};
  return { at: at ?? new Date(), isRestored };
}

/**
 * Says in the database that it begins now, with what a backup has: of what came after that, such as files in a bucket, it knows nothing. It stands in a
 * comment, which no dump has, so that only a restore says so.
 */
export async function noteRestore(client: ClientBase, key: string): Promise<void> {
  await client.query('update trellis_migrations set applied_at = now()');
  await client.query(`comment on table trellis_migrations is ${client.escapeLiteral(`restored from ${key}`)}`);
}
