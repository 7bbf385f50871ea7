import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { HttpError, type Logger } from '../kit/index.ts';
import type { KeyEncryption } from './key-encryption.ts';
import type { PublicKey, SigningKeyStore, StoredKey } from './signing-key-store.ts';

/** @see SigningKeys */
export interface SigningKeysProps {
  readonly store: SigningKeyStore;
  readonly encryption: KeyEncryption;
  /** How long a key signs before the next one does, in milliseconds. */
  readonly rotation: number;
  /** How long a key is public before it signs, in milliseconds. */
  readonly lead: number;
  /** How long what a key signed is good, in milliseconds. */
  readonly tokenLifetime: number;
  readonly log: Logger;
}

type PrivateKey = Awaited<ReturnType<typeof importJWK>>;

/** A key that signs. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: PrivateKey;
}

interface KnownKey {
  readonly publicKey: PublicKey;
  /** Undefined if it cannot be decrypted. */
  readonly privateKey: PrivateKey | undefined;
  /** By the clock of `performance.now()`, in milliseconds, like `signsUntil`. */
  readonly signsFrom: number;
  readonly signsUntil: number;
}

/** How far the clocks of those who check a token may be behind, in milliseconds. */
const slack = 60_000;
/** How long keys stay in the database after nobody needs them: a replica of another version may think of longer lived tokens. In milliseconds. */
const keptLonger = 24 * 3_600_000;
/** How often requests have the keys read at most, in milliseconds. */
const requestInterval = 1_000;

/**
 * The keys that sign access tokens, in turn: each is public for a while before it signs, as others keep the keys they know for some minutes, and stays
 * public until the last token that it signed has ended. The database's clock says whose turn it is, so all replicas change at the same time, without a
 * word to each other. Where no key may sign (at the very first start, after a long outage, or where somebody deleted it) a new one does at once.
 *
 * A key ends to sign a `lead` after the next one began: a replica that could not read the keys for so long must not sign with what nobody knows any more.
 */
export class SigningKeys {
  readonly #props: SigningKeysProps;
  #known: readonly KnownKey[] = [];
  #reading: Promise<void> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #unreadable = '';

  constructor(props: SigningKeysProps) {
    this.#props = props;
  }

  /** Reads the keys, and adds the next one when it is time. @throws what the database throws */
  read(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#readAt = performance.now();
      this.#reading = undefined;
    });
    return this.#reading;
  }

  /**
   * The keys that tokens of today may be signed with, soon or still. With the database away, those that were known before.
   *
   * @throws what the database throws while none was ever read
   */
  async published(): Promise<PublicKey[]> {
    // Whoever asks may have met a key that another replica has just made and signed with at once.
    await this.#readAgain().catch((error) => {
      if (this.#known.length === 0) throw error;
    });
    const now = performance.now();
    return this.#known
      .filter(({ signsUntil }) => now < signsUntil + this.#props.tokenLifetime + slack)
      .map(({ publicKey }) => publicKey);
  }

  /**
   * The key whose turn it is.
   *
   * @throws HttpError 503 `signing-unavailable` if it cannot be decrypted, which the log says; what the database throws while no key is known
   */
  async current(): Promise<SigningKey> {
    if (!this.#keyInTurn()?.privateKey) await this.#readAgain();
    const key = this.#keyInTurn();
    if (key?.privateKey) return { kid: key.publicKey.kid, privateKey: key.privateKey };
    throw new HttpError(503, 'signing-unavailable', 'Nobody can log in at the moment; try again later', {
      retryAfter: 10,
    });
  }

  /** For the ready check. @throws Error that says why nothing can be signed */
  async check(): Promise<void> {
    await this.current().catch((error: unknown) => {
      throw this.#unreadable ? new Error(this.#unreadable) : error;
    });
  }

  async #readAgain(): Promise<void> {
    const isDue = this.#known.length === 0 || performance.now() - this.#readAt > requestInterval;
    if (this.#reading || isDue) await this.read();
  }

  #keyInTurn(): KnownKey | undefined {
    const now = performance.now();
    return this.#known.findLast(({ signsFrom, signsUntil }) => signsFrom <= now && now < signsUntil);
  }

  async #read(): Promise<void> {
    const { store, tokenLifetime } = this.#props;
    let keys = await store.all();
    if (this.#missingSignsIn(keys) !== undefined) {
      const missing = (there: StoredKey[]) => this.#make(this.#missingSignsIn(there));
      keys = await store.addMissing(missing, tokenLifetime + slack + keptLonger);
    }
    const now = performance.now();
    this.#known = await Promise.all(keys.map((key) => this.#open(key, now)));
    this.#tellUnreadable(keys);
  }

  /** In how many milliseconds a key that is missing has to sign; undefined if none is. */
  #missingSignsIn(keys: readonly StoredKey[]): number | undefined {
    const { rotation, lead } = this.#props;
    const usable = keys.filter(({ endsIn }) => endsIn > 0);
    // With a wrong secret of its own, a replica must not make a key that only it could use.
    if (usable.some((key) => this.#decrypt(key) === undefined)) return undefined;
    const last = usable.at(-1);
    if (!last || !usable.some(({ signsIn }) => signsIn <= 0)) return 0;
    const due = last.signsIn + rotation;
    return due <= lead ? lead : undefined;
  }

  async #make(signsIn: number | undefined): Promise<StoredKey | undefined> {
    if (signsIn === undefined) return undefined;
    const { encryption, rotation, lead, log } = this.#props;
    const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const { x = '' } = await exportJWK(pair.publicKey);
    const kid = await calculateJwkThumbprint({ kty: 'OKP', crv: 'Ed25519', x });
    const privateKey = encryption.encrypt(JSON.stringify(await exportJWK(pair.privateKey)), kid);
    log.info({ kid, signs_in_ms: Math.round(signsIn) }, 'signing key made');
    return {
      kid,
      publicKey: { kid, kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', x },
      privateKey,
      signsIn,
      endsIn: signsIn + rotation + lead,
    };
  }

  async #open(key: StoredKey, now: number): Promise<KnownKey> {
    const known = this.#known.find(({ publicKey }) => publicKey.kid === key.kid)?.privateKey;
    const text = known ? undefined : this.#decrypt(key);
    return {
      publicKey: key.publicKey,
      privateKey: known ?? (text === undefined ? undefined : await importJWK(JSON.parse(text) as JWK, 'EdDSA')),
      signsFrom: now + key.signsIn,
      signsUntil: now + key.endsIn,
    };
  }

  #decrypt({ kid, privateKey }: StoredKey): string | undefined {
    return this.#props.encryption.decrypt(privateKey, kid);
  }

  /** Once for the same keys: they are read again and again. */
  #tellUnreadable(keys: readonly StoredKey[]): void {
    const kids = keys.filter((key) => key.endsIn > 0 && this.#decrypt(key) === undefined).map(({ kid }) => kid);
    const message =
      kids.length === 0
        ? ''
        : `SIGNING_KEY_SECRET does not decrypt the signing keys ${kids.join(', ')}; allowed: the secret that encrypted them; ` +
          'fix: set that one, as PREVIOUS_SIGNING_KEY_SECRET if it was changed, or, if it is lost, delete these rows of signing_keys: ' +
          'a new key is then made, sessions go on, and access tokens have to be refreshed';
    if (message && message !== this.#unreadable) this.#props.log.error(message);
    this.#unreadable = message;
  }
}
