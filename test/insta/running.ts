import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import auth from '../../src/apps/auth/app.ts';
import { type App, type BuiltApp, buildApp } from '../../src/apps/kit/index.ts';
import { LogLines } from '../../src/apps/kit/testing/log-lines.ts';
import { type TestDatabase, testDatabase } from '../../src/apps/kit/testing/test-postgres.ts';
import media from '../../src/apps/media/app.ts';
import posts from '../../src/apps/posts/app.ts';
import users from '../../src/apps/users/app.ts';
import web from '../../src/apps/web/app.ts';
import { type Contract, urlVariable } from '../../src/model/index.ts';
import { type Caller, createCaller } from './caller.ts';

/** The services of insta in this process: real HTTP between them, a real Postgres, and files for the rest. */
export interface RunningInsta extends AsyncDisposable {
  readonly apps: readonly BuiltApp[];
  readonly lines: LogLines;
  urlOf(contract: Contract): string;
  /** Calls each route at the service that has it, as one host that is in front of all would. */
  readonly caller: Caller;
}

/** @param env what differs for all of them */
export async function runInsta(env: Readonly<Record<string, string>> = {}): Promise<RunningInsta> {
  const folder = await mkdtemp(join(tmpdir(), 'insta-'));
  const lines = new LogLines();
  const urls: Record<string, string> = {};
  const apps: BuiltApp[] = [];
  const databases: TestDatabase[] = [];
  // In the order in which they call each other.
  for (const app of [auth, media, users, posts, web] as unknown as App[]) {
    const { name } = app.service;
    const database = app.service.uses.database && (await testDatabase());
    if (database) databases.push(database);
    const built = await buildApp(app, {
      env: {
        ...(database && { DATABASE_URL: database.url }),
        REDIS_URL: `file:${join(folder, `${name}.sqlite`)}`,
        OBJECTS_URL: `file:${join(folder, 'objects')}`,
        SIGNING_KEY_SECRET: 'a secret for the tests of today',
        LOG_LEVEL: 'warn',
        ...urls,
        ...env,
      },
      logTo: lines,
    });
    apps.push(built);
    await built.server.listen({ host: '127.0.0.1', port: 0 });
    urls[urlVariable(name)] = `http://127.0.0.1:${(built.server.server.address() as AddressInfo).port}`;
  }
  const callers = apps.map(({ service: { contract } }) => {
    const url = urls[urlVariable(contract.name)] ?? '';
    return { routes: Object.values<unknown>(contract.routes), call: createCaller({ url, host: 'insta.test' }) };
  });
  const caller = async (...[route, call, options]: Parameters<Caller>) => {
    const found = callers.find(({ routes }) => routes.includes(route));
    if (!found) throw new Error(`no service has ${route.method} ${route.path}`);
    return found.call(route, call, options);
  };
  const close = async () => void (await Promise.all(callers.map((each) => each.call.close())));
  return {
    apps,
    lines,
    urlOf: ({ name }) => urls[urlVariable(name)] ?? '',
    caller: Object.assign(caller, { origin: 'http://insta.test', close }) as Caller,
    async [Symbol.asyncDispose]() {
      await close();
      for (const app of apps.toReversed()) await app.close();
      for (const database of databases) await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
