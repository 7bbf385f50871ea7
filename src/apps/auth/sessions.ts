import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import pRetry from 'p-retry';
import { z } from 'zod';
import { type Duration, toMilliseconds, toSeconds } from '../../model/index.ts';
import type { KeyValue } from '../kit/index.ts';
import type { Account } from './account-store.ts';
import { RefreshTokens, sessionOfToken } from './refresh-token.ts';

const content = z.object({
  account: z.string(),
  /** SHA-256 of the refresh token of now: the store never sees the token. */
  tokenHash: z.string(),
  /** What its refresh tokens are made with; undefined until the next refresh where it began before there was such a key. */
  tokenKey: z.string().optional(),
  createdAt: z.iso.datetime(),
  refreshedAt: z.iso.datetime(),
  userAgent: z.string(),
  /** The version of the password that it began with. */
  passwordVersion: z.int(),
});

/** Somebody who is logged in somewhere. */
export interface Session extends Readonly<z.output<typeof content>> {
  readonly id: string;
  /** As the store has it, for a change that only happens if nothing else did. */
  readonly stored: string;
}

const idBytes = 16;
const longestUserAgent = 256;
/** How often the store is asked once more what became of a refresh, and how long after the last time, in milliseconds. */
const retries = 3;
const pause = 250;
/** Past it the oldest of an account ends: whoever can log in can do so without end. */
const mostSessions = 100;

/**
 * What a refresh token is to its session: the one that it waits for; the one before that, whose answer may have got lost, and of which a browser with several
 * tabs may make use twice; one from before, or from too long ago, which somebody must have copied; or none that it ever had.
 */
export type Standing = 'current' | 'repeated' | 'reused' | 'unknown';

/** @see Sessions */
export interface SessionsProps {
  readonly keyValue: KeyValue;
  /** How long a session lasts from its last refresh. */
  readonly ttl: Duration;
  /** How long after a refresh the token that it used still gives the same next one. */
  readonly grace: Duration;
}

/** The sessions of all accounts. Each method throws what the key-value store throws. */
export class Sessions {
  readonly #keyValue: KeyValue;
  readonly #ttl: Duration;
  readonly #grace: number;

  constructor({ keyValue, ttl, grace }: SessionsProps) {
    this.#keyValue = keyValue;
    this.#ttl = ttl;
    this.#grace = toMilliseconds(grace);
  }

