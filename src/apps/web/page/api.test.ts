import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import media from '../../media/contract.ts';
import posts from '../../posts/contract.ts';
import users from '../../users/contract.ts';
import web from '../contract.ts';
import { client, urlOf, watchSession } from './api.ts';
import { ApiError } from './api-error.ts';
import type { SharedSession } from './shared-session.ts';

type Reply = { status: number; body?: unknown; text?: string; headers?: Record<string, string> };
const problem = (status: number, code: string, more: object = {}): Reply => ({
  status,
  body: { status, code, detail: `It is ${code}`, traceId: 'trace', ...more },
});
const over = problem(401, 'unauthenticated');
const ok: Reply = { status: 200, body: { items: [], next: null } };
const refreshed: Reply = { status: 200, body: { accountId: 'a', sessionId: 's', expiresIn: 300 } };

/** What was asked, as `GET /feed`. */
let asked: string[];
let inits: RequestInit[];
let stored: Map<string, string>;
/** What another tab does with the session. */
let elsewhere: (session: Partial<SharedSession> | undefined) => void;
const sessionOf = (account: string, changes: Partial<SharedSession> = {}): SharedSession => ({
  account,
  since: 0,
  goodUntil: Date.now() + 300_000,
  ...changes,
});

/** A browser whose host answers as it is told. */
function browser(answer: (request: string, count: number) => Reply | Promise<Reply>, { locks = true } = {}) {
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const request = `${init.method} ${url}`;
    asked.push(request);
    inits.push(init);
    const count = asked.filter((each) => each === request).length;
    const { status, body, text, headers = {} } = await answer(request, count);
    const content = text ?? (body === undefined ? null : JSON.stringify(body));
    return new Response(content, { status, headers });
  });
  let last: Promise<unknown> = Promise.resolve();
  const request = (_name: string, run: () => Promise<unknown>) => {
    last = last.then(run, run);
    return last;
  };
  vi.stubGlobal('navigator', locks ? { locks: { request } } : {});
}

beforeEach(() => {
  asked = [];
  inits = [];
  stored = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
    removeItem: (key: string) => stored.delete(key),
  });
  // Only another tab tells of what it stored.
  const tab = new EventTarget();
  vi.stubGlobal('addEventListener', tab.addEventListener.bind(tab));
  vi.stubGlobal('removeEventListener', tab.removeEventListener.bind(tab));
  elsewhere = (session) => {
    if (session) stored.set('session', JSON.stringify(session));
    else stored.delete('session');
    tab.dispatchEvent(Object.assign(new Event('storage'), { key: 'session' }));
  };
  // A page that is opened reads anew whose session it is.
  watched()[Symbol.dispose]();
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const failure = (call: Promise<unknown>): Promise<ApiError> =>
  call.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error as ApiError,
  );

describe('a call', () => {
  test('asks as the contract says', async () => {
    browser(() => ok);
    expect(await client(posts).feed({ query: { limit: 20, cursor: undefined } })).toEqual({ items: [], next: null });
    await client(posts).comment({ params: { id: '1' }, body: { text: 'Hi' } });
    await client(users).profile({ params: { handle: 'a/b' } });
    expect(asked).toEqual(['GET /feed?limit=20', 'POST /posts/1/comments', 'GET /users/a%2Fb']);
    expect(inits[1]).toMatchObject({ body: '{"text":"Hi"}', headers: { 'content-type': 'application/json' } });
    expect(inits[0]?.headers).not.toHaveProperty('content-type');
  });

  test('gives nothing where nothing is answered', async () => {
    browser(() => ({ status: 204 }));
    expect(await client(posts).remove({ params: { id: '1' } })).toBeUndefined();
  });

  test.each<[what: string, reply: Reply, expected: object]>([
    [
      'a problem',
      problem(400, 'invalid-request', { errors: [{ path: 'body.text', message: 'x' }] }),
      {
        status: 400,
        code: 'invalid-request',
        detail: 'It is invalid-request',
        errors: [{ path: 'body.text', message: 'x' }],
        traceId: 'trace',
        retryAfter: undefined,
      },
    ],
    [
      'one that may pass',
      { ...problem(429, 'too-many-requests'), headers: { 'retry-after': '30' } },
      { status: 429, retryAfter: 30, errors: [] },
    ],
    ['a page of a proxy', { status: 502, text: '<html>' }, { status: 502, code: 'unreadable' }],
    ['something else', { status: 500, body: { code: 5 } }, { status: 500, code: 'unreadable' }],
    ['null', { status: 500, body: null }, { status: 500, code: 'unreadable' }],
  ])('throws what is wrong: %s', async (_what, reply, expected) => {
    browser(() => reply);
    const error = await failure(client(posts).feed({ query: {} }));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject(expected);
    expect(asked).toHaveLength(1);
  });

  test('that gets no answer says so, and one that is given up throws the reason', async () => {
    browser(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await failure(client(posts).feed({ query: {} }))).toMatchObject({ status: 0, code: 'offline' });
    const signal = AbortSignal.abort(new Error('left the view'));
    await expect(client(posts).feed({ query: {} }, { signal })).rejects.toThrow('left the view');
  });
});

