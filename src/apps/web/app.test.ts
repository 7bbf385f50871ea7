import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BuiltApp, buildApp } from '../kit/index.ts';
import { LogLines } from '../kit/testing/log-lines.ts';
import { json, nowhere, type StubRequest, type StubServer, stubServer } from '../kit/testing/stub-server.ts';
import app from './app.ts';

const accountId = '0b8e1c7e-0d6b-4a86-a1c8-3a8d9d3a9c11';
const tokens = {
  accountId,
  sessionId: 'session-1',
  accessToken: 'a.cc.ess',
  expiresIn: 300,
  refreshToken: 'session-1.next',
  refreshExpiresIn: 1_814_400,
};
const session = { accountId, sessionId: 'session-1', expiresIn: 300 };
const problem = (status: number, code: string) => ({
  type: 'about:blank',
  title: 'x',
  status,
  detail: `It is ${code}`,
  code,
  traceId: 'trace of auth',
});
const refuse = (response: ServerResponse, status: number, code: string, headers: Record<string, string> = {}) =>
  response
    .writeHead(status, { 'content-type': 'application/problem+json', ...headers })
    .end(JSON.stringify(problem(status, code)));

/** The service with a stub for auth. */
async function buildWeb(answer: (request: StubRequest, response: ServerResponse) => void) {
  const stub = await stubServer((request, response) => answer(request, response));
  const lines = new LogLines();
  const built = await buildApp(app, { env: { AUTH_URL: stub.url, LOG_LEVEL: 'trace' }, logTo: lines });
  return {
    ...built,
    stub,
    lines,
    async [Symbol.asyncDispose]() {
      await built.close();
      await stub[Symbol.asyncDispose]();
    },
  };
}

type Web = Awaited<ReturnType<typeof buildWeb>>;
const origin = { http: 'http://insta.test', https: 'https://insta.test' };

/** Asks as a page of the same origin does. */
function ask(
  web: Pick<Web, 'server'>,
  request: string,
  props: { body?: object; headers?: Record<string, string>; cookie?: string; scheme?: 'http' | 'https' } = {},
) {
  const [method, url] = request.split(' ') as ['GET', string];
  const { body, headers, cookie, scheme = 'https' } = props;
  return web.server.inject({
    method,
    url,
    headers: {
      host: 'insta.test',
      'x-forwarded-proto': scheme,
      ...(scheme === 'https' ? { 'sec-fetch-site': 'same-origin' } : { origin: origin.http }),
      ...(cookie !== undefined && { cookie }),
      ...headers,
    },
    ...(body && { payload: body }),
  });
}

/** The `Set-Cookie` headers of an answer, each as its parts in order of the alphabet but for the first. */
function cookiesOf({ headers }: { headers: Record<string, unknown> }): string[][] {
  return [headers['set-cookie'] ?? []].flat().map((text) => {
    const [first = '', ...attributes] = String(text).split('; ');
    return [first, ...attributes.filter((each) => !each.startsWith('Expires=')).sort()];
  });
}

const kept = {
  https: [
    [`__Host-access=${tokens.accessToken}`, 'HttpOnly', 'Max-Age=300', 'Path=/', 'SameSite=Strict', 'Secure'],
    [`__Host-session=${tokens.sessionId}`, 'HttpOnly', 'Max-Age=1814400', 'Path=/', 'SameSite=Strict', 'Secure'],
    [
      `__Secure-refresh=${tokens.refreshToken}`,
      'HttpOnly',
      'Max-Age=1814400',
      'Path=/session',
      'SameSite=Strict',
      'Secure',
    ],
  ],
  http: [
    [`access=${tokens.accessToken}`, 'HttpOnly', 'Max-Age=300', 'Path=/', 'SameSite=Strict'],
    [`session=${tokens.sessionId}`, 'HttpOnly', 'Max-Age=1814400', 'Path=/', 'SameSite=Strict'],
    [`refresh=${tokens.refreshToken}`, 'HttpOnly', 'Max-Age=1814400', 'Path=/session', 'SameSite=Strict'],
  ],
};
const cleared = [
  ['__Host-access=', 'HttpOnly', 'Max-Age=0', 'Path=/', 'SameSite=Strict', 'Secure'],
  ['__Host-session=', 'HttpOnly', 'Max-Age=0', 'Path=/', 'SameSite=Strict', 'Secure'],
  ['__Secure-refresh=', 'HttpOnly', 'Max-Age=0', 'Path=/session', 'SameSite=Strict', 'Secure'],
];
const credentials = { email: 'ada@example.com', password: 'correct horse battery' };
const refreshCookies = {
  https: '__Host-session=session-1; __Secure-refresh=session-1.now',
  http: 'session=session-1; refresh=session-1.now',
};
const refreshCookie = refreshCookies.https;
/** What a host beside this one can have a browser send, besides its own or alone: the name may be there twice, and the longer path comes first. */
const planted: [what: string, cookie: string][] = [
  ['of another session', '__Secure-refresh=session-2.theirs'],
  ['of a session whose id begins alike', '__Secure-refresh=session-10.theirs'],
  ['that is none', '__Secure-refresh=garbage'],
  ['that is empty', '__Secure-refresh='],
];

