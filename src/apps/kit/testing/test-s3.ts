import { createHash, randomUUID } from 'node:crypto';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import S3rver, { type Context, type Store } from 's3rver';

/** An S3 server for tests. */
export interface TestS3 extends AsyncDisposable {
  /** Without a bucket, and without a slash at the end. */
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** How many objects it lists at once at most. */
  readonly pageSize: number;
}

/** Less than that of S3, which may give less than it could: so many fewer objects make a second page. */
const pageSize = 100;

/**
 * The S3 server of `TEST_S3_URL`, such as `http://127.0.0.1:7070`, with the keys in `TEST_S3_ACCESS_KEY_ID` and `TEST_S3_SECRET_ACCESS_KEY`; or s3rver in
 * this process, if that is not set.
 */
export async function testS3(): Promise<TestS3> {
  const { TEST_S3_URL: given, TEST_S3_ACCESS_KEY_ID: id = '', TEST_S3_SECRET_ACCESS_KEY: key = '' } = process.env;
  if (given) {
    if (!id || !key) throw new Error('TEST_S3_URL is set: set TEST_S3_ACCESS_KEY_ID and TEST_S3_SECRET_ACCESS_KEY too');
    const url = given.replace(/\/$/, '');
    return { url, accessKeyId: id, secretAccessKey: key, pageSize: 1000, [Symbol.asyncDispose]: async () => {} };
  }
  const directory = await mkdtemp(join(tmpdir(), 's3rver-'));
  const server = new S3rver({ address: '127.0.0.1', port: 0, directory, silent: true, vhostBuckets: false });
  repair(server.store);
  server.middleware.unshift((context, next) => complete(server.store, context, next));
  const { port } = await server.run();
  return {
    url: `http://127.0.0.1:${port}`,
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
    pageSize,
    async [Symbol.asyncDispose]() {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/**
 * Gives s3rver what S3 promises: objects that change as a whole, and ranges as they are asked for. It writes into the object's file while that is read,
 * answers before all is written, and reads the length of one version with the bytes of another.
 */
function repair(store: Store): void {
  const getObject = store.getObject.bind(store);
  const deleteObject = store.deleteObject.bind(store);
  let last: Promise<unknown> = Promise.resolve();
  const alone = <T>(run: () => Promise<T>): Promise<T> => {
    const result = last.then(run);
    last = result.catch(() => {});
    return result;
  };
  store.getObject = (bucket, key, options) =>
    alone(async () => {
      // It takes an end of 0 for none; a boxed 0 is truthy and still counts as 0.
      const end = options?.end === 0 ? (Object(0) as number) : options?.end;
      const found = await getObject(bucket, key, options && { ...options, end });
      // An empty object has no part.
      if (found?.size === 0 && options?.start !== undefined) found.content = undefined;
      return found;
    });
  store.deleteObject = (bucket, key) => alone(() => deleteObject(bucket, key));
  store.putObject = async ({ bucket, key, content, metadata }) => {
    const staged = store.getResourcePath('.staged', randomUUID(), 'object');
    const written = await write(staged, content);
    await alone(async () => {
      const path = store.getResourcePath(bucket, key, 'object');
      mkdirSync(dirname(path), { recursive: true });
      renameSync(staged, path);
      await store.putMetadata(bucket, key, metadata, written.md5);
    });
    return written;
  };
  store.putPart = (bucket, upload, part, content) =>
    write(join(store.getResourcePath(bucket, undefined, 'uploads'), upload, String(part)), content);
}

async function write(path: string, content: Readable): Promise<{ size: number; md5: string }> {
  const hash = createHash('md5');
  content.on('data', (chunk: Buffer) => hash.update(chunk));
  mkdirSync(dirname(path), { recursive: true });
  const file = createWriteStream(path);
  await pipeline(content, file);
  return { size: file.bytesWritten, md5: hash.digest('hex') };
}

/** What s3rver lacks, or cannot do on a Node of today: listings of more than a page, in order, and unfinished uploads. */
async function complete(store: Store, context: Context, next: () => Promise<void>): Promise<void> {
  const { method, path, query } = context;
  const bucket = path.split('/')[1] ?? '';
  const uploads = store.getResourcePath(bucket, undefined, 'uploads');
  const upload = query['uploadId'] && join(uploads, query['uploadId']);
  if (upload && !existsSync(upload)) {
    context.status = 404;
    context.type = 'application/xml';
    context.body = '<?xml version="1.0"?><Error><Code>NoSuchUpload</Code></Error>';
  } else if (method === 'DELETE' && upload) {
    rmSync(upload, { recursive: true, force: true });
    context.status = 204;
  } else if (method === 'GET' && 'uploads' in query) {
    context.type = 'application/xml';
    context.body = uploadsOf(uploads);
  } else if (method === 'GET' && query['list-type'] === '2') {
    context.type = 'application/xml';
    context.body = await listing(store, bucket, query);
  } else await next();
}

function uploadsOf(folder: string): string {
  const uploads = (existsSync(folder) ? readdirSync(folder) : []).map((id) => {
    const key = readFileSync(join(folder, id, 'key'), 'utf8');
    const initiated = statSync(join(folder, id, 'key')).mtime.toISOString();
    return `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${initiated}</Initiated></Upload>`;
  });
  return `<?xml version="1.0"?><ListMultipartUploadsResult>${uploads.join('')}</ListMultipartUploadsResult>`;
}

async function listing(store: Store, bucket: string, query: Context['query']): Promise<string> {
  const { prefix = '', 'continuation-token': after = '' } = query;
  const { objects } = await store.listObjects(bucket, { prefix });
  const left = objects.filter(({ key }) => key > after).sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = left.slice(0, pageSize);
  const contents = page.map(({ key, size, lastModifiedDate }) => {
    const modified = lastModifiedDate.toISOString();
    return `<Contents><Key>${key}</Key><Size>${size}</Size><LastModified>${modified}</LastModified></Contents>`;
  });
  const more =
    left.length > page.length
      ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${page.at(-1)?.key}</NextContinuationToken>`
      : '<IsTruncated>false</IsTruncated>';
  return `<?xml version="1.0"?><ListBucketResult>${contents.join('')}${more}</ListBucketResult>`;
}
