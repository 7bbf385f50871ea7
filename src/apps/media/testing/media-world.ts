import { randomUUID } from 'node:crypto';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Registry } from 'prom-client';
import type { Duration } from '../../../model/index.ts';
import { tokenAudience, tokenIssuer } from '../../auth/contract.ts';
import { buildApp, type ObjectStore } from '../../kit/index.ts';
import { createLog } from '../../kit/log.ts';
import { openObjectStore } from '../../kit/stores/open-object-store.ts';
import { freePort } from '../../kit/testing/free-port.ts';
import { LogLines } from '../../kit/testing/log-lines.ts';
import { folderPlace, type ObjectStorePlace } from '../../kit/testing/object-store-places.ts';
import { runSql, testDatabase } from '../../kit/testing/test-postgres.ts';
import { type TestUsers, testUsers } from '../../kit/testing/test-users.ts';
import app from '../app.ts';

/** What instances of the app share: a database, an object store and somebody who signs tokens. */
export interface MediaWorld extends AsyncDisposable {
  readonly users: TestUsers;
  readonly place: ObjectStorePlace;
  readonly env: Record<string, string>;
  /** An account, with the headers of its requests. */
  account(): Promise<{ id: string; headers: { authorization: string } }>;
  /** Runs SQL, and gives the rows. */
  rows<Row extends object = Record<string, unknown>>(statement: string): Promise<Row[]>;
  /** The keys of all objects. */
  objects(): Promise<string[]>;
  /** Deletes all objects. */
  clear(): Promise<void>;
  /** Puts objects that the app knows nothing of. */
  putObjects(keys: readonly string[]): Promise<void>;
  /** Makes objects of a folder as old as that. */
  ageObjects(keys: readonly string[], seconds: number): Promise<void>;
  /** Another instance of the app, in memory; see `listen`. @param request how long a request may take. @default - as the service says */
  start(env?: Record<string, string>, request?: Duration): Promise<RunningMedia>;
}

export type RunningMedia = Awaited<ReturnType<typeof startMedia>>;

/** Everything an app needs; all of it, and the instances before that, is closed at the end of the scope. */
export async function mediaWorld(openPlace: () => Promise<ObjectStorePlace> = folderPlace): Promise<MediaWorld> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await testDatabase());
  const users = stack.use(await testUsers({ issuer: tokenIssuer, audience: tokenAudience }));
  const place = stack.use(await openPlace());
  const env = {
    DATABASE_URL: database.url,
    AUTH_URL: users.url,
    OBJECTS_URL: place.url,
    ...(place.accessKeyId && { OBJECTS_ACCESS_KEY_ID: place.accessKeyId }),
    ...(place.secretAccessKey && { OBJECTS_SECRET_ACCESS_KEY: place.secretAccessKey }),
  };
  const withStore = async <T>(use: (store: ObjectStore) => Promise<T>): Promise<T> => {
    const { url, accessKeyId, secretAccessKey } = place;
    const keys = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : {};
    const log = createLog({ service: 'test', version: 'test', level: 'error' });
    const store = await openObjectStore({ url, ...keys, service: 'test', registry: new Registry(), log });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  };
  const all = stack.move();
  return {
    users,
    place,
    env,
    async account() {
      const id = randomUUID();
      return { id, headers: await users.headersOf(id) };
    },
    rows: (statement) => runSql(database.url, [statement]),
    objects: () => withStore(async (store) => (await Array.fromAsync(store.list(''))).map(({ key }) => key)),
    clear: () =>
      withStore(async (store) => store.delete(...(await Array.fromAsync(store.list(''))).map(({ key }) => key))),
    putObjects: (keys) =>
      withStore(async (store) => {
        for (const key of keys) await store.put(key, Readable.from([Buffer.from('x')]), { type: 'video/mp4' });
      }),
    async ageObjects(keys, seconds) {
      const then = new Date(Date.now() - seconds * 1_000);
      for (const key of keys) await utimes(join(fileURLToPath(place.url), 'objects', key), then, then);
    },
    start: async (more = {}, request) => all.use(await startMedia({ ...env, ...more }, request)),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function startMedia(env: Record<string, string>, request = app.service.lifecycle.request) {
  const lines = new LogLines();
  const port = String(await freePort());
  const ports = { HTTP_HOST: '127.0.0.1', HTTP_PORT: port, METRICS_PORT: String(await freePort()) };
  // Pictures are made in the process of the tests too: that it is busy then is no reason to shed.
  const service = { ...app.service, shedAbove: '1m' as const, lifecycle: { ...app.service.lifecycle, request } };
  const built = await buildApp({ ...app, service }, { env: { ...ports, ...env }, logTo: lines });
  // Waits for its tables.
  for (;;) {
    const { statusCode } = await built.server.inject(`/internal/files?ids=${randomUUID()}`);
    if (statusCode === 200) break;
    await sleep(50);
  }
  return {
    ...built,
    lines,
    /** Where it answers once it listens. */
    url: `http://127.0.0.1:${port}`,
    upload: (payload: Buffer, headers: Record<string, string>, type = 'application/octet-stream') =>
      built.server.inject({ method: 'POST', url: '/media', payload, headers: { 'content-type': type, ...headers } }),
    /** The series of one of its metrics that are not 0, as `{ label: value }`. */
    counted: async (name: string) => {
      const { values } = (await built.registry.getSingleMetric(name)?.get()) ?? { values: [] };
      return Object.fromEntries(
        values.flatMap(({ labels, value }) => (value > 0 ? [[Object.values(labels).join(), value]] : [])),
      );
    },
    [Symbol.asyncDispose]: () => built.close(),
  };
}
