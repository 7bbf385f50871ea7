import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createLog } from '../kit/log.ts';
import { startChild } from '../kit/testing/child.ts';
import { eventually } from '../kit/testing/eventually.ts';
import { freePort } from '../kit/testing/free-port.ts';
import { s3Place } from '../kit/testing/object-store-places.ts';
import { openDatabase } from '../kit/testing/opened-database.ts';
import { FileTable, keysOf, originalKey } from './store.ts';
import { Sweeper } from './sweeper.ts';
import { picture, video } from './testing/contents.ts';
import { type MediaWorld, mediaWorld, type RunningMedia } from './testing/media-world.ts';

vi.setConfig({ testTimeout: 60_000 });

let world: MediaWorld;
beforeAll(async () => {
  world = await mediaWorld();
});
afterEach(async () => {
  await world.rows('delete from files');
  await world.rows('delete from deleted_accounts');
  await world.clear();
});
afterAll(() => world[Symbol.asyncDispose]());

const remove = async ({ server }: RunningMedia, id: string, headers: Record<string, string>) => {
  const { statusCode, body } = await server.inject({ method: 'DELETE', url: `/media/${id}`, headers });
  return [statusCode, body && JSON.parse(body).code];
};
const statusOf = async ({ server }: RunningMedia, id: string) => (await server.inject(`/media/${id}`)).statusCode;
const states = async () => (await world.rows('select state from files')).map(({ state }) => state);
const mebi = 1024 * 1024;
const quick = { SWEEP_EVERY: '10ms', DELETIONS_EVERY: '10ms' };

test('a file is deleted by whom it belongs to, at once and once', async () => {
  await using media = await world.start({ SWEEP_EVERY: '10ms' });
  const [owner, other] = [await world.account(), await world.account()];
  const { id } = (await media.upload(await picture('png'), owner.headers)).json();
  expect(await remove(media, id, other.headers)).toEqual([404, 'file-not-found']);
  expect(await remove(media, randomUUID(), owner.headers)).toEqual([404, 'file-not-found']);
  expect(await remove(media, 'x', owner.headers)).toEqual([400, 'invalid-request']);
  expect(await remove(media, id, {})).toEqual([401, 'unauthenticated']);
  expect(await statusOf(media, id)).toBe(200);

  expect(await remove(media, id, owner.headers)).toEqual([204, '']);
  // Its objects are still there, as nothing sweeps before the app listens.
  expect(await world.objects()).toHaveLength(3);
  for (const path of ['', '/thumbnail']) {
    expect((await media.server.inject(`/media/${id}${path}`)).statusCode).toBe(404);
  }
  expect((await media.server.inject(`/internal/files?ids=${id}`)).json()).toEqual({ items: [] });
  expect(await remove(media, id, owner.headers)).toEqual([404, 'file-not-found']);

  await media.listen();
  await eventually(async () => expect(await states()).toEqual([]));
  expect(await world.objects()).toEqual([]);
});

test('of many who delete a file at once one does', async () => {
  await using one = await world.start();
  await using other = await world.start();
  const { headers } = await world.account();
  const { id } = (await one.upload(await picture('png'), headers)).json();
  const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => remove(at % 2 ? one : other, id, headers)));
  expect(answers.filter(([status]) => status === 204)).toHaveLength(1);
  expect(answers.filter(([status]) => status === 404)).toHaveLength(9);
});

describe('of a deleted account', () => {
  test('all files go, also those of before a service was down, and those of others stay', async () => {
    await using media = await world.start(quick);
    const [gone, kept] = [await world.account(), await world.account()];
    const contents = [await picture('png'), await picture('jpeg'), video('mp4')];
    for (const content of contents) await media.upload(content, gone.headers);
    const { id } = (await media.upload(await picture('png'), kept.headers)).json();
    // While it does not follow the list yet.
    world.users.deleted.push(randomUUID(), gone.id);
    await media.listen();
    await eventually(async () => expect(await states()).toEqual(['ready']));
    expect(await world.objects()).toEqual([`files/${id}`, `thumbnails/${id}-1080`, `thumbnails/${id}-320`]);
    expect(await media.counted('media_accounts_removed_total')).toEqual({ '': 2 });
    expect(await statusOf(media, id)).toBe(200);
  });

  test('nothing is taken any more, though its token is still valid', async () => {
    await using media = await world.start(quick);
    const { id, headers } = await world.account();
    world.users.deleted.push(id);
    await media.listen();
    await eventually(async () => expect(await media.counted('media_accounts_removed_total')).toEqual({ '': 1 }));
    const answer = await media.upload(await picture('png'), headers);
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'account-deleted']);
    expect(await remove(media, randomUUID(), headers)).toEqual([404, 'file-not-found']);
    expect([await states(), await world.objects()]).toEqual([[], []]);
  });

  test('an upload under way does not become a file', async () => {
    await using media = await world.start(quick);
    const { id, headers } = await world.account();
    await media.listen();
    const upload = halfUpload(media.url, headers);
    await eventually(async () => expect(await states()).toEqual(['uploading']));
    world.users.deleted.push(id);
    await eventually(async () => expect(await states()).toEqual([]));
    upload.sendRest();
    const [response] = await upload.answered;
    expect(response.statusCode).toBe(401);
    expect([await states(), await world.objects()]).toEqual([[], []]);
  });

  test('an upload that ends while it is being deleted does not become a file', async () => {
    await using media = await world.start();
    const { id, headers } = await world.account();
    await using database = openDatabase(world.env['DATABASE_URL'] ?? '');
    const gate = Promise.withResolvers<void>();
    const deleted = Promise.withResolvers<void>();
    const deleting = database.transaction(async (tx) => {
      await new FileTable(database).deleteAccount(tx, id);
      deleted.resolve();
      await gate.promise;
    });
    await deleted.promise;
    // It begins, as nobody can see yet that the account is deleted, and its row comes too late for the deletion.
    const upload = media.upload(await picture('png', { width: 8, height: 8 }), headers);
    await eventually(async () => expect(await world.objects()).toHaveLength(3));
    expect(await states()).toEqual(['uploading']);
    gate.resolve();
    await deleting;
    const answer = await upload;
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'account-deleted']);
    expect([await states(), await world.objects()]).toEqual([[], []]);
  });
});

