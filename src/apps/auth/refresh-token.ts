import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** `<session>.<nonce><mark>`, each part in base64url: 22, and together 43 characters. */
const form = /^([\w-]{22})\.([\w-]{43})$/;
const partBytes = 16;

/** The session that a refresh token names; undefined if it has not even the form of one. */
export function sessionOfToken(token: string): string | undefined {
  return form.exec(token)?.[1];
}

/**
 * Makes the refresh tokens of one session. Each carries a mark by which it is known, even long after it was used, as one that was really given out: the store
 * has to keep none of them for that, and a made-up one, which anybody can send, is not taken for a stolen one. Each follows from the one before and a key
 * that only the store has: whoever asks twice with the same gets the same, though the store never sees a token.
 */
export class RefreshTokens {
  readonly #session: string;
  readonly #key: Buffer;

  /** @param key as `newKey` gave it */
  constructor(session: string, key: string) {
    this.#session = session;
    this.#key = Buffer.from(key, 'base64url');
  }

  static newKey(): string {
    return randomBytes(32).toString('base64url');
  }

  first(): string {
    return this.#marked(randomBytes(partBytes));
  }

  /** The one that follows a token. */
  after(token: string): string {
    return this.#marked(this.#hmac('next', token));
  }

  /** Whether a token was given out, at whatever time. */
  isGenuine(token: string): boolean {
    const secret = Buffer.from(form.exec(token)?.[2] ?? '', 'base64url');
    const [nonce, mark] = [secret.subarray(0, partBytes), secret.subarray(partBytes)];
    return mark.length === partBytes && timingSafeEqual(mark, this.#hmac('mark', nonce));
  }

  #marked(nonce: Buffer): string {
    return `${this.#session}.${Buffer.concat([nonce, this.#hmac('mark', nonce)]).toString('base64url')}`;
  }

  #hmac(purpose: 'next' | 'mark', content: string | Buffer): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${purpose}:${this.#session}:`)
      .update(content)
      .digest()
      .subarray(0, partBytes);
  }
}