describe('the page', () => {
  let web: BuiltApp;
  beforeAll(async () => {
    web = await buildApp(app, { env: { AUTH_URL: await nowhere() }, logTo: { write: () => {} } });
  });
  afterAll(() => web.close());

  test.each(['/', '/search?q=a', '/people/ann', '/post/17', '/new', '/settings', '/log-in', '/sign-up'])(
    'is the same at %s',
    async (url) => {
      const { statusCode, headers, body } = await ask(web, `GET ${url}`);
      expect(statusCode).toBe(200);
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': expect.stringContaining("script-src 'self';"),
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
      });
      expect(body).toBe((await ask(web, 'GET /')).body);
      expect((await ask(web, `HEAD ${url}`)).statusCode).toBe(200);
    },
  );

  test('has all that it refers to, and nothing in it that its policy forbids', async () => {
    const { body } = await ask(web, 'GET /');
    const references = [...body.matchAll(/\s(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
    expect(references.some((url) => url.endsWith('.js'))).toBe(true);
    expect(references.some((url) => url.endsWith('.css'))).toBe(true);
    for (const url of references) {
      const { statusCode, headers } = await ask(web, `GET ${url}`, { headers: { 'accept-encoding': 'br' } });
      expect(statusCode, url).toBe(200);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
    expect(body).not.toMatch(/<style|\sstyle=|\son\w+=|<base|javascript:/i);
    expect([...body.matchAll(/<script[^>]*>([^<]*)/g)].map(([, code]) => code)).toEqual(['']);
  });

  test('counts assets that are not there', async () => {
    const { statusCode, headers } = await ask(web, 'GET /assets/main-AAAAAAAA.js');
    expect([statusCode, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
    expect(await web.registry.getSingleMetricAsString('web_missing_assets_total')).toContain('_total 1');
  });
});

const starts: [route: string, asked: string, body: object][] = [
  ['POST /session', 'POST /auth/sessions', credentials],
  ['POST /session/account', 'POST /auth/accounts', credentials],
];

describe.each(starts)('%s', (route, asked, body) => {
  test.each(['https', 'http'] as const)('puts the tokens into cookies, and nowhere else: over %s', async (scheme) => {
    await using web = await buildWeb((_, response) => json(response, tokens, 201));
    const answer = await ask(web, route, { body, scheme });
    expect([answer.statusCode, answer.json()]).toEqual([201, session]);
    expect(cookiesOf(answer)).toEqual(kept[scheme]);
    expect(web.stub.requests).toMatchObject([{ body: JSON.stringify(body) }]);
    expect(`${web.stub.requests[0]?.method} ${web.stub.requests[0]?.url}`).toBe(asked);
    for (const secret of ['a.cc.ess', 'session-1.next', credentials.email, credentials.password])
      expect(web.lines.text).not.toContain(secret);
  });

  test('tells auth the address and the program of the browser, each its own', async () => {
    await using web = await buildWeb((_, response) => json(response, tokens, 201));
    for (const at of [1, 2]) {
      const headers = { 'x-forwarded-for': `198.51.100.${at}`, 'user-agent': `Browser ${at}` };
      await ask(web, route, { body, headers });
    }
    expect(web.stub.requests.map(({ headers }) => [headers['x-forwarded-for'], headers['user-agent']])).toEqual([
      ['198.51.100.1', 'Browser 1'],
      ['198.51.100.2', 'Browser 2'],
    ]);
  });

  test.each([
    [401, 'wrong-credentials'],
    [409, 'email-taken'],
  ])('says what auth says is wrong: %i %s', async (status, code) => {
    await using web = await buildWeb((_, response) => void refuse(response, status, code));
    const answer = await ask(web, route, { body });
    expect([answer.statusCode, answer.json()]).toMatchObject([status, { code, detail: `It is ${code}` }]);
    expect(cookiesOf(answer)).toEqual([]);
    expect(web.lines.text).not.toContain('failed');
  });

  test.each([
    [429, 'too-many-requests'],
    [503, 'overloaded'],
  ])('says when to try again: %i', async (status, code) => {
    await using web = await buildWeb((_, response) => void refuse(response, status, code, { 'retry-after': '30' }));
    const answer = await ask(web, route, { body });
    expect([answer.statusCode, answer.headers['retry-after'], answer.json().code]).toEqual([status, '30', code]);
  });

  test('tells nothing of a fault of auth', async () => {
    await using web = await buildWeb((_, response) => void refuse(response, 500, 'internal-error'));
    const answer = await ask(web, route, { body });
    expect([answer.statusCode, answer.json()]).toMatchObject([502, { code: 'dependency-failed' }]);
  });

  test('checks what was typed before it asks', async () => {
    await using web = await buildWeb((_, response) => json(response, tokens, 201));
    const answer = await ask(web, route, { body: { email: 'no address', password: '' } });
    expect([answer.statusCode, answer.json().errors.map(({ path }: { path: string }) => path)]).toEqual([
      400,
      ['body.email', 'body.password'],
    ]);
    expect(web.stub.requests).toEqual([]);
  });
});

describe('POST /session/refresh', () => {
  test.each(['https', 'http'] as const)('puts the next tokens into the cookies: over %s', async (scheme) => {
    await using web = await buildWeb((_, response) => json(response, tokens));
    const answer = await ask(web, 'POST /session/refresh', { cookie: refreshCookies[scheme], scheme });
    expect([answer.statusCode, answer.json()]).toEqual([200, session]);
    expect(cookiesOf(answer)).toEqual(kept[scheme]);
    expect(web.stub.requests).toMatchObject([
      { method: 'POST', url: '/auth/sessions/refresh', body: '{"refreshToken":"session-1.now"}' },
    ]);
  });

  test.each<[what: string, cookie: string | undefined]>([
    ['no cookie', undefined],
    ['an empty one', '__Host-session=session-1; __Secure-refresh='],
    ['those of the other scheme', refreshCookies.http],
    ['an access token', '__Host-access=a.cc.ess'],
    ['no session that it is of', '__Secure-refresh=session-1.now'],
    ['an empty session', '__Host-session=; __Secure-refresh=.now'],
    ['a session of the other scheme', 'session=session-1; __Secure-refresh=session-1.now'],
    ...planted.map(([what, cookie]): [string, string] => [`one ${what}`, `__Host-session=session-1; ${cookie}`]),
  ])('needs the cookie, and asks auth nothing without: %s', async (_what, cookie) => {
    await using web = await buildWeb((_, response) => json(response, tokens));
    const answer = await ask(web, 'POST /session/refresh', cookie === undefined ? {} : { cookie });
    expect([answer.statusCode, answer.json().code, web.stub.requests.length]).toEqual([401, 'session-ended', 0]);
  });

  test.each(planted)('goes on with its own session beside a token %s', async (_what, cookie) => {
    for (const both of [`${cookie}; ${refreshCookie}`, `${refreshCookie}; ${cookie}`]) {
      await using web = await buildWeb((_, response) => json(response, tokens));
      const answer = await ask(web, 'POST /session/refresh', { cookie: both });
      expect([answer.statusCode, answer.json()]).toEqual([200, session]);
      expect(web.stub.requests.map(({ body }) => body)).toEqual(['{"refreshToken":"session-1.now"}']);
    }
  });

  test.each([
    [401, 'session-ended'],
    [400, 'invalid-request'],
  ])('clears the cookies of a token that auth takes no more: %i', async (status, code) => {
    await using web = await buildWeb((_, response) => void refuse(response, status, code));
    const answer = await ask(web, 'POST /session/refresh', { cookie: refreshCookie });
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'session-ended']);
    expect(cookiesOf(answer)).toEqual(cleared);
  });

  test.each([429, 500, 503])('leaves the cookies as they are where auth answers %i', async (status) => {
    await using web = await buildWeb((_, response) => void refuse(response, status, 'x', { 'retry-after': '2' }));
    const answer = await ask(web, 'POST /session/refresh', { cookie: refreshCookie });
    expect(answer.statusCode).toBeGreaterThanOrEqual(429);
    expect(cookiesOf(answer)).toEqual([]);
  });
});

describe('DELETE /session', () => {
  const asked = ({ stub }: { stub: StubServer }) => stub.requests.map(({ method, url }) => `${method} ${url}`);

  test('ends the session at auth, however old the access token is, and clears the cookies', async () => {
    await using web = await buildWeb(({ method }, response) =>
      method === 'DELETE' ? response.writeHead(204).end() : json(response, tokens),
    );
    const answer = await ask(web, 'DELETE /session', { cookie: refreshCookie });
    expect([answer.statusCode, answer.body]).toEqual([204, '']);
    expect(cookiesOf(answer)).toEqual(cleared);
    expect(asked(web)).toEqual(['POST /auth/sessions/refresh', 'DELETE /auth/sessions/current']);
    expect(web.stub.requests[1]?.headers['authorization']).toBe(`Bearer ${tokens.accessToken}`);
  });

  test.each(planted)('ends its own session beside a token %s', async (_what, cookie) => {
    await using web = await buildWeb(({ method }, response) =>
      method === 'DELETE' ? response.writeHead(204).end() : json(response, tokens),
    );
    const answer = await ask(web, 'DELETE /session', { cookie: `${cookie}; ${refreshCookie}` });
    expect(answer.statusCode).toBe(204);
    expect(cookiesOf(answer)).toEqual(cleared);
    expect(web.stub.requests[0]?.body).toBe('{"refreshToken":"session-1.now"}');
  });

  test.each<[what: string, cookie: string | undefined, questions: number]>([
    ['that was none', undefined, 0],
    ['that somebody else planted', '__Host-session=session-1; __Secure-refresh=session-2.theirs', 0],
    ['that is over', refreshCookie, 1],
  ])('of a session %s is no mistake', async (_what, cookie, questions) => {
    await using web = await buildWeb((_, response) => void refuse(response, 401, 'session-ended'));
    const answer = await ask(web, 'DELETE /session', cookie === undefined ? {} : { cookie });
    expect(answer.statusCode).toBe(204);
    expect(cookiesOf(answer)).toEqual(cleared);
    expect(web.stub.requests).toHaveLength(questions);
  });

  test('that fails leaves the newest tokens in the cookies, for another attempt', async () => {
    await using web = await buildWeb(({ method }, response) =>
      method === 'DELETE' ? void refuse(response, 503, 'overloaded', { 'retry-after': '2' }) : json(response, tokens),
    );
    const answer = await ask(web, 'DELETE /session', { cookie: refreshCookie });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '2']);
    expect(cookiesOf(answer)).toEqual(kept.https);
  });
});

