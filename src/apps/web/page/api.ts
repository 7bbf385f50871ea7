import type { Readable } from 'node:stream';
import type { Contract, Route, RouteCall, RouteResult } from '../../../model/index.ts';
import web from '../contract.ts';
import type { Answer } from './answer.ts';
import { ApiError, problemOf } from './api-error.ts';
import { dropSession, keepSession, onOtherTab, readSession, type SharedSession } from './shared-session.ts';
import { uploadFile } from './upload-file.ts';

/** What one call may say beside what its route asks for. */
export interface AskOptions {
  /** Gives the call up, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told how much of a file has been sent, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** What to a service is a stream is a file to a browser. */
type BrowserCall<R> = {
  [Part in keyof RouteCall<R>]: Readable extends RouteCall<R>[Part] ? Blob : RouteCall<R>[Part];
};
/** Whether an operation is reached from outside, and answers with something else than a file: those are for `urlOf`. */
type IsAsked<R> = R extends { readonly exposed: true } ? ([RouteResult<R>] extends [Readable] ? false : true) : false;

/** The operations of a service as functions, typed by its contract. Each throws ApiError. */
export type Client<C extends Contract> = {
  readonly [Operation in keyof C['routes'] as IsAsked<C['routes'][Operation]> extends true ? Operation : never]: (
    ...args: keyof RouteCall<C['routes'][Operation]> extends never
      ? [call?: undefined, options?: AskOptions]
      : [call: BrowserCall<C['routes'][Operation]>, options?: AskOptions]
  ) => Promise<RouteResult<C['routes'][Operation]>>;
};

/** As much of a route as goes over the wire. */
type WireRoute = Pick<Route, 'method' | 'path'>;
type WireCall = { readonly params?: object; readonly query?: object; readonly body?: unknown };

/**
 * The operations of a service, such as `client(posts).feed({ query: { limit: 20 } })`. A call whose access token is over gets the next one and is tried
 * once more.
 */
export function client<C extends Contract>(contract: C): Client<C> {
  const operations = Object.entries(contract.routes).map(([operation, route]) => [
    operation,
    (call: WireCall = {}, options: AskOptions = {}) => ask(route, call, options),
  ]);
  return Object.fromEntries(operations);
}

/** Where a route is, such as that of a picture for an `img`. */
export function urlOf<R extends WireRoute>(route: R, call: NoInfer<BrowserCall<R>>): string {
  const { params = {}, query = {} } = call as WireCall;
  const values = params as Readonly<Record<string, unknown>>;
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values[name])));
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    [value].flat().flatMap((each) => (each === undefined || each === null ? [] : [[key, String(each)]])),
  );
  return pairs.length > 0 ? `${path}?${new URLSearchParams(pairs)}` : path;
}

/** What happens to the session without this tab having asked for it. */
export interface SessionListener {
  /** A call found that there is no session any more. */
  readonly ended: () => void;
  /** Another tab logged in or out. @param account whose session it is now; undefined after a log-out */
  readonly changed: (account: string | undefined) => void;
  /** Another tab refreshed the session, or logged in again as the same. */
  readonly renewed: () => void;
}

const listeners = new Set<SessionListener>();
/** Whose session it is as far as this tab knows. */
let account: string | undefined;

/** Tells of what happens to the session from now on. @returns what ends that */
export function watchSession(listener: SessionListener): () => void {
  listeners.add(listener);
  account = readSession()?.account;
  const stop = onOtherTab(() => {
    if (!noticeChange()) listener.renewed();
  });
  return () => {
    listeners.delete(listener);
    stop();
  };
}

/** @returns whether the session is of somebody else than before */
function noticeChange(): boolean {
  const now = readSession()?.account;
  if (now === account) return false;
  account = now;
  for (const { changed } of listeners) changed(now);
  return true;
}

/** @throws ApiError if another tab logged in as somebody else, whose the call must not become */
function checkAccount(): void {
  if (!noticeChange()) return;
  throw new ApiError({ status: 401, code: 'somebody-else', detail: 'Another tab logged in as somebody else, or out' });
}

const { logIn, signUp, refresh, logOut } = web.routes;

