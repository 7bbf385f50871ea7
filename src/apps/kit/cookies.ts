import type { FastifyRequest } from 'fastify';
import { HttpError } from './problem.ts';

/** The cookies in which a browser keeps its session: the two tokens, and the session's id, which says of what session the refresh token has to be. */
export type SessionCookie = 'access' | 'session' | 'refresh';

/**
 * The name of a cookie. Over https, `__Host-` has the browser see to it that neither another host nor a page without TLS has set it, but only of one that
 * goes to every path. The refresh token goes to one alone, with the weaker `__Secure-`: a host beside this one may set one of that name too, and it may come
 * first. Over http, on a cluster of one's own machine, a browser takes no cookie with such a name.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-cookie-name-prefixes
 */
export function cookieName(cookie: SessionCookie, { protocol }: Pick<FastifyRequest, 'protocol'>): string {
  if (protocol !== 'https') return cookie;
  return cookie === 'refresh' ? '__Secure-refresh' : `__Host-${cookie}`;
}

/** The value of a cookie of the request's scheme that nobody else has set; undefined without one. */
export function ownCookie(cookie: Exclude<SessionCookie, 'refresh'>, request: FastifyRequest): string | undefined {
  const { headers, server } = request;
  return server.parseCookie(headers.cookie ?? '')[cookieName(cookie, request)] || undefined;
}

const changesNothing = new Set(['GET', 'HEAD']);

/**
 * Refuses what a page of another origin has a browser send, which adds the cookies of this one. Browsers say where a request comes from; to a host without
 * TLS they say less, but of all that may change something its origin.
 *
 * @throws HttpError 403 `cross-origin`
 */
export function refuseCrossOrigin(request: FastifyRequest): void {
  const { method, protocol, host, headers } = request;
  if (changesNothing.has(method)) return;
  const site = headers['sec-fetch-site'];
  const own = URL.parse(`${protocol}://${host}`)?.origin;
  const isOwn = site === undefined ? own !== undefined && headers.origin === own : site === 'same-origin';
  if (isOwn) return;
  throw new HttpError(403, 'cross-origin', 'A request with a cookie must come from a page of the same origin');
}
