import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { tokenAudience, tokenIssuer } from './contract.ts';
import type { SigningKeys } from './signing-keys.ts';

/** An access token, and for how many seconds it is good. */
export interface AccessToken {
  readonly accessToken: string;
  readonly expiresIn: number;
}

/** Signs access tokens, as RFC 9068 has them. */
export class AccessTokens {
  readonly #keys: SigningKeys;
  readonly #expiresIn: number;

  /** @param props.lifetime in milliseconds; tokens count in whole seconds */
  constructor({ keys, lifetime }: { readonly keys: SigningKeys; readonly lifetime: number }) {
    this.#keys = keys;
    this.#expiresIn = Math.ceil(lifetime / 1_000);
  }

  /** @throws HttpError 503 if no key can sign */
  async check(): Promise<void> {
    await this.#keys.current();
  }

  /** @throws HttpError 503 if no key can sign */
  async sign(account: string, session: string): Promise<AccessToken> {
    const { kid, privateKey } = await this.#keys.current();
    const now = Math.floor(Date.now() / 1_000);
    const accessToken = await new SignJWT({ sid: session })
      .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
      .setIssuer(tokenIssuer)
      .setAudience(tokenAudience)
      .setSubject(account)
      .setIssuedAt(now)
      .setExpirationTime(now + this.#expiresIn)
      .setJti(randomUUID())
      .sign(privateKey);
    return { accessToken, expiresIn: this.#expiresIn };
  }
}
