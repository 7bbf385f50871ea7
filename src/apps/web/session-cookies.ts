import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteResult } from '../../model/index.ts';
import type auth from '../auth/contract.ts';
import { cookieName, ownCookie, type SessionCookie } from '../kit/index.ts';

/** What auth answers to whoever begins or goes on with a session. */
export type Tokens = RouteResult<(typeof auth)['routes']['logIn']>;

/** The refresh token is sent to what changes the session, and to nothing else. */
const paths: Readonly<Record<SessionCookie, string>> = { access: '/', session: '/', refresh: '/session' };
const sessionCookies = ['access', 'session', 'refresh'] as const;

/** Puts the tokens of a session, and its id, where no script can read them. */
export function setSession(request: FastifyRequest, reply: FastifyReply, tokens: Tokens): void {
  const { accessToken, expiresIn, sessionId, refreshToken, refreshExpiresIn } = tokens;
  const set = (cookie: SessionCookie, value: string, maxAge: number) =>
    reply.setCookie(cookieName(cookie, request), value, { ...attributesOf(cookie, request), maxAge });
  set('access', accessToken, expiresIn);
  set('session', sessionId, refreshExpiresIn);
  set('refresh', refreshToken, refreshExpiresIn);
}

/** Has the browser forget the session. */
export function clearSession(request: FastifyRequest, reply: FastifyReply): void {
  for (const cookie of sessionCookies) reply.clearCookie(cookieName(cookie, request), attributesOf(cookie, request));
}

/**
 * The refresh token of the browser's own session; undefined without one. Of several cookies of that name, or where there is none but that of another host,
 * one that is not of the session that `web` began here is nothing: its visitor would go on in the account of whoever planted it.
 */
export function refreshTokenOf(request: FastifyRequest): string | undefined {
  const session = ownCookie('session', request);
  if (session === undefined) return undefined;
  const name = cookieName('refresh', request);
  // Each by itself: of two of one name the parser keeps the first.
  const tokens = (request.headers.cookie ?? '').split(';').map((pair) => request.server.parseCookie(pair)[name]);
  return tokens.find((token) => token?.startsWith(`${session}.`));
}

function attributesOf(cookie: SessionCookie, { protocol }: FastifyRequest) {
  return { httpOnly: true, sameSite: 'strict', secure: protocol === 'https', path: paths[cookie] } as const;
}