  /** How long a session lasts from its last refresh, in seconds. */
  get lifetime(): number {
    return Math.floor(toSeconds(this.#ttl));
  }

  newId(): string {
    return randomBytes(idBytes).toString('base64url');
  }

  /** @returns its first refresh token */
  async start(
    id: string,
    { id: account, passwordVersion }: Pick<Account, 'id' | 'passwordVersion'>,
    userAgent = '',
  ): Promise<string> {
    const tokenKey = RefreshTokens.newKey();
    const token = new RefreshTokens(id, tokenKey).first();
    const now = new Date().toISOString();
    const session = {
      account,
      tokenHash: hashOf(token),
      tokenKey,
      createdAt: now,
      refreshedAt: now,
      userAgent: userAgent.slice(0, longestUserAgent),
      passwordVersion,
    };
    // In this order: a member of the set without a session is one that ended, and is taken out of it.
    await this.#keyValue.set(keyOf(id), JSON.stringify(session), { ttl: this.#ttl });
    await this.#keyValue.addTo(setOf(account), id, { ttl: this.#ttl });
    const ids = await this.#keyValue.membersOf(setOf(account));
    if (ids.length > mostSessions) {
      const oldest = (await this.of(account)).slice(mostSessions);
      await this.end(account, ...oldest.map((each) => each.id));
    }
    return token;
  }

  async find(id: string): Promise<Session | undefined> {
    const stored = await this.#keyValue.get(keyOf(id));
    return stored === undefined ? undefined : { ...content.parse(JSON.parse(stored)), id, stored };
  }

  /** The session that a refresh token names; undefined if it ended or never was. */
  async findByToken(token: string): Promise<Session | undefined> {
    const id = sessionOfToken(token);
    return id === undefined ? undefined : this.find(id);
  }

  /** What a token that names a session is to it. */
  standingOf({ id, tokenHash, tokenKey, refreshedAt }: Session, token: string): Standing {
    if (isHashOf(tokenHash, token)) return 'current';
    if (tokenKey === undefined) return 'unknown';
    const tokens = new RefreshTokens(id, tokenKey);
    if (isHashOf(tokenHash, tokens.after(token)))
      return Date.now() - Date.parse(refreshedAt) < this.#grace ? 'repeated' : 'reused';
    return tokens.isGenuine(token) ? 'reused' : 'unknown';
  }

  /**
   * Gives a session its next refresh token: the same to all that ask with the same token, be it at once or within the grace.
   *
   * @param token one that is current or repeated
   * @returns undefined if the session ended since it was found, or went on from a later token
   */
  async next(session: Session, token: string): Promise<string | undefined> {
    const { id, stored, tokenKey = RefreshTokens.newKey(), ...rest } = session;
    const next = new RefreshTokens(id, tokenKey).after(token);
    if (isHashOf(rest.tokenHash, next)) return next;
    const changed = { ...rest, tokenKey, tokenHash: hashOf(next), refreshedAt: new Date().toISOString() };
    // Before the token changes: if this fails, the old token still counts.
    await this.#keyValue.addTo(setOf(rest.account), id, { ttl: this.#ttl });
    const written = JSON.stringify(changed);
    const won = await this.#keyValue
      .replace(keyOf(id), stored, written, { ttl: this.#ttl })
      .catch((error) => this.#wasReplaced(id, stored, written, error));
    if (won) return next;
    // Of several at once one wins, and the others find what it wrote.
    const found = await this.find(id);
    return found && this.standingOf(found, token) === 'repeated' ? this.next(found, token) : undefined;
  }

  /**
   * Whether a replacement happened whose answer was lost: the caller has only the old token, and would be taken for a thief with it.
   *
   * @throws what the replacement threw, where it did not happen or the store stays away
   */
  async #wasReplaced(id: string, stored: string, written: string, error: unknown): Promise<boolean> {
    const read = () => this.#keyValue.get(keyOf(id));
    const found = await pRetry(read, { retries, minTimeout: pause, factor: 1 }).catch(() => {
      throw error;
    });
    if (found === stored) throw error;
    return found === written;
  }

  /** Those of an account, the newest first. */
  async of(account: string): Promise<Session[]> {
    const ids = await this.#keyValue.membersOf(setOf(account));
    const found = await Promise.all(ids.map(async (id) => ({ id, session: await this.find(id) })));
    const ended = found.filter(({ session }) => !session).map(({ id }) => id);
    await this.#keyValue.removeFrom(setOf(account), ...ended);
    const byAge = (a: Session, b: Session) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id);
    return found.flatMap(({ session }) => session ?? []).toSorted(byAge);
  }

  /** @returns how many of them had not ended before */
  async end(account: string, ...ids: string[]): Promise<number> {
    const ended = await this.#keyValue.delete(...ids.map(keyOf));
    await this.#keyValue.removeFrom(setOf(account), ...ids);
    return ended;
  }

  /** Ends all sessions of an account. @param except one that goes on. @default - none */
  async endAll(account: string, except?: string): Promise<void> {
    const ids = await this.#keyValue.membersOf(setOf(account));
    await this.end(account, ...ids.filter((id) => id !== except));
  }
}

/** Whether the account lets a session go on: a change of the password ends all but the one that made it, even if the store was away just then. */
export function isStillGood(session: Session, account: Account | undefined): account is Account {
  if (!account || account.id !== session.account) return false;
  return session.passwordVersion === account.passwordVersion || session.id === account.passwordSetBy;
}

function isHashOf(hash: string, token: string): boolean {
  return timingSafeEqual(Buffer.from(hash), Buffer.from(hashOf(token)));
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function keyOf(id: string): string {
  return `session:${id}`;
}

function setOf(account: string): string {
  return `sessions:${account}`;
}
