import { z } from 'zod';
import { brokenConstraint, type Database, sql } from '../kit/index.ts';
import { emailKey } from './migrations.ts';

/** An account as it is kept. */
export interface Account {
  readonly id: string;
  /** In lower case. */
  readonly email: string;
  /** In PHC string form. */
  readonly passwordHash: string;
  /** Rises by 1 with each change of the password. */
  readonly passwordVersion: number;
  /** The session that changed it last; null before the first change. */
  readonly passwordSetBy: string | null;
  readonly createdAt: Date;
}

const account = z.object({
  id: z.string(),
  email: z.string(),
  passwordHash: z.string(),
  passwordVersion: z.int(),
  passwordSetBy: z.string().nullable(),
  createdAt: z.date(),
});
const columns = `id, email, password_hash as "passwordHash", password_version as "passwordVersion",
  password_set_by as "passwordSetBy", created_at as "createdAt"`;

const addAccount = sql(
  'addAccount',
  `insert into accounts (id, email, password_hash) values ($1, $2, $3) returning ${columns}`,
  account,
);
const accountById = sql('accountById', `select ${columns} from accounts where id = $1`, account);
const accountByEmail = sql('accountByEmail', `select ${columns} from accounts where email = $1`, account);
const changePassword = sql(
  'changePassword',
  `update accounts set password_hash = $3, password_version = password_version + 1, password_set_by = $4
    where id = $1 and password_version = $2`,
);
const replaceHash = sql('replaceHash', 'update accounts set password_hash = $3 where id = $1 and password_hash = $2');

const lockDeletions = sql(
  'lockDeletions',
  `select pg_advisory_xact_lock(hashtextextended('auth deleted_accounts', 0))`,
);
const deleteAccount = sql('deleteAccount', 'delete from accounts where id = $1');
const addDeletion = sql('addDeletion', 'insert into deleted_accounts (account_id) values ($1)');
const deletionsAfter = sql(
  'deletionsAfter',
  'select position, account_id as id from deleted_accounts where position > $1 order by position limit $2',
  z.object({ position: z.coerce.number(), id: z.string() }),
);

/** Accounts in the database, and the list of those that were deleted. */
export class AccountStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns undefined if the address has an account already */
  async add(given: Pick<Account, 'id' | 'email' | 'passwordHash'>): Promise<Account | undefined> {
    try {
      return await this.#database.one(addAccount, given.id, given.email, given.passwordHash);
    } catch (error) {
      if (brokenConstraint(error) === emailKey) return undefined;
      throw error;
    }
  }

  /** Takes back an account that nobody was told of. No service keeps anything of it, so none is told of its end. */
  async takeBack(id: string): Promise<void> {
    await this.#database.run(deleteAccount, id);
  }

  byId(id: string): Promise<Account | undefined> {
    return this.#database.one(accountById, id);
  }

  /** @param email in lower case */
  byEmail(email: string): Promise<Account | undefined> {
    return this.#database.one(accountByEmail, email);
  }

  /**
   * Sets another password, which ends the sessions of the one before.
   *
   * @param session the one that goes on
   * @returns false if the account was deleted, or its password changed, since it was read
   */
  async changePassword({ id, passwordVersion }: Account, passwordHash: string, session: string): Promise<boolean> {
    return (await this.#database.run(changePassword, id, passwordVersion, passwordHash, session)) === 1;
  }

  /** Puts a new hash of the same password in the place of the old one, unless the password was changed meanwhile. */
  async replaceHash({ id, passwordHash }: Account, newHash: string): Promise<void> {
    await this.#database.run(replaceHash, id, passwordHash, newHash);
  }

  /** Deletes an account and tells all who follow the list. @returns false if it was not there any more */
  delete(id: string): Promise<boolean> {
    return this.#database.transaction(async (tx) => {
      // Before the position is taken: else a later one could be seen first, and whoever follows the list would never see the earlier one.
      await tx.run(lockDeletions);
      if ((await tx.run(deleteAccount, id)) === 0) return false;
      await tx.run(addDeletion, id);
      return true;
    });
  }

  /** What was deleted after a position, in the order of the deletions. */
  deletedAfter(position: number, limit: number): Promise<{ position: number; id: string }[]> {
    return this.#database.all(deletionsAfter, position, limit);
  }
}
