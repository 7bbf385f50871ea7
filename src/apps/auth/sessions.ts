import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import pRetry from 'p-retry';
import { z } from 'zod';
import type { Duration } from '../../model/index.ts';
import type { KeyValue } from '../kit/index.ts';
import type { Account } from './account-store.ts';

const content = z.object({
  account: z.string(),
  /** SHA-256 of the refresh token of now: the store never sees the token. */
  tokenHash: z.string(),
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
const secretBytes = 32;
/** `<session>.<secret>`, both in base64url. */
const tokenForm = /^([\w-]{22})\.[\w-]{43}$/;
const longestUserAgent = 256;
/** How often the store is asked once more what became of a refresh, and how long after the last time, in milliseconds. */
const retries = 3;
const pause = 250;
/** Past it the oldest of an account ends: whoever can log in can do so without end. */
const mostSessions = 100;

/** The sessions of all accounts. Each method throws what the key-value store throws. */
export class Sessions {
  readonly #keyValue: KeyValue;
  readonly #ttl: Duration;

  /** @param props.ttl how long a session lasts from its last refresh */
  constructor({ keyValue, ttl }: { readonly keyValue: KeyValue; readonly ttl: Duration }) {
    this.#keyValue = keyValue;
    this.#ttl = ttl;
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
    const token = newToken(id);
    const now = new Date().toISOString();
    const session = {
      account,
      tokenHash: hashOf(token),
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

  /** The session that a refresh token belongs to, or belonged to; undefined if it ended or never was. */
  async findByToken(token: string): Promise<Session | undefined> {
    const id = tokenForm.exec(token)?.[1];
    return id === undefined ? undefined : this.find(id);
  }

  /** Whether a refresh token is the one that the session waits for. */
  isCurrent({ tokenHash }: Session, token: string): boolean {
    return timingSafeEqual(Buffer.from(tokenHash), Buffer.from(hashOf(token)));
  }

  /** Gives a session its next refresh token. @returns undefined if it was refreshed or ended since it was found: of two at once, one wins */
  async rotate(session: Session): Promise<string | undefined> {
    const { id, stored, ...rest } = session;
    const token = newToken(id);
    const next = { ...rest, tokenHash: hashOf(token), refreshedAt: new Date().toISOString() };
    // Before the token changes: if this fails, the old token still counts.
    await this.#keyValue.addTo(setOf(rest.account), id, { ttl: this.#ttl });
    const written = JSON.stringify(next);
    const won = await this.#keyValue
      .replace(keyOf(id), stored, written, { ttl: this.#ttl })
      .catch((error) => this.#wasReplaced(id, stored, written, error));
    return won ? token : undefined;
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

function newToken(id: string): string {
  return `${id}.${randomBytes(secretBytes).toString('base64url')}`;
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
