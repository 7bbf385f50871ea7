import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { json, type StubServer, stubServer } from './stub-server.ts';

/** What differs from a good token. */
export interface TokenOptions {
  readonly issuer?: string;
  readonly audience?: string;
  /** Seconds from now, or before. @default 300 */
  readonly expiresIn?: number;
  readonly session?: string;
  /** The id of the key that signed. @default - that of the key which did */
  readonly kid?: string;
}

/** An issuer of access tokens in place of the auth service, for the tests of services whose routes need a user. */
export interface TestUsers extends AsyncDisposable {
  /** What `AUTH_URL` is set to: it serves the public keys and the deleted accounts. */
  readonly url: string;
  readonly stub: StubServer;
  /** The accounts that were deleted, which a test adds to; positions rise from 1. */
  readonly deleted: string[];
  /** The id of its key. */
  readonly kid: string;
  /** The headers of a request of an account. */
  headersOf(account: string, options?: TokenOptions): Promise<{ authorization: string }>;
}

/** @param rules.issuer and `audience` as the services ask for them */
export async function testUsers(rules: { issuer: string; audience: string }): Promise<TestUsers> {
  const kid = randomUUID();
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const keys = [{ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' }];
  const deleted: string[] = [];
  const stub = await stubServer(({ url }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://auth');
    if (pathname === '/.well-known/jwks.json') return json(response, { keys });
    const after = Number(searchParams.get('after') ?? 0);
    json(response, {
      items: deleted.map((id, at) => ({ position: at + 1, id })).filter(({ position }) => position > after),
    });
  });
  return {
    url: stub.url,
    stub,
    deleted,
    kid,
    async headersOf(account, options = {}) {
      const { issuer = rules.issuer, audience = rules.audience, expiresIn = 300, session } = options;
      const now = Math.floor(Date.now() / 1_000);
      const token = await new SignJWT({ sid: session ?? `session-of-${account}` })
        .setProtectedHeader({ alg: 'EdDSA', kid: options.kid ?? kid, typ: 'at+jwt' })
        .setSubject(account)
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(now - 60)
        .setExpirationTime(now + expiresIn)
        .sign(privateKey);
      return { authorization: `Bearer ${token}` };
    },
    [Symbol.asyncDispose]: () => stub[Symbol.asyncDispose](),
  };
}
