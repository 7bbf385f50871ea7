import { z } from 'zod';
import { beforeAllUuids, type Database, type Queries, sql, walkIds } from '../kit/index.ts';

/** The widths of the thumbnails, in pixels. */
export const thumbnailWidths = [320, 1080] as const;
export type ThumbnailWidth = (typeof thumbnailWidths)[number];

/** Where the object store has the file as it was uploaded. */
export function originalKey(id: string): string {
  return `files/${id}`;
}

export function thumbnailKey(id: string, width: ThumbnailWidth): string {
  return `thumbnails/${id}-${width}`;
}

/** Every object that a file may have. */
export function keysOf(id: string): string[] {
  return [originalKey(id), ...thumbnailWidths.map((width) => thumbnailKey(id, width))];
}

/** What only a picture has. */
export interface PictureFacts {
  /** In pixels, as it is shown: turned as its camera says. */
  readonly width: number;
  readonly height: number;
  readonly thumbnailBytes: Readonly<Record<ThumbnailWidth, number>>;
}

/** What an upload turned out to be. */
export interface Facts {
  readonly bytes: number;
  /** Of the content, in hexadecimal. */
  readonly sha256: string;
  readonly picture?: PictureFacts;
}

const item = z.object({
  id: z.string(),
  owner: z.string(),
  type: z.string(),
  bytes: z.coerce.number(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  createdAt: z.date().transform((time) => time.toISOString()),
});
const itemColumns = 'id, owner, type, bytes, width, height, created_at as "createdAt"';

export type Item = z.output<typeof item>;

/** What it takes to send a file or a thumbnail of it. */
const served = z.object({
  type: z.string(),
  bytes: z.coerce.number(),
  sha256: z.string(),
  createdAt: z.date(),
  thumbnailBytes: z.object({ 320: z.int().nullable(), 1080: z.int().nullable() }),
});

export type Served = z.output<typeof served>;

/** An object that a file may have. */
export interface KeptObject {
  readonly key: string;
  /** The id of the file. */
  readonly file: string;
  /** When its upload ended. */
  readonly modified: Date;
}

const identified = z.object({ id: z.string() });

const begin = sql(
  'beginUpload',
  `insert into files (id, owner, state, type)
   select $1, $2, 'uploading', $3 where not exists (select 1 from deleted_accounts where id = $2)`,
);
/** Whoever ends an upload and whoever deletes its account take turns: what the first makes ready the second must see. */
const shareAccount = sql('shareAccount', 'select pg_advisory_xact_lock_shared(hashtextextended($1, 0))');
const lockAccount = sql('lockAccount', 'select pg_advisory_xact_lock(hashtextextended($1, 0))');
const finish = sql(
  'finishUpload',
  `update files set state = 'ready', bytes = $2, sha256 = $3, width = $4, height = $5,
     thumbnail_320_bytes = $6, thumbnail_1080_bytes = $7
   where id = $1 and state = 'uploading' and not exists (select 1 from deleted_accounts where id = files.owner)
   returning ${itemColumns}`,
  item,
);
const forget = sql('forgetFiles', 'delete from files where id = any($1)');
const serve = sql(
  'servedFile',
  `select type, bytes, sha256, created_at as "createdAt",
     json_build_object('320', thumbnail_320_bytes, '1080', thumbnail_1080_bytes) as "thumbnailBytes"
   from files where id = $1 and state = 'ready'`,
  served,
);
const find = sql('findFiles', `select ${itemColumns} from files where id = any($1) and state = 'ready'`, item);
const remove = sql('removeFile', "update files set state = 'deleted' where id = $1 and owner = $2 and state = 'ready'");
const deleteAccount = sql('deleteAccount', 'insert into deleted_accounts (id) values ($1) on conflict do nothing');
const isDeletedAccount = sql('isDeletedAccount', 'select 1 from deleted_accounts where id = $1');
/** So few that a statement has done it long before its time is up. */
const removeSomeOf = sql(
  'removeFilesOfAccount',
  `update files set state = 'deleted'
   where id = any (array(select id from files where owner = $1 and state <> 'deleted' limit 5000))`,
);
const leftAccounts = sql(
  'leftAccounts',
  'select id from deleted_accounts where removed_at is null and id > $1 order by id limit 100',
  identified,
);
const markRemoved = sql(
  'markRemoved',
  `update deleted_accounts set removed_at = now()
   where id = $1 and removed_at is null and not exists (select from files where owner = $1)`,
);
/** From then on no upload of these can become a file. Those that another replica is at are left to it. */
const claimUnneeded = sql(
  'claimUnneeded',
  `update files set state = 'deleted', sweep_at = now() + $2 * interval '1 millisecond'
   where id = any (array(
     select id from files
     where sweep_at <= now()
       and (state = 'deleted' or (state = 'uploading' and created_at < now() - $1 * interval '1 millisecond'))
     order by sweep_at limit $3 for update skip locked
   ))
   returning id`,
  identified,
);
/**
 * A restore applies the migrations anew. Both of one moment: else one that commits in between would bring a younger database, and objects that are older
 * than that but not than the one before would go.
 */
const strays = sql(
  'strayObjects',
  `select key from unnest($1::text[], $2::uuid[], $3::timestamptz[]) as object (key, file, modified)
   where modified > (select min(applied_at) from trellis_migrations) and not exists (select from files where id = file)`,
  z.object({ key: z.string() }),
);

/** What is known of the files; their bytes are in the object store. */
export class FileTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Notes that an upload begins, before its first byte is kept. @returns false if its account was deleted */
  async begin(id: string, owner: string, type: string): Promise<boolean> {
    return (await this.#database.run(begin, id, owner, type)) > 0;
  }

  /** Makes an upload a file that everybody can get. @returns undefined if its account was deleted, or a sweeper gave it up */
  async finish(id: string, owner: string, { bytes, sha256, picture }: Facts): Promise<Item | undefined> {
    const { width, height, thumbnailBytes } = picture ?? {};
    return this.#database.transaction(async (tx) => {
      await tx.run(shareAccount, owner);
      return tx.one(finish, id, bytes, sha256, width, height, thumbnailBytes?.[320], thumbnailBytes?.[1080]);
    });
  }

  /** Forgets files of which no object is left. @returns how many of them were still known */
  forget(...ids: string[]): Promise<number> {
    return this.#database.run(forget, ids);
  }

  served(id: string): Promise<Served | undefined> {
    return this.#database.one(serve, id);
  }

  find(ids: readonly string[]): Promise<Item[]> {
    return this.#database.all(find, ids);
  }

  /** @returns false if the account has no such file */
  async remove(id: string, owner: string): Promise<boolean> {
    return (await this.#database.run(remove, id, owner)) > 0;
  }

  async isDeletedAccount(account: string): Promise<boolean> {
    return (await this.#database.run(isDeletedAccount, account)) > 0;
  }

  /** From the commit on nothing can be kept for the account. */
  async deleteAccount(tx: Queries, account: string): Promise<void> {
    await tx.run(lockAccount, account);
    await tx.run(deleteAccount, account);
    // The rest of a very large one goes by and by.
    await tx.run(removeSomeOf, account);
  }

  /** Deleted accounts of which there may be files. */
  leftAccounts(): AsyncGenerator<string> {
    return walkIds(this.#database, leftAccounts, beforeAllUuids);
  }

  /** Deletes some of the files of a deleted account. @returns how many */
  removeSomeOf(account: string): Promise<number> {
    return this.#database.run(removeSomeOf, account);
  }

  /** Notes that a deleted account has no files any more. @returns false if it has, or that was noted before */
  async markRemoved(account: string): Promise<boolean> {
    return (await this.#database.run(markRemoved, account)) > 0;
  }

  /**
   * Takes over some of the files that were deleted and of the uploads that never ended, those first whose turn came first.
   *
   * @param halfUploadTtl after how many milliseconds an upload has not ended
   * @param patience for how many milliseconds nobody else takes them over
   */
  async claimUnneeded(halfUploadTtl: number, patience: number, most: number): Promise<string[]> {
    return (await this.#database.all(claimUnneeded, halfUploadTtl, patience, most)).map(({ id }) => id);
  }

  /**
   * The keys of those of the objects that belong to no file, whatever its state, and came after the database was told of each upload: since it is new, or a
   * backup was restored. Of what is older it cannot be told: its row may be in a backup that nobody has restored yet.
   */
  async strays(objects: readonly KeptObject[]): Promise<string[]> {
    const [keys, files, times] = [
      objects.map(({ key }) => key),
      objects.map(({ file }) => file),
      objects.map(({ modified }) => modified),
    ];
    return (await this.#database.all(strays, keys, files, times)).map(({ key }) => key);
  }
}
