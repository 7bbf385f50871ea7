import { randomUUID } from 'node:crypto';
import { tokenAudience, tokenIssuer } from '../../auth/contract.ts';
import { type BuiltApp, buildApp } from '../../kit/index.ts';
import { type Answer, ask } from '../../kit/testing/ask.ts';
import { freePort } from '../../kit/testing/free-port.ts';
import { LogLines } from '../../kit/testing/log-lines.ts';
import { json, type StubServer, stubServer } from '../../kit/testing/stub-server.ts';
import { type TestDatabase, testDatabase } from '../../kit/testing/test-postgres.ts';
import { type TestUsers, testUsers } from '../../kit/testing/test-users.ts';
import app from '../app.ts';
import type service from '../service.ts';

/** The services around posts, as far as it asks them. */
export interface PostsWorld extends AsyncDisposable {
  readonly place: TestDatabase;
  readonly accounts: TestUsers;
  readonly users: StubServer;
  readonly media: StubServer;
  /** Whom each account follows, and from whom a block parts it. A test changes them. */
  readonly following: Map<string, string[]>;
  readonly blocked: Map<string, string[]>;
  /** Who has no profile. */
  readonly nameless: Set<string>;
  /** What each uploaded file belongs to. */
  readonly files: Map<string, { owner: string; type: string }>;
  /** Which services answer 503. */
  readonly away: Set<'users' | 'media'>;
  /** An instance of the service on the one database. */
  start(env?: Record<string, string>): Promise<Posts>;
}

/** An instance of the service, and requests to it. */
export interface Posts extends BuiltApp<typeof service>, AsyncDisposable {
  readonly lines: LogLines;
  ask(account: string, request: string, body?: object): Promise<Answer>;
  /** Makes a post with one new file. @returns its id */
  post(account: string, caption?: string): Promise<string>;
  /** The value of a metric without labels. */
  counted(name: string): Promise<number>;
}

/** A handle as the stub of users gives it. */
export const handleOf = (account: string) => `h${account.slice(0, 8)}`;

/** Sheds nothing and waits: hundreds of requests at once in one process with their tests and stubs hold it up, and what they do is what is tested. */
const patient: typeof app = {
  ...app,
  service: {
    ...app.service,
    shedAbove: '1m',
    calls: app.service.calls.map((call) => ({ ...call, timeout: '30s' })),
  },
};

/** Everything around posts, without an instance of it. @param serverUrl of a Postgres of its own. @default - the one of this run */
export async function postsWorld(serverUrl?: string): Promise<PostsWorld> {
  const following = new Map<string, string[]>();
  const blocked = new Map<string, string[]>();
  const nameless = new Set<string>();
  const files = new Map<string, { owner: string; type: string }>();
  const away = new Set<'users' | 'media'>();
  const [place, accounts] = await Promise.all([
    testDatabase(serverUrl),
    testUsers({ issuer: tokenIssuer, audience: tokenAudience }),
  ]);
  const users = await stubServer(({ url }, response) => {
    if (away.has('users')) return json(response, {}, 503);
    const { pathname, searchParams } = new URL(url, 'http://users');
    const [, id = '', what] = /^\/internal\/people\/([^/]+)\/(followed|parted)$/.exec(pathname) ?? [];
    const asked = searchParams.getAll('ids');
    if (what === 'followed') return json(response, { items: following.get(id) ?? [] });
    if (what === 'parted') return json(response, { items: asked.filter((each) => blocked.get(id)?.includes(each)) });
    const ids = asked.filter((each) => !nameless.has(each));
    json(response, { items: ids.map((each) => ({ id: each, handle: handleOf(each), name: 'A name', avatar: null })) });
  });
  const media = await stubServer(({ url }, response) => {
    if (away.has('media')) return json(response, {}, 503);
    const ids = new URL(url, 'http://media').searchParams.getAll('ids');
    const items = ids.flatMap((id) => {
      const file = files.get(id);
      return file ? [{ id, ...file, bytes: 1, width: null, height: null, createdAt: new Date().toISOString() }] : [];
    });
    json(response, { items });
  });
  const built: BuiltApp<typeof service>[] = [];

  return {
    place,
    accounts,
    users,
    media,
    following,
    blocked,
    nameless,
    files,
    away,
    async start(env = {}) {
      const lines = new LogLines();
      // For those who listen, and so do their background work.
      const ports = { HTTP_PORT: String(await freePort()), METRICS_PORT: String(await freePort()) };
      const urls = { AUTH_URL: accounts.url, USERS_URL: users.url, MEDIA_URL: media.url };
      const posts = await buildApp(patient, {
        env: { DATABASE_URL: place.url, ...urls, ...ports, RELATIONS_TTL: '1ms', ...env },
        logTo: lines,
      });
      built.push(posts);
      const askAs: Posts['ask'] = async (account, request, body) =>
        ask(posts, request, { body, headers: await accounts.headersOf(account) });
      return {
        ...posts,
        lines,
        ask: askAs,
        async post(account, caption = 'A caption') {
          const id = randomUUID();
          files.set(id, { owner: account, type: 'image/png' });
          const answer = await askAs(account, 'POST /posts', { caption, media: [id] });
          if (answer.status !== 201) throw new Error(`no post was made: ${JSON.stringify(answer.body)}`);
          return answer.body.id;
        },
        async counted(name) {
          const { values } = (await posts.registry.getSingleMetric(name)?.get()) ?? { values: [] };
          return values.reduce((sum, { value }) => sum + value, 0);
        },
        [Symbol.asyncDispose]: () => posts.close(),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(built.map((posts) => posts.close()));
      await Promise.all([users, media, accounts].map((each) => each[Symbol.asyncDispose]()));
      await place[Symbol.asyncDispose]();
    },
  };
}
