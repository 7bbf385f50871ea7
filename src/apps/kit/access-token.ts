import type { FastifyRequest } from 'fastify';
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify, type LocalJWKSet } from 'jose';
import { HttpError } from './problem.ts';

/** Whoever sent a request with a valid access token. */
export interface User {
  /** The account. */
  readonly id: string;
  /** The session that the token belongs to. */
  readonly session: string;
}

/** @see Kit.authenticate */
export interface TokenRules {
  /** Who must have signed: the claim `iss`. */
  readonly issuer: string;
  /** For whom: the claim `aud`. */
  readonly audience: string;
  /** The public keys of today: asked for at the start, for a key that is not known yet, and every few minutes. */
  readonly keys: () => Promise<JSONWebKeySet>;
}

/** How long keys are used before they are asked for again, in milliseconds: a key that was withdrawn is believed no longer. */
const keysFor = 5 * 60_000;
/** The least time between two askings, in milliseconds: made-up key ids must not become requests. */
const cooldown = 5_000;
/** How far the clocks of two pods may be apart, in seconds. */
const clockTolerance = 5;

/** Tells who sends requests. */
export interface Authenticator {
  /** @throws HttpError 401 if nobody can say; what `keys` throws while no key was ever fetched */
  (request: FastifyRequest): Promise<User>;
  /** Fetches the keys before anybody sends a token. Without them only the first request will: that may come when the issuer is away. */
  prepare(): Promise<void>;
}

export function createAuthenticator({ issuer, audience, keys }: TokenRules): Authenticator {
  let known: LocalJWKSet | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const ask = () => {
    asking ??= keys()
      .then((set) => {
        known = createLocalJWKSet(set);
        askedAt = performance.now();
      })
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  const refresh = async () => {
    if (!known) return ask();
    const age = performance.now() - askedAt;
    if (age <= keysFor) return;
    // With the issuer away the keys of before are as good as they were: nobody is logged out by an outage.
    askedAt = performance.now() - keysFor + cooldown;
    await ask().catch(() => {});
  };
  const verify = async (token: string) => {
    if (!known) throw refused();
    const { payload } = await jwtVerify(token, known, {
      issuer,
      audience,
      algorithms: ['EdDSA'],
      requiredClaims: ['sub', 'sid', 'iat', 'exp'],
      clockTolerance,
    });
    return payload;
  };

  const authenticate = async (request: FastifyRequest): Promise<User> => {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) throw refused();
    await refresh();
    const payload = await verify(token)
      .catch(async (error: unknown) => {
        const isNew = error instanceof errors.JWKSNoMatchingKey && performance.now() - askedAt > cooldown;
        if (!isNew) throw error;
        await ask();
        return verify(token);
      })
      .catch((error: unknown) => {
        // The reason helps only whoever forges: it goes to the log.
        if (error instanceof errors.JOSEError) request.log.debug({ reason: error.code }, 'access token refused');
        throw error instanceof errors.JOSEError ? refused() : error;
      });
    const { sub, sid } = payload;
    if (typeof sub !== 'string' || typeof sid !== 'string') throw refused();
    return { id: sub, session: sid };
  };
  return Object.assign(authenticate, { prepare: () => refresh().catch(() => {}) });
}

function refused(): HttpError {
  return new HttpError(401, 'unauthenticated', 'This needs a valid access token; log in, or refresh the session');
}