describe('an access token that is over', () => {
  test.each([[true], [false]])('is refreshed, and the call is tried once more; with locks: %s', async (locks) => {
    browser((request, count) => (request.endsWith('/refresh') ? refreshed : count === 1 ? over : ok), { locks });
    await client(posts).feed({ query: {} });
    expect(asked).toEqual(['GET /feed', 'POST /session/refresh', 'GET /feed']);
    // The page may be left meanwhile, and the next token must not be lost.
    expect(inits.map(({ keepalive }) => keepalive)).toEqual([false, true, false]);
  });

  test('of many calls at once is refreshed once', async () => {
    browser((request, count) => (request.endsWith('/refresh') ? refreshed : count === 1 ? over : ok));
    await Promise.all(['a', 'b', 'c'].map((handle) => client(users).profile({ params: { handle } })));
    expect(asked.filter((each) => each.endsWith('/refresh'))).toHaveLength(1);
    expect(asked).toHaveLength(7);
  });

  test('that another tab refreshed meanwhile is not refreshed again', async () => {
    using _ = watched(sessionOf('a'));
    browser((_request, count) => {
      // The other tab is done while this one hears that its token is over.
      stored.set('session', JSON.stringify(sessionOf('a', { since: Date.now() })));
      return count === 1 ? over : ok;
    });
    await client(posts).feed({ query: {} });
    expect(asked).toEqual(['GET /feed', 'GET /feed']);
  });

  test('is refreshed although another refresh seems to be still to come, as after a clock was set back', async () => {
    using _ = watched(sessionOf('a', { since: Date.now() + 3_600_000 }));
    browser((request, count) => (request.endsWith('/refresh') ? refreshed : count === 1 ? over : ok));
    await client(posts).feed({ query: {} });
    expect(asked).toEqual(['GET /feed', 'POST /session/refresh', 'GET /feed']);
  });

  test('is tried once more and no longer', async () => {
    browser((request) => (request.endsWith('/refresh') ? refreshed : over));
    expect(await failure(client(posts).feed({ query: {} }))).toMatchObject({ code: 'unauthenticated' });
    expect(asked).toHaveLength(3);
  });

  test('of a session that has ended is told to whoever listens', async () => {
    browser((request) => (request.endsWith('/refresh') ? problem(401, 'session-ended') : over));
    const ended = vi.fn();
    const stop = watchSession({ ended, changed: vi.fn(), renewed: vi.fn() });
    expect(await failure(client(posts).feed({ query: {} }))).toMatchObject({ code: 'session-ended' });
    expect(ended).toHaveBeenCalledTimes(1);
    stop();
    await failure(client(posts).feed({ query: {} }));
    expect(ended).toHaveBeenCalledTimes(1);
  });

  test('that cannot be refreshed for now ends nothing, and is refreshed by the next call', async () => {
    let isAway = true;
    browser((request, count) => {
      if (!request.endsWith('/refresh')) return isAway || count === 2 ? over : ok;
      return isAway ? problem(503, 'overloaded') : refreshed;
    });
    const ended = vi.fn();
    const stop = watchSession({ ended, changed: vi.fn(), renewed: vi.fn() });
    expect(await failure(client(posts).feed({ query: {} }))).toMatchObject({ status: 503 });
    isAway = false;
    await client(posts).feed({ query: {} });
    expect(ended).not.toHaveBeenCalled();
    stop();
  });

  test('is none where the password is wrong', async () => {
    browser(() => problem(401, 'wrong-credentials'));
    await failure(client(posts).feed({ query: {} }));
    expect(asked).toHaveLength(1);
  });
});

/** A session of which the tab knows whose it is, and what it is told of. */
function watched(session?: SharedSession) {
  if (session) stored.set('session', JSON.stringify(session));
  const told: (string | undefined)[] = [];
  const stop = watchSession({
    ended: () => told.push('ended'),
    changed: (account) => told.push(account),
    renewed: () => told.push('renewed'),
  });
  return { told, [Symbol.dispose]: stop };
}

describe('a session that ended elsewhere', () => {
  test.each([[1], [2]])('ends here, whatever call finds it, at try %i', async (tries) => {
    browser((request, count) =>
      request.endsWith('/refresh') ? refreshed : count < tries ? over : problem(401, 'session-ended'),
    );
    using session = watched();
    expect(await failure(client(posts).feed({ query: {} }))).toMatchObject({ code: 'session-ended' });
    expect(session.told).toEqual(['ended']);
  });
});

