import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { DeleteBucketCommand, DeleteObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Registry } from 'prom-client';
import { expect, test, vi } from 'vitest';
import { createLog } from '../log.ts';
import { HttpError } from '../problem.ts';
import { LogLines } from '../testing/log-lines.ts';
import { s3Place } from '../testing/object-store-places.ts';
import { type StubRequest, stubServer } from '../testing/stub-server.ts';
import { type ObjectStoreProps, openObjectStore } from './open-object-store.ts';
import { S3ObjectStore } from './s3-object-store.ts';

const unavailable = { statusCode: 503, code: 'store-unavailable' };
const secrets = { accessKeyId: 'the-key-id', secretAccessKey: 'the-secret-key' };

async function open(props: Pick<ObjectStoreProps, 'url'> & Partial<ObjectStoreProps>) {
  const lines = new LogLines();
  const log = createLog({ service: 'media', version: '1', level: 'debug', to: lines });
  const store = await openObjectStore({ service: 'media', registry: new Registry(), log, ...props });
  return Object.assign(store, { lines, [Symbol.asyncDispose]: () => store.close() });
}

/** A store that answers what the SDK asks on its own, and leaves the rest to the test. */
function stubS3(answer: (request: StubRequest, response: ServerResponse, count: number) => void) {
  let asked = 0;
  return stubServer((request, response) => {
    if (request.method === 'HEAD' && /^\/bucket\/?$/.test(request.url)) response.end();
    else answer(request, response, ++asked);
  });
}

