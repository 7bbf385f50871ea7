import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, truncate } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { freePort } from './free-port.ts';
import { testS3 } from './test-s3.ts';

/** Somewhere that object stores are kept, empty at first, which the tests may break. */
export interface ObjectStorePlace extends AsyncDisposable {
  readonly url: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** Takes the store away. What is being read and written breaks off. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Breaks a get of this object that goes on, and no later one of another. */
  breakGet(key: string): Promise<void>;
  /** How many objects it lists at once at most. */
  readonly pageSize: number;
  /** How many unfinished objects the store keeps. */
  unfinished(): Promise<number>;
  /** How many connections or files are open for the store. @returns undefined where nobody can tell */
  open?(): number;
}

/** A folder. */
export async function folderPlace(): Promise<ObjectStorePlace> {
  const parent = await mkdtemp(join(tmpdir(), 'objects-'));
  const folder = join(parent, 'store');
  return {
    url: pathToFileURL(folder).href,
    pageSize: 100,
    stop: () => rename(folder, `${folder}-away`),
    start: () => rename(`${folder}-away`, folder),
    breakGet: (key) => truncate(join(folder, 'objects', key), 1000),
    unfinished: async () => (await readdir(join(folder, 'partial'))).length,
    // Only Linux tells a process which files it has open.
    ...(existsSync('/proc/self/fd') && { open: () => filesOpenIn(folder) }),
    async [Symbol.asyncDispose]() {
      await rm(parent, { recursive: true, force: true });
    },
  };
}

function filesOpenIn(folder: string): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(join('/proc/self/fd', fd));
    } catch {
      // It was closed since, such as the one of this very listing.
      return '';
    }
  });
  return targets.filter((target) => target.startsWith(folder)).length;
}

/** A new bucket, behind a proxy that can be closed: the server itself may be another's. */
export async function s3Place(): Promise<ObjectStorePlace> {
  const s3 = await testS3();
  const { hostname, port } = new URL(s3.url);
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = connect(Number(port || 80), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      // A reset arrives as such on the other side.
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  const proxyPort = await freePort();
  const start = () => new Promise<void>((resolve) => proxy.listen(proxyPort, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      proxy.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  await start();
  const bucket = `test-${randomUUID()}`;
  const { accessKeyId, secretAccessKey } = s3;
  // Past the proxy, to tell what is there while that is closed.
  const client = new S3Client({
    endpoint: s3.url,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  return {
    url: `http://127.0.0.1:${proxyPort}/${bucket}`,
    pageSize: s3.pageSize,
    accessKeyId,
    secretAccessKey,
    stop,
    start,
    async breakGet() {
      for (const socket of sockets) socket.destroy();
    },
    async unfinished() {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
      return Uploads.length;
    },
    // One to the store and one from it.
    open: () => sockets.size / 2,
    async [Symbol.asyncDispose]() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      client.destroy();
      await stop();
      await s3[Symbol.asyncDispose]();
    },
  };
}