describe('tabs of one browser', () => {
  test('notice that another one refreshed, logged in as somebody else or logged out', () => {
    using session = watched(sessionOf('ann'));
    elsewhere(sessionOf('ann', { since: 5 }));
    elsewhere(sessionOf('bo'));
    elsewhere(undefined);
    expect(session.told).toEqual(['renewed', 'bo', undefined]);
  });

  test('send nothing as somebody else before the other one has told', async () => {
    browser(() => ok);
    using session = watched(sessionOf('ann'));
    stored.set('session', JSON.stringify(sessionOf('bo')));
    expect(await failure(client(posts).feed({ query: {} }))).toMatchObject({ code: 'somebody-else' });
    expect([asked, session.told]).toEqual([[], ['bo']]);
    await client(posts).feed({ query: {} });
    expect(asked).toHaveLength(1);
  });

  test('notice by a refresh whose session it is, and send nothing again', async () => {
    browser((request) => (request.endsWith('/refresh') ? refreshed : over));
    using session = watched(sessionOf('ann'));
    expect(await failure(client(posts).like({ params: { id: '1' } }))).toMatchObject({ code: 'somebody-else' });
    expect(session.told).toEqual(['a']);
    expect(asked).toEqual(['PUT /posts/1/like', 'POST /session/refresh']);
  });

  test('keep no more than whose session it is and how long it is good', async () => {
    browser(() => refreshed);
    await client(web).logIn({ body: { email: 'a@example.com', password: 'secret' } });
    expect([...stored.keys()]).toEqual(['session']);
    const session = JSON.parse(stored.get('session') ?? '');
    expect(session).toEqual({ account: 'a', since: expect.any(Number), goodUntil: session.since + 300_000 });
    await client(web).logOut();
    expect(stored.size).toBe(0);
  });

  test('bear with whatever else is stored', async () => {
    browser(() => ok);
    for (const text of ['{', 'null', '[]', '{"account":5}']) {
      stored.set('session', text);
      await client(posts).feed({ query: {} });
    }
    expect(asked).toHaveLength(4);
  });
});

test.each([[true], [false]])('one logs out after a refresh under way, not beside it; with locks: %s', async (locks) => {
  let answer = (_: Reply) => {};
  const answered = new Promise<Reply>((resolve) => {
    answer = resolve;
  });
  browser(
    (request, count) => {
      if (request.endsWith('/refresh')) return answered;
      return request === 'DELETE /posts/1' && count === 1 ? over : { status: 204 };
    },
    { locks },
  );
  const read = client(posts).remove({ params: { id: '1' } });
  await expect.poll(() => asked).toContain('POST /session/refresh');
  const left = client(web).logOut();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(asked).not.toContain('DELETE /session');
  answer(refreshed);
  await Promise.all([read, left]);
  expect(asked.indexOf('DELETE /session')).toBeGreaterThan(asked.indexOf('POST /session/refresh'));
});

describe('a file', () => {
  /** Uploads that the browser does, as their URL and what was asked before. */
  function uploads(): string[][] {
    const sent: string[][] = [];
    vi.stubGlobal(
      'XMLHttpRequest',
      class extends EventTarget {
        readonly upload = new EventTarget();
        readonly status = 201;
        readonly responseText = '{"id":"1","type":"image/png"}';
        open() {}
        setRequestHeader() {}
        getResponseHeader() {
          return null;
        }
        send() {
          sent.push([...asked]);
          queueMicrotask(() => this.dispatchEvent(new Event('load')));
        }
      },
    );
    return sent;
  }
  const refresh = 'POST /session/refresh';

  test.each<[what: string, session: SharedSession | undefined, before: string[]]>([
    ['at once with a token that is good', sessionOf('a', { goodUntil: Date.now() + 200_000 }), []],
    ['after a refresh with one that is over', sessionOf('a', { goodUntil: Date.now() - 1 }), [refresh]],
    ['after a refresh with one that is nearly over', sessionOf('a', { goodUntil: Date.now() + 10_000 }), [refresh]],
    ['after a refresh where nothing is known', undefined, [refresh]],
  ])('is sent once: %s', async (_what, session, before) => {
    browser(() => refreshed);
    const sent = uploads();
    if (session) stored.set('session', JSON.stringify(session));
    using _ = watched();
    await Promise.all([1, 2].map(() => client(media).upload({ body: new Blob(['a']) })));
    expect(sent).toEqual([before, before]);
  });
});

test('a URL for a picture', () => {
  const id = '0b8e1c7e-0d6b-4a86-a1c8-3a8d9d3a9c11';
  expect(urlOf(media.routes.download, { params: { id } })).toBe(`/media/${id}`);
  expect(urlOf(media.routes.thumbnail, { params: { id }, query: { width: '1080' } })).toBe(
    `/media/${id}/thumbnail?width=1080`,
  );
});

test('what does not fit a contract does not compile', () => {
  const never = () => [
    // @ts-expect-error no such key
    client(posts).feed({ query: { limits: 20 } }),
    // @ts-expect-error a body is missing
    client(posts).comment({ params: { id: '1' } }),
    // @ts-expect-error a file is a Blob
    client(media).upload({ body: 'text' }),
    // @ts-expect-error a file is nothing to read here
    client(media).download,
    // @ts-expect-error it is not exposed
    client(users).findPeople,
    // @ts-expect-error a parameter is missing
    urlOf(media.routes.thumbnail, { query: {} }),
  ];
  expect(never).toBeTypeOf('function');
});