/** An upload of which half has come. */
function halfUpload(url: string, headers: Record<string, string>, bytes = 2 * mebi) {
  const content = video('mp4', bytes);
  const half = content.length / 2;
  const sent = httpRequest(`${url}/media`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'video/mp4', 'content-length': content.length },
  });
  sent.on('error', () => {});
  sent.write(content.subarray(0, half));
  return { sendRest: () => sent.end(content.subarray(half)), answered: once(sent, 'response') };
}

describe('the sweeper', () => {
  const insert = (id: string, state: string, age: string) =>
    `insert into files (id, owner, state, type, created_at) values ('${id}', '${id}', '${state}', 'video/mp4', now() - interval '${age}')`;

  test('removes uploads that never ended, and none that may still end', async () => {
    await using media = await world.start({ ...quick, HALF_UPLOAD_TTL: '1h' });
    const [young, old] = [randomUUID(), randomUUID()];
    await world.rows(insert(young, 'uploading', '59 minutes'));
    await world.rows(insert(old, 'uploading', '61 minutes'));
    await media.listen();
    await eventually(async () => expect(await world.rows('select id from files')).toEqual([{ id: young }]));
  });

  test('gives up an upload that takes longer, which hears so', async () => {
    // So long that its parts, which go after twice that, are still there when the rest comes.
    await using media = await world.start({ ...quick, HALF_UPLOAD_TTL: '2s' });
    await media.listen();
    const { headers } = await world.account();
    const upload = halfUpload(media.url, headers);
    await eventually(() => expect(media.lines.of('files removed')).toHaveLength(1));
    upload.sendRest();
    const [response] = await upload.answered;
    expect([response.statusCode, await json(response)]).toMatchObject([503, { code: 'upload-given-up' }]);
    expect([await states(), await world.objects()]).toEqual([[], []]);
  });

  test('removes what a process that was killed left', async () => {
    await using world = await mediaWorld(s3Place);
    const port = String(await freePort());
    await using child = startChild('media/main.ts', {
      ...world.env,
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: port,
      METRICS_PORT: String(await freePort()),
    });
    const url = `http://127.0.0.1:${port}`;
    await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));
    const { headers } = await world.account();
    // So much that S3 has a part of it.
    const { answered } = halfUpload(url, headers, 24 * mebi);
    const cut = expect(answered).rejects.toThrow();
    await eventually(async () => expect(await world.place.unfinished()).toBe(1));
    expect(await world.rows('select state from files')).toEqual([{ state: 'uploading' }]);
    child.process.kill('SIGKILL');
    await cut;
    const media = await world.start({ ...quick, HALF_UPLOAD_TTL: '1ms' });
    await media.listen();
    await eventually(async () => expect(await world.rows('select state from files')).toEqual([]));
    await eventually(async () => expect(await world.place.unfinished()).toBe(0));
    expect(await world.objects()).toEqual([]);
  });

  test('removes more than it takes at once, with as many replicas as there are', async () => {
    await using stack = new AsyncDisposableStack();
    const replicas = await Promise.all([1, 2, 3].map(async () => stack.use(await world.start(quick))));
    await world.rows(
      `insert into files (id, owner, state, type) select gen_random_uuid(), gen_random_uuid(), 'deleted', 'video/mp4' from generate_series(1, 450)`,
    );
    for (const replica of replicas) await replica.listen();
    await eventually(async () => expect(await states()).toEqual([]));
    const swept = replicas.flatMap(({ lines }) => lines.of('files removed').map(({ files }) => Number(files)));
    // Each by one of them.
    expect(swept.reduce((sum, files) => sum + files, 0)).toBe(450);
    expect(Math.max(...swept)).toBe(100);
  });

  test('keeps the row until the objects are gone', async () => {
    await using media = await world.start(quick);
    const { headers } = await world.account();
    const { id } = (await media.upload(await picture('png'), headers)).json();
    await remove(media, id, headers);
    await world.place.stop();
    await media.listen();
    await eventually(() =>
      expect(media.lines.of('background work failed; it is tried again').length).toBeGreaterThan(2),
    );
    expect(await states()).toEqual(['deleted']);
    await world.place.start();
    await eventually(async () => expect([await states(), await world.objects()]).toEqual([[], []]));
  });

  test('goes on past a file that the store refuses to delete, and sees to it again after its time', async () => {
    await using _media = await world.start();
    await using database = openDatabase(world.env['DATABASE_URL'] ?? '');
    const ids = Array.from({ length: 150 }, () => randomUUID());
    const [refused = ''] = ids;
    await world.rows(
      `insert into files (id, owner, state, type, sweep_at)
      select id, id, 'deleted', 'video/mp4', now() - interval '1 hour' + at * interval '1 second'
      from unnest('{${ids.join()}}'::uuid[]) with ordinality as given (id, at)`,
    );
    let refuses = true;
    const deleted = new Set<string>();
    const asked = vi.fn();
    const objects = {
      async delete(...keys: string[]) {
        asked();
        if (refuses && keys.includes(originalKey(refused))) throw new Error('403 AccessDenied');
        for (const key of keys) deleted.add(key);
      },
      list: async function* () {},
      sweepUnfinished: async () => 0,
    };
    const log = createLog({ service: 'test', version: 'test', level: 'silent' });
    const props = { files: new FileTable(database), objects, halfUploadTtl: 60_000, log, onAccountRemoved() {} };
    const { signal } = new AbortController();
    const sweeper = new Sweeper({ ...props, patience: 60_000 });
    await expect(sweeper.sweepFiles(signal)).rejects.toThrow('1 of 2 failed');
    expect(await world.rows('select id from files')).toEqual([{ id: refused }]);
    expect(deleted).toEqual(new Set(ids.slice(1).flatMap(keysOf)));
    refuses = false;
    asked.mockClear();
    await sweeper.sweepFiles(signal);
    expect(asked).not.toHaveBeenCalled();
    await world.rows("update files set sweep_at = now() - interval '1 second'");
    await sweeper.sweepFiles(signal);
    expect(await world.rows('select id from files')).toEqual([]);
    expect(deleted.has(originalKey(refused))).toBe(true);
  });

  test('removes old objects of no file in the end, and nothing else', async () => {
    await using media = await world.start({ SWEEP_EVERY: '1ms' });
    const { headers } = await world.account();
    const { id } = (await media.upload(await picture('png'), headers)).json();
    const [old, young] = [randomUUID(), randomUUID()];
    const strays = [`files/${old}`, `thumbnails/${old}-320`];
    const others = [`files/${young}`, `thumbnails/${old}-500`, 'files/readme', `else/${old}`];
    await world.putObjects([...strays, ...others]);
    const kept = [...others, `files/${id}`, `thumbnails/${id}-320`, `thumbnails/${id}-1080`].sort();
    await world.ageObjects(
      [...strays, ...kept].filter((key) => key !== `files/${young}`),
      61 * 60,
    );
    await world.rows("update trellis_migrations set applied_at = now() - interval '1 day'");
    await media.listen();
    await eventually(async () => expect((await world.objects()).sort()).toEqual(kept));
    await eventually(() =>
      expect(media.lines.of('objects of no file removed').map(({ objects }) => objects)).toEqual([1, 1]),
    );
  });

  test('removes no object that is older than the database: a lost one that is new again knows of none of them', async () => {
    await using media = await world.start();
    await using database = openDatabase(world.env['DATABASE_URL'] ?? '');
    const removed: string[] = [];
    const key = `files/${randomUUID()}`;
    const modified = new Date(Date.now() - 61 * 60_000);
    let isRestored = false;
    const objects = {
      async *list() {
        yield { key, bytes: 1, modified };
        if (isRestored) await world.rows('update trellis_migrations set applied_at = now()');
      },
      delete: async (...keys: string[]) => void removed.push(...keys),
      sweepUnfinished: async () => 0,
    };
    const { log } = media;
    const props = { files: new FileTable(database), objects, halfUploadTtl: 60_000, patience: 60_000, log };
    const sweeper = new Sweeper({ ...props, onAccountRemoved() {} });
    const { signal } = new AbortController();
    await world.rows('update trellis_migrations set applied_at = now()');
    await sweeper.sweepStraysOf('files/', signal);
    expect(removed).toEqual([]);
    await world.rows("update trellis_migrations set applied_at = now() - interval '1 day'");
    // Where a backup is restored while the objects are listed.
    isRestored = true;
    await sweeper.sweepStraysOf('files/', signal);
    expect(removed).toEqual([]);
    isRestored = false;
    await world.rows("update trellis_migrations set applied_at = now() - interval '1 day'");
    await sweeper.sweepStraysOf('files/', signal);
    expect(removed).toEqual([key]);
  });
});
