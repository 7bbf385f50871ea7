import { z } from 'zod';
import { type Database, type Queries, sql } from '../kit/index.ts';
import { publicKey } from './contract.ts';

const storedKey = z.object({
  kid: z.string(),
  publicKey,
  /** Encrypted. */
  privateKey: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  /** When it begins to sign, in milliseconds from now, by the clock of the database: those of the replicas may differ. */
  signsIn: z.number(),
  /** When it ends to sign, in milliseconds from now. */
  endsIn: z.number(),
});

/** A key as the world sees it. */
export type PublicKey = z.output<typeof publicKey>;
/** A key as it is kept. */
export type StoredKey = z.output<typeof storedKey>;

// Not now(), which in a transaction is when that began: it may have waited for the lock.
const allKeys = sql(
  'signingKeys',
  `select kid, public_key as "publicKey", private_key as "privateKey",
    extract(epoch from signs_from - clock_timestamp())::float8 * 1000 as "signsIn",
    extract(epoch from signs_until - clock_timestamp())::float8 * 1000 as "endsIn"
    from signing_keys order by signs_from, kid`,
  storedKey,
);
const lockKeys = sql('lockSigningKeys', `select pg_advisory_xact_lock(hashtextextended('auth signing_keys', 0))`);
const addKey = sql(
  'addSigningKey',
  `insert into signing_keys (kid, public_key, private_key, signs_from, signs_until)
    values ($1, $2, $3, clock_timestamp() + $4::float8 * interval '1 ms', clock_timestamp() + $5::float8 * interval '1 ms')`,
);
const deleteEnded = sql(
  'deleteEndedSigningKeys',
  `delete from signing_keys where signs_until < clock_timestamp() - $1::float8 * interval '1 ms'`,
);

/** The signing keys in the database. */
export class SigningKeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The first to sign first. */
  all(): Promise<StoredKey[]> {
    return this.#database.all(allKeys);
  }

  /**
   * Adds a key if one is missing, however many replicas find that out at once.
   *
   * @param missing which one, looking at what is there now
   * @param keptFor how long a key stays after it ended to sign, in milliseconds
   * @returns all keys
   */
  addMissing(missing: (keys: StoredKey[]) => Promise<StoredKey | undefined>, keptFor: number): Promise<StoredKey[]> {
    return this.#database.transaction(async (tx: Queries) => {
      await tx.run(lockKeys);
      const key = await missing(await tx.all(allKeys));
      if (key) {
        const { kid, publicKey, privateKey, signsIn, endsIn } = key;
        await tx.run(addKey, kid, JSON.stringify(publicKey), privateKey, signsIn, endsIn);
        await tx.run(deleteEnded, keptFor);
      }
      return tx.all(allKeys);
    });
  }
}