function xml(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<?xml version="1.0"?>${body}`);
}

const put = (store: Awaited<ReturnType<typeof open>>, key: string) =>
  store.put(key, Readable.from(['x']), { type: 'text/plain' });

test('a store that never answers is given up after seconds', async () => {
  await using stub = await stubS3(() => {});
  await using store = await open({ url: `${stub.url}/bucket`, ...secrets });
  const start = performance.now();
  const results = await Promise.allSettled([
    store.head('a'),
    store.get('a'),
    store.delete('a'),
    store.delete('a', 'b'),
    Array.fromAsync(store.list('')),
  ]);
  // An answer has 5 s: with a second attempt, or one after the other, they would take twice as long or longer.
  expect(performance.now() - start).toBeLessThan(9_500);
  expect(results.map((each) => each.status === 'rejected' && each.reason)).toEqual(
    results.map(() => expect.objectContaining(unavailable)),
  );
});

test('content that stalls is given up', async () => {
  await using stub = await stubS3(({ method }, response) => {
    if (method === 'GET') response.writeHead(200, { 'content-length': 1_000_000 }).write('x'.repeat(1000));
  });
  const log = createLog({ service: 'media', version: '1', level: 'debug', to: new LogLines() });
  const place = { endpoint: stub.url, bucket: 'bucket', region: 'us-east-1' };
  const store = new S3ObjectStore({ ...place, keys: secrets, log, idleTimeout: 300 });
  const get = async () => (await store.get('a'))?.content.toArray();
  const [putting, getting] = await Promise.allSettled([store.put('a', Readable.from(['x']), 'text/plain'), get()]);
  expect(putting).toMatchObject({ status: 'rejected', reason: unavailable });
  expect(getting).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining('inactivity') } });
  await store.close();
});

test('a check ends when nobody waits for it any more', async () => {
  await using stub = await stubServer(() => {});
  await using store = await open({ url: `${stub.url}/bucket`, ...secrets });
  const start = performance.now();
  await expect(store.check(AbortSignal.timeout(300))).rejects.toThrow(/timeout/);
  // Not as long as an answer has, which is 5 s.
  expect(performance.now() - start).toBeLessThan(4_500);
});

test('what fails for a moment is tried again, three times in all', async () => {
  await using stub = await stubS3((_, response, count) => {
    if (count < 3) xml(response, '<Error><Code>SlowDown</Code></Error>', 503);
    else if (count === 3) response.writeHead(200, { 'content-length': 7, 'content-type': 'image/png' }).end();
    else xml(response, '<Error><Code>SlowDown</Code></Error>', 503);
  });
  await using store = await open({ url: `${stub.url}/bucket`, ...secrets });
  expect(await store.head('a')).toEqual({ bytes: 7, type: 'image/png' });
  await expect(store.head('a')).rejects.toMatchObject(unavailable);
  expect(stub.requests.filter(({ url }) => url.startsWith('/bucket/a'))).toHaveLength(6);
});

test('a refusal is an error of ours, without keys or what was signed', async () => {
  await using stub = await stubS3((_, response) => {
    const said = `<AWSAccessKeyId>${secrets.accessKeyId}</AWSAccessKeyId><StringToSign>AWS4 ${secrets.secretAccessKey}</StringToSign>`;
    const message = `<Message>not by ${secrets.accessKeyId}</Message>`;
    xml(response, `<Error><Code>SignatureDoesNotMatch</Code>${message}${said}</Error>`, 403);
  });
  await using store = await open({ url: `${stub.url}/bucket`, ...secrets });
  for (const run of [() => put(store, 'a'), () => store.get('a'), () => Array.fromAsync(store.list(''))]) {
    const error: unknown = await run().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(HttpError);
    expect(String(error)).toMatch(
      /^Error: the object store .*\/bucket refused to (put|get|list): 403 SignatureDoesNotMatch$/,
    );
    const told = `${(error as Error).stack}${JSON.stringify(error)}${store.lines.text}`;
    for (const secret of Object.values(secrets)) expect(told).not.toContain(secret);
    expect((error as Error).cause).toBeUndefined();
  }
});

test('unfinished uploads are removed by their age, from however many pages', async () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const upload = (id: string, minutes: number) =>
    `<Upload><Key>${id}.mp4</Key><UploadId>${id}</UploadId><Initiated>${minutesAgo(minutes)}</Initiated></Upload>`;
  const more =
    '<IsTruncated>true</IsTruncated><NextKeyMarker>new.mp4</NextKeyMarker><NextUploadIdMarker>new</NextUploadIdMarker>';
  await using stub = await stubS3(({ method, url }, response) => {
    const { searchParams } = new URL(url, 'http://store');
    if (method === 'DELETE') {
      // Another replica was faster.
      if (searchParams.get('uploadId') === 'taken') {
        xml(response, '<Error><Code>NoSuchUpload</Code></Error>', 404);
      } else response.writeHead(204).end();
      return;
    }
    const isFirst = searchParams.get('key-marker') === null;
    const isNext = searchParams.get('key-marker') === 'new.mp4' && searchParams.get('upload-id-marker') === 'new';
    const page = isFirst ? `${upload('old', 61)}${upload('new', 59)}${more}` : '';
    const next = isNext ? `${upload('taken', 61)}${upload('older', 600)}<IsTruncated>false</IsTruncated>` : '';
    xml(response, `<ListMultipartUploadsResult>${page}${next}</ListMultipartUploadsResult>`);
  });
  await using store = await open({ url: `${stub.url}/bucket`, ...secrets });
  expect(await store.sweepUnfinished(60 * 60_000)).toBe(2);
  const aborted = stub.requests.filter(({ method }) => method === 'DELETE');
  expect(aborted.map(({ url }) => new URL(url, 'http://store').pathname)).toEqual([
    '/bucket/old.mp4',
    '/bucket/taken.mp4',
    '/bucket/older.mp4',
  ]);
  expect(store.lines.of('half an object removed')).toHaveLength(2);
});

test('a store that keeps no list of unfinished uploads has none to remove', async () => {
  await using stub = await stubS3((_, response) => response.writeHead(501).end());
  await using store = await open({ url: `${stub.url}/bucket`, ...secrets });
  expect(await store.sweepUnfinished(0)).toBe(0);
  expect(store.lines.of('object store unavailable')).toEqual([]);
});

test('a store that gives another part than asked for is not believed', async () => {
  await using stub = await stubS3((request, response) => {
    if (request.url.startsWith('/bucket/shifted')) {
      response.writeHead(206, { 'content-length': 2, 'content-range': 'bytes 1-2/5' }).end('el');
    } else if (request.url.startsWith('/bucket/longer')) {
      response.writeHead(206, { 'content-length': 3, 'content-range': 'bytes 0-2/5' }).end('hel');
    } else response.writeHead(200, { 'content-length': 5 }).end('hello');
  });
  await using store = await open({ url: `${stub.url}/bucket`, ...secrets });
  const range = { start: 0, end: 1 };
  await expect(store.get('all', range)).rejects.toThrow('gave all when asked for bytes=0-1');
  await expect(store.get('shifted', range)).rejects.toThrow('gave bytes 1-2/5 when asked for bytes=0-1');
  await expect(store.get('longer', range)).rejects.toThrow('gave bytes 0-2/5 when asked for bytes=0-1');
});

test('what is refused within a successful answer is an error', async () => {
  await using stub = await stubS3((_, response) => {
    const refused = '<Error><Key>b</Key><Code>AccessDenied</Code><Message>x</Message></Error>';
    const absent = '<Error><Key>a</Key><Code>NoSuchKey</Code></Error>';
    xml(response, `<DeleteResult>${absent}${refused}</DeleteResult>`);
  });
  await using store = await open({ url: `${stub.url}/bucket`, ...secrets });
  await expect(store.delete('a', 'b', 'c')).rejects.toThrow('did not delete 1 of 3 objects, the first b: AccessDenied');
});

test('more objects than S3 deletes at once are deleted by several commands', async () => {
  await using stub = await stubS3((_, response) => xml(response, '<DeleteResult></DeleteResult>'));
  await using store = await open({ url: `${stub.url}/bucket`, ...secrets });
  const keys = Array.from({ length: 2_003 }, (_, at) => `many/${at}`);
  await store.delete(...keys);
  const commands = stub.requests.filter(({ method }) => method === 'POST');
  const deleted = commands.map(({ body }) => [...body.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key]) => key));
  expect(deleted.map(({ length }) => length).toSorted()).toEqual([1000, 1000, 3]);
  expect(deleted.flat().toSorted()).toEqual(keys.toSorted());
});

test('replicas that start at once make the bucket once', async () => {
  await using place = await s3Place();
  const stores = await Promise.all(Array.from({ length: 4 }, () => open(place)));
  await Promise.all(stores.map((store, at) => put(store, `a/${at}`)));
  expect((await Array.fromAsync(stores[0]?.list('') ?? [])).map(({ key }) => key)).toEqual([
    'a/0',
    'a/1',
    'a/2',
    'a/3',
  ]);
  for (const store of stores) await store.close();
});

test('a bucket that was deleted is made again', async () => {
  await using place = await s3Place();
  await using store = await open(place);
  await put(store, 'a');
  const { origin, pathname } = new URL(place.url);
  const Bucket = pathname.slice(1);
  const { accessKeyId = '', secretAccessKey = '' } = place;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint: origin, region: 'us-east-1', credentials, forcePathStyle: true });
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  await client.send(new DeleteBucketCommand({ Bucket }));
  client.destroy();
  await expect(put(store, 'b')).rejects.toMatchObject(unavailable);
  await put(store, 'b');
  expect(await store.head('b')).toEqual({ bytes: 1, type: 'text/plain' });
});

test('without keys it uses those of its environment', async () => {
  await using place = await s3Place();
  vi.stubEnv('AWS_ACCESS_KEY_ID', place.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', place.secretAccessKey);
  await using store = await open({ url: place.url });
  await put(store, 'a');
  expect(await store.head('a')).toEqual({ bytes: 1, type: 'text/plain' });
});

test('a request whose content cannot be stored can still be answered', async () => {
  await using place = await s3Place();
  await using store = await open(place);
  await put(store, 'a');
  await place.stop();
  const server = createServer((request, response) => {
    store.put('a', request, { type: 'image/png' }).then(
      () => response.end('stored'),
      (error: HttpError) => response.writeHead(error.statusCode).end(error.code),
    );
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const body = Buffer.alloc(3 * 1024 * 1024, 'x');
    const answer = await fetch(url, { method: 'PUT', body });
    expect([answer.status, await answer.text()]).toEqual([503, 'store-unavailable']);
    await place.start();
    expect(await (await fetch(url, { method: 'PUT', body })).text()).toBe('stored');
    const found = await store.get('a', { start: 0, end: 9 });
    expect(found && (await text(found.content))).toBe('xxxxxxxxxx');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
