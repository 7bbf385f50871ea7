import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { tokenAudience, tokenIssuer } from '../src/apps/auth/contract.ts';
import { buildApp } from '../src/apps/kit/index.ts';
import { freePort } from '../src/apps/kit/testing/child.ts';
import { LogLines } from '../src/apps/kit/testing/log-lines.ts';
import { folderPlace, type ObjectStorePlace } from '../src/apps/kit/testing/object-store-places.ts';
import { runSql, testDatabase } from '../src/apps/kit/testing/test-postgres.ts';
import { type TestUsers, testUsers } from '../src/apps/kit/testing/test-users.ts';
import app from '../src/apps/media/app.ts';

/** What instances of the app share: a database, an object store and somebody who signs tokens. */
export interface MediaWorld extends AsyncDisposable {
  readonly users: TestUsers;
  readonly place: ObjectStorePlace;
  readonly env: Record<string, string>;
  /** An account, with the headers of its requests. */
  account(): Promise<{ id: string; headers: { authorization: string } }>;
  /** Runs SQL, and gives the rows. */
  rows<Row extends object = Record<string, unknown>>(statement: string): Promise<Row[]>;
  /** Another instance of the app, in memory; see `listen`. */
  start(env?: Record<string, string>): Promise<RunningMedia>;
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
    start: async (more = {}) => all.use(await startMedia({ ...env, ...more })),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

async function startMedia(env: Record<string, string>) {
  const lines = new LogLines();
  const port = String(await freePort());
  const ports = { HTTP_HOST: '127.0.0.1', HTTP_PORT: port, METRICS_PORT: String(await freePort()) };
  const built = await buildApp(app, { env: { ...ports, ...env }, logTo: lines });
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

/** A picture of one colour. @param format as sharp names it */
export function picture(
  format: 'jpeg' | 'png' | 'webp' | 'gif' | 'avif',
  { width = 640, height = 480, color = '#336699' } = {},
): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: color } })
    .toFormat(format)
    .toBuffer();
}

/** What begins like a video, and is as long as it has to be. */
export function video(type: 'mp4' | 'webm', bytes = 100_000): Buffer {
  const filler = Buffer.alloc(bytes, 'frames ');
  const head = {
    mp4: Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex'),
    webm: Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104428581', 'hex'),
  }[type];
  return Buffer.concat([head, filler]).subarray(0, bytes);
}