async function ask(route: WireRoute, call: WireCall, options: AskOptions): Promise<unknown> {
  if (route === logIn || route === signUp || route === logOut) return changeSession(route, call, options);
  try {
    return await askInSession(route, call, options);
  } catch (error) {
    if (error instanceof ApiError && error.code === 'session-ended') for (const { ended } of listeners) ended();
    throw error;
  }
}

async function askInSession(route: WireRoute, call: WireCall, options: AskOptions): Promise<unknown> {
  checkAccount();
  const startedAt = Date.now();
  // A file would be sent as a whole before the answer says that the token is over.
  if (call.body instanceof Blob) await refreshUnless(isGood);
  try {
    return await send(route, call, options);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'unauthenticated') throw error;
  }
  // A time to come is of a clock that was set back.
  await refreshUnless(({ since }) => since >= startedAt && since <= Date.now());
  options.signal?.throwIfAborted();
  return send(route, call, options);
}

/** Milliseconds that an access token must be good for yet, for the first bytes of a file to arrive with it. */
const leastGood = 30_000;

function isGood({ goodUntil }: SharedSession): boolean {
  return goodUntil - Date.now() > leastGood;
}

interface SendOptions extends AskOptions {
  /** Whether the browser is to take the answer even if the page is left meanwhile. */
  readonly outlivesPage?: boolean;
}

async function send(route: WireRoute, call: WireCall, options: SendOptions): Promise<unknown> {
  const { method } = route;
  const url = urlOf(route as Route, call as BrowserCall<Route>);
  const { body } = call;
  const answer =
    body instanceof Blob
      ? await uploadFile({ method, url, body, ...options })
      : await fetchText({ method, url, body: body === undefined ? undefined : JSON.stringify(body), ...options });
  if (answer.status < 200 || answer.status > 299) throw problemOf(answer);
  return answer.text === '' ? undefined : JSON.parse(answer.text);
}

interface FetchProps extends SendOptions {
  readonly method: string;
  readonly url: string;
  readonly body: string | undefined;
}

async function fetchText({ method, url, body, signal, outlivesPage = false }: FetchProps): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method,
      keepalive: outlivesPage,
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
    });
    return { status: response.status, text: await response.text(), retryAfter: response.headers.get('retry-after') };
  } catch (error) {
    signal?.throwIfAborted();
    throw new ApiError({ status: 0, code: 'offline', detail: 'No answer came; look at your connection', cause: error });
  }
}

let last: Promise<unknown> = Promise.resolve();

/** Runs what changes the cookies of the session, and nothing else that does so meanwhile: neither here nor, where the browser has locks, in another tab. */
function alone<Result>(run: () => Promise<Result>): Promise<Result> {
  // Typed as if it were always there; without TLS it is not.
  const locks = navigator.locks as LockManager | undefined;
  if (locks) return locks.request('session', run);
  const done = last.then(run, run);
  last = done;
  return done;
}

type Tokens = RouteResult<typeof refresh>;

/** Logs in or out. A refresh under way ends before: its answer would bring the cookies of the old session back. */
function changeSession(route: WireRoute, call: WireCall, options: AskOptions): Promise<unknown> {
  return alone(async () => {
    const answer = await send(route, call, options);
    if (route === logOut) dropSession();
    else keepSession(answer as Tokens);
    account = readSession()?.account;
    return answer;
  });
}

let refreshing: Promise<void> | undefined;

/**
 * Has the session refreshed, unless what is known of it will do, such as after another call or another tab did that: a refresh token is good for one use.
 * Where the browser has no locks two tabs may ask at once, and auth bears with that for a moment.
 *
 * @throws ApiError `session-ended` if it has
 * @throws ApiError `somebody-else` if it is the session of another account now
 */
async function refreshUnless(willDo: (session: SharedSession) => boolean): Promise<void> {
  const isDone = () => {
    const session = readSession();
    return session !== undefined && willDo(session);
  };
  if (isDone()) return checkAccount();
  refreshing ??= alone(async () => {
    if (!isDone()) {
      // A token whose successor never reached the browser would count as stolen when the page is opened again.
      keepSession((await send(refresh, {}, { outlivesPage: true })) as Tokens);
      // Until now this tab may not have known whose session it is.
      account ??= readSession()?.account;
    }
    checkAccount();
  }).finally(() => {
    refreshing = undefined;
  });
  await refreshing;
}
