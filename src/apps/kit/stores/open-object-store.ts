import type { Registry } from 'prom-client';
import { inSpan } from '../in-span.ts';
import type { Logger } from '../log.ts';
import { HttpError } from '../problem.ts';
import type { Attributes } from '../span.ts';
import { FileObjectStore } from './file-object-store.ts';
import type { ObjectBackend } from './object-backend.ts';
import { readContent } from './object-content.ts';
import type { OpenObjectStore } from './object-store.ts';
import { checkKey, checkMediaType, checkPrefix, checkRange } from './object-store-key.ts';
import { objectStoreTimings, type Timings } from './object-store-timings.ts';
import { objectStoreUrl } from './object-store-url.ts';
import { S3ObjectStore } from './s3-object-store.ts';

/** @see openObjectStore */
export interface ObjectStoreProps {
  /**
   * `file:/folder` for a folder, which is made if it is not there; `http://host:port/bucket?region=us-east-1`, or https, for S3, where the bucket is
   * made when it is first used. The region is us-east-1 if left out.
   */
  readonly url: string;
  /** For S3. @default - what the environment of the process gives, such as a workload identity */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** The service's name, for the metrics. */
  readonly service: string;
  readonly registry: Registry;
  readonly log: Logger;
}

/**
 * Opens an object store. S3 need not be there yet: every command tries anew.
 *
 * @throws Error if the URL is none of an object store, half of the keys is missing, or the folder cannot be made
 */
export async function openObjectStore(props: ObjectStoreProps): Promise<OpenObjectStore> {
  const backend = await openBackend(props);
  const timings = objectStoreTimings(props.service, props.registry);
  const spanOf = spansAt(props.url);
  const timed: Timings = (command, run, counts) => {
    const { name, attributes } = spanOf(command);
    return inSpan(
      name,
      () => attributes,
      () => timings(command, run, counts),
    );
  };
  return {
    async put(key, content, { type, signal }) {
      const reading = readContent(content, signal);
      let kept = false;
      try {
        checkKey(key);
        checkMediaType(type);
        await timed(
          'put',
          () => backend.put(key, reading.source, type),
          () => !reading.broken,
        );
        kept = true;
        return { bytes: reading.bytes };
      } catch (error) {
        throw reading.broken ? reading.broken.error : error;
      } finally {
        reading.end(kept);
      }
    },
    async get(key, range) {
      checkKey(key);
      checkRange(range);
      return timed(
        'get',
        () => backend.get(key, range),
        ({ error }) => !(error instanceof HttpError && error.statusCode < 500),
      );
    },
    async head(key) {
      checkKey(key);
      return timed('head', () => backend.head(key));
    },
    async delete(...keys) {
      for (const key of keys) checkKey(key);
      if (keys.length > 0) await timed('delete', () => backend.delete(keys));
    },
    async *list(prefix) {
      checkPrefix(prefix);
      const pages = backend.pages(prefix)[Symbol.asyncIterator]();
      // That there are no more pages is known already, and took no time.
      const next = () =>
        timed(
          'list',
          () => pages.next(),
          (ended) => !('result' in ended && ended.result.done),
        );
      for (let page = await next(); !page.done; page = await next()) yield* page.value;
    },
    sweepUnfinished: (olderThanMs, signal) => backend.sweepUnfinished(olderThanMs, signal),
    check: (signal) => backend.check(signal),
    close: () => backend.close(),
  };
}

/** What S3 calls the commands. */
const operations = {
  put: 'PutObject',
  get: 'GetObject',
  head: 'HeadObject',
  delete: 'DeleteObjects',
  list: 'ListObjectsV2',
} as const;

/** What spans say of commands. The key of an object is in no attribute: whoever knows one may read it. */
function spansAt(url: string): (command: keyof typeof operations) => { name: string; attributes: Attributes } {
  const place = objectStoreUrl(url);
  if ('folder' in place) return (command) => ({ name: `${command} object`, attributes: {} });
  const { hostname, port, protocol } = new URL(place.endpoint);
  return (command) => ({
    name: `S3.${operations[command]}`,
    attributes: {
      'rpc.system.name': 'aws-api',
      'rpc.method': `S3/${operations[command]}`,
      'aws.s3.bucket': place.bucket,
      'server.address': hostname,
      'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
    },
  });
}

async function openBackend({ url, accessKeyId, secretAccessKey, log }: ObjectStoreProps): Promise<ObjectBackend> {
  const place = objectStoreUrl(url);
  if ('folder' in place) return FileObjectStore.open(place.folder, log);
  if (Boolean(accessKeyId) !== Boolean(secretAccessKey)) {
    const [given, missing] = accessKeyId ? ['accessKeyId', 'secretAccessKey'] : ['secretAccessKey', 'accessKeyId'];
    throw new Error(
      `object store: there is ${given} but no ${missing}; allowed: both, or none for a workload identity; fix: give ${missing} too`,
    );
  }
  const keys = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined;
  return new S3ObjectStore({ ...place, keys, log });
}
