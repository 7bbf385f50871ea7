import { randomUUID } from 'node:crypto';
import { tokenAudience, tokenIssuer } from '../../auth/contract.ts';
import { type BuiltApp, buildApp } from '../../kit/index.ts';
import { type Answer, ask } from '../../kit/testing/ask.ts';
import { freePort } from '../../kit/testing/free-port.ts';
import { LogLines } from '../../kit/testing/log-lines.ts';
import { json, type StubServer, stubServer } from '../../kit/testing/stub-server.ts';
import { runSql, type TestDatabase, testDatabase } from '../../kit/testing/test-postgres.ts';
import { type TestUsers, testUsers } from '../../kit/testing/test-users.ts';
import app from '../app.ts';
import type service from '../service.ts';

/** What surrounds the service, as far as it needs it. */
export interface UsersWorld extends AsyncDisposable {
  readonly place: TestDatabase;
  readonly accounts: TestUsers;
  readonly media: StubServer;
  /** What each uploaded file is. A test adds to them. */
  readonly files: Map<string, { owner: string; type: string }>;
  /** What media answers with in place of files. @default - files */
  mediaStatus: number | undefined;
  /** An instance of the service on the one database. */
  start(env?: Record<string, string>): Promise<Users>;
  /** What is wrong with the counts of anybody, or with follows beside blocks. */
  contradictions(): Promise<object[]>;
}

/** An instance of the service, and requests to it. */
export interface Users extends BuiltApp<typeof service>, AsyncDisposable {
  readonly lines: LogLines;
  ask(account: string, request: string, body?: object): Promise<Answer>;
  /** Makes somebody with a profile. */
  person(handle?: string): Promise<{ id: string; handle: string }>;
  /** The ids of all entries of a list, page by page. */
  walk(account: string, path: string, limit: number, between?: (page: number) => Promise<unknown>): Promise<string[]>;
  /** The sum of a metric's values. */
  counted(name: string): Promise<number>;
}

/** A machine that is busy with other tests is no reason to refuse a request of these. */
const patient: typeof app = { ...app, service: { ...app.service, shedAbove: '1m' } };

/** A handle that nobody has. */
export const newHandle = () => `h${randomUUID().slice(0, 13).replace('-', '_')}`;

/** Everything around the service, without an instance of it. @param serverUrl of a Postgres of its own. @default - the one of this run */
export async function usersWorld(serverUrl?: string): Promise<UsersWorld> {
  const [place, accounts] = await Promise.all([
    testDatabase(serverUrl),
    testUsers({ issuer: tokenIssuer, audience: tokenAudience }),
  ]);
  const files: UsersWorld['files'] = new Map();
  const built: BuiltApp<typeof service>[] = [];
  const media = await stubServer(({ url }, response) => {
    if (world.mediaStatus !== undefined) return json(response, {}, world.mediaStatus);
    const ids = new URL(url, 'http://media').searchParams.getAll('ids');
    const items = ids.flatMap((id) => {
      const file = files.get(id);
      return file ? [{ id, ...file, bytes: 1, width: null, height: null, createdAt: new Date().toISOString() }] : [];
    });
    json(response, { items });
  });

  const world: UsersWorld = {
    place,
    accounts,
    media,
    files,
    mediaStatus: undefined,
    async start(env = {}) {
      const lines = new LogLines();
      // For those who listen, and so do their background work.
      const ports = { HTTP_PORT: String(await freePort()), METRICS_PORT: String(await freePort()) };
      const urls = { DATABASE_URL: place.url, AUTH_URL: accounts.url, MEDIA_URL: media.url };
      const users = await buildApp(patient, { env: { ...urls, ...ports, ...env }, logTo: lines });
      built.push(users);
      const askAs: Users['ask'] = async (account, request, body) =>
        ask(users, request, { body, headers: await accounts.headersOf(account) });
      return {
        ...users,
        lines,
        ask: askAs,
        async person(handle = newHandle()) {
          const id = randomUUID();
          const { status, body } = await askAs(id, 'PUT /users/me', { handle, name: `Name of ${handle}` });
          if (status !== 200) throw new Error(`nobody was made: ${JSON.stringify(body)}`);
          return { id, handle };
        },
        async walk(account, path, limit, between = async () => {}) {
          const seen: string[] = [];
          let cursor: string | null = '';
          for (let page = 1; cursor !== null; page++) {
            const more = `${path.includes('?') ? '&' : '?'}limit=${limit}${cursor && `&cursor=${cursor}`}`;
            const { status, body } = await askAs(account, `GET ${path}${more}`);
            if (status !== 200) throw new Error(`page ${page} is missing: ${JSON.stringify(body)}`);
            seen.push(...body.items.map(({ id }: { id: string }) => id));
            cursor = body.next;
            await between(page);
          }
          return seen;
        },
        async counted(name) {
          const { values } = (await users.registry.getSingleMetric(name)?.get()) ?? { values: [] };
          return values.reduce((sum, { value }) => sum + value, 0);
        },
        [Symbol.asyncDispose]: () => users.close(),
      };
    },
    contradictions: () =>
      runSql(place.url, [
        `select p.account_id, p.followers, p.following, 'count' as what from profiles p
        where p.followers <> (select count(*) from follows where followed_id = p.account_id)
          or p.following <> (select count(*) from follows where follower_id = p.account_id)
        union all
        select f.follower_id, 0, 0, 'follow beside a block' from follows f
        join blocks b on (b.blocker_id, b.blocked_id) in ((f.follower_id, f.followed_id), (f.followed_id, f.follower_id))`,
      ]),
    async [Symbol.asyncDispose]() {
      await Promise.all(built.map((users) => users.close()));
      await Promise.all([media, accounts].map((each) => each[Symbol.asyncDispose]()));
      await place[Symbol.asyncDispose]();
    },
  };
  return world;
}
