import type { FastifyRequest } from 'fastify';
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify, type LocalJWKSet } from 'jose';
import pRetry from 'p-retry';
import { ownCookie, refuseCrossOrigin } from './cookies.ts';
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
/** How long it rests before it tries again to have any keys at all, in milliseconds. */
const pause = 1_000;
/** How far the clocks of two pods may be apart, in seconds. */
const clockTolerance = 5;

/** Tells who sends requests. */
export interface Authenticator {
  /** @throws HttpError 401 if nobody can say; what `keys` throws while no key was ever fetched */
  (request: FastifyRequest): Promise<User>;
  /**
   * Fetches the keys before anybody sends a token, and tries until it has some: the first request may come when the issuer is away.
   *
   * @param signal ends it
   */
  prepare(signal: AbortSignal): Promise<void>;
}

export function createAuthenticator({ issuer, audience, keys }: TokenRules): Authenticator {
  let known: LocalJWKSet | undefined;
  /** When they were asked for last, whatever came of it, and when that last succeeded. */
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let succeededAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;

  const ask = () => {
    if (!asking) attemptedAt = performance.now();
    asking ??= keys()
      .then((set) => {
        known = createLocalJWKSet(set);
        succeededAt = performance.now();
      })
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
  const mayAskAgain = () => performance.now() - attemptedAt > cooldown;
  const refresh = async () => {
    if (!known) return ask();
    if (performance.now() - succeededAt <= keysFor || !mayAskAgain()) return;
    // With the issuer away the keys of before are as good as they were: nobody is logged out by an outage.
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
    const token = tokenOf(request);
    if (token === undefined) throw refused();
    await refresh();
    const payload = await verify(token)
      .catch(async (error: unknown) => {
        const isUnknown = error instanceof errors.JWKSNoMatchingKey;
        if (!isUnknown || !(asking || mayAskAgain())) throw error;
        // With the issuer away it stays unknown: a new key is public long before it signs, so most likely somebody made it up.
        await ask().catch((err) => request.log.warn({ err }, 'no answer about an unknown key; its token is refused'));
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
  const prepare = (signal: AbortSignal) =>
    pRetry(async () => known || ask(), { retries: Infinity, minTimeout: pause, factor: 1, unref: true, signal })
      .catch(() => {})
      .then(() => {});
  return Object.assign(authenticate, { prepare });
}

/**
 * The access token of a request: of its header or, where it has none, of the cookie of a browser.
 *
 * @throws HttpError 403 `cross-origin` if a page of another origin has the browser send the cookie
 */
function tokenOf(request: FastifyRequest): string | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) return /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1];
  const token = ownCookie('access', request);
  if (token !== undefined) refuseCrossOrigin(request);
  return token;
}

function refused(): HttpError {
  return new HttpError(401, 'unauthenticated', 'This needs a valid access token; log in, or refresh the session');
}