// Also where nobody is logged in: a page of another origin could else log its visitor in to an account of its own, or out.
describe.each([...starts.map(([route]) => route), 'POST /session/refresh', 'DELETE /session'])('%s', (route) => {
  test.each<[what: string, scheme: 'http' | 'https', headers: Record<string, string>, isTaken: boolean]>([
    ['the same origin', 'https', { 'sec-fetch-site': 'same-origin' }, true],
    ['another site', 'https', { 'sec-fetch-site': 'cross-site' }, false],
    ['another host of the same site', 'https', { 'sec-fetch-site': 'same-site' }, false],
    ['an address that was typed', 'https', { 'sec-fetch-site': 'none' }, false],
    ['the same origin, without TLS', 'http', { origin: origin.http }, true],
    ['another origin, without TLS', 'http', { origin: 'http://evil.test' }, false],
    ['the other scheme', 'http', { origin: origin.https }, false],
    ['a hidden origin', 'http', { origin: 'null' }, false],
    ['nobody knows where', 'http', {}, false],
  ])('comes from %s', async (_what, scheme, headers, isTaken) => {
    await using web = await buildWeb(({ method }, response) => {
      if (method === 'DELETE') response.writeHead(204).end();
      else json(response, tokens, 201);
    });
    const [method, url] = route.split(' ') as ['POST', string];
    const cookie = refreshCookies[scheme];
    const answer = await web.server.inject({
      method,
      url,
      headers: { host: 'insta.test', 'x-forwarded-proto': scheme, cookie, ...headers },
      ...(starts.some(([start]) => start === route) && { payload: credentials }),
    });
    if (isTaken) return expect(answer.statusCode).toBeLessThan(300);
    expect([answer.statusCode, answer.json().code]).toEqual([403, 'cross-origin']);
    expect(cookiesOf(answer)).toEqual([]);
    expect(web.stub.requests).toEqual([]);
  });
});
