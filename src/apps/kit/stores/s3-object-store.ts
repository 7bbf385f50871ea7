import { STATUS_CODES } from 'node:http';
import type { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type MultipartUpload,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Logger } from '../log.ts';
import { HttpError } from '../problem.ts';
import { Availability } from './availability.ts';
import type { ObjectBackend } from './object-backend.ts';
import { whole } from './object-content.ts';
import type { ListedObject, ObjectHead, ObjectPart } from './object-store.ts';
import type { S3Place } from './object-store-url.ts';

/** @see S3ObjectStore */
export interface S3Props extends S3Place {
  /** @default - the SDK's chain: environment variables, files, workload identity */
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly log: Logger;
  /** A connection on which nothing moves for this long is closed, in milliseconds. @default 20_000 - finishing a big upload can take a store that long */
  readonly idleTimeout?: number;
}

/** With tries anew a store that is away is given up after about three times this, in milliseconds. */
const connectTimeout = 1_000;
/** How long all attempts of a command may take until its answer begins, in milliseconds. Not for puts, which take as long as their content. */
const answerTimeout = 5_000;
/** How often a command is tried. */
const attempts = 3;
/** The least that S3 takes. A put holds three of them in memory; 10,000 are the largest object, 48 GiB. */
const partSize = 5 * 1024 * 1024;
/** Parts of one put that are sent at once. */
const partsAtOnce = 2;
/** How many connections a store has at most; more commands wait. Each get that is being read holds one. */
const connections = 100;
/** How many objects S3 deletes at once. */
const deletesAtOnce = 1000;

/** What the SDK calls having no answer, or no keys for now, where there is no code of the network. */
const noAnswer = ['TimeoutError', 'CredentialsProviderError', 'Silence'];

/** Objects in an S3 bucket. */
export class S3ObjectStore implements ObjectBackend {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #shown: string;
  readonly #log: Logger;
  readonly #availability: Availability;
  /** Resolves when the bucket is there. */
  #ready: Promise<void> | undefined;

  constructor({ endpoint, bucket, region, keys, log, idleTimeout = 20_000 }: S3Props) {
    const agent = { maxSockets: connections };
    const warn = (...what: unknown[]) => log.warn({ what: what.join(' ') }, 'object store client');
    const ignore = () => {};
    this.#client = new S3Client({
      endpoint,
      region,
      ...(keys && { credentials: keys }),
      // Most stores that are not Amazon's know a bucket by its path only, and no checksums beyond what S3 demands.
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: attempts,
      requestHandler: {
        connectionTimeout: connectTimeout,
        socketTimeout: idleTimeout,
        httpAgent: agent,
        httpsAgent: agent,
        logger: { trace: ignore, debug: ignore, info: ignore, warn, error: warn },
      },
    });
    // A store that was silent for so long is away, and would only be so twice more. A name that the SDK does not know is not tried again.
    this.#client.middlewareStack.add(
      (next) => async (args) => {
        try {
          return await next(args);
        } catch (error) {
          if (error instanceof Error && / of inactivity /.test(error.message)) error.name = 'Silence';
          throw error;
        }
      },
      { step: 'finalizeRequest', priority: 'low', name: 'silence' },
    );
    this.#bucket = bucket;
    this.#shown = `${endpoint}/${bucket}`;
    this.#log = log;
    this.#availability = new Availability('object store', this.#shown, log);
  }

  async put(key: string, source: Readable, type: string): Promise<void> {
    await this.#bucketReady();
    const upload = new Upload({
      client: this.#client,
      params: { Bucket: this.#bucket, Key: key, Body: source, ContentType: type },
      partSize,
      queueSize: partsAtOnce,
      leavePartsOnError: false,
    });
    // Not ended by its own abort, which does not wait for the parts on their way: a source that breaks does, then removes them.
    const done = await this.#do('put', () => upload.done(), source);
    if (!done)
      throw new Error(
        `the object store ${this.#shown} no longer knows the upload of ${key}: it was removed as one that never ends`,
      );
  }

  async get(key: string, range?: { start: number; end: number }): Promise<ObjectPart | undefined> {
    await this.#bucketReady();
    const Range = range && `bytes=${range.start}-${range.end}`;
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key, Range });
    const answer = await this.#answer('get', (abortSignal) => this.#client.send(command, { abortSignal }));
    if (!answer) return undefined;
    const bytes = answer.ContentLength ?? 0;
    const content = answer.Body as Readable;
    if (range && !isRange(answer.ContentRange, range, bytes)) {
      content.destroy();
      throw new Error(`the object store ${this.#shown} gave ${answer.ContentRange ?? 'all'} when asked for ${Range}`);
    }
    const what = `the object ${key} of ${this.#shown}`;
    return { content: whole(content, bytes, what), bytes, type: answer.ContentType ?? 'application/octet-stream' };
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    await this.#bucketReady();
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    const answer = await this.#answer('head', (abortSignal) => this.#client.send(command, { abortSignal }));
    return answer && { bytes: answer.ContentLength ?? 0, type: answer.ContentType ?? 'application/octet-stream' };
  }

  async delete(keys: readonly string[]): Promise<void> {
    await this.#bucketReady();
    const [only, ...others] = keys;
    if (others.length === 0) {
      const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: only });
      await this.#answer('delete', (abortSignal) => this.#client.send(command, { abortSignal }));
      return;
    }
    for (let at = 0; at < keys.length; at += deletesAtOnce) {
      const Objects = keys.slice(at, at + deletesAtOnce).map((Key) => ({ Key }));
      const command = new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } });
      const answer = await this.#answer('delete', (abortSignal) => this.#client.send(command, { abortSignal }));
      // Within an answer of 200 there may be refusals.
      const refused = (answer?.Errors ?? []).filter(({ Code }) => Code !== 'NoSuchKey');
      if (refused[0]) {
        throw new Error(
          `the object store ${this.#shown} did not delete ${refused.length} of ${Objects.length} objects, the first ${refused[0].Key}: ${refused[0].Code}`,
        );
      }
    }
  }

  async *pages(prefix: string): AsyncIterable<readonly ListedObject[]> {
    await this.#bucketReady();
    let ContinuationToken: string | undefined;
    do {
      const command = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ContinuationToken });
      const answer = await this.#answer('list', (abortSignal) => this.#client.send(command, { abortSignal }));
      yield (answer?.Contents ?? []).map(({ Key = '', Size = 0, LastModified = new Date(0) }) => ({
        key: Key,
        bytes: Size,
        modified: LastModified,
      }));
      ContinuationToken = answer?.IsTruncated ? answer.NextContinuationToken : undefined;
    } while (ContinuationToken);
  }

  async sweepUnfinished(olderThan: number, signal?: AbortSignal): Promise<number> {
    await this.#bucketReady();
    const begunBefore = Date.now() - olderThan;
    let removed = 0;
    for await (const page of this.#uploadPages(signal)) {
      for (const { Key, UploadId, Initiated } of page) {
        if (!Initiated || Initiated.getTime() > begunBefore) continue;
        const command = new AbortMultipartUploadCommand({ Bucket: this.#bucket, Key, UploadId });
        const send = (abortSignal: AbortSignal) => this.#client.send(command, { abortSignal });
        // Another process may be sweeping too.
        if (!(await this.#answer('abort an upload', send, signal))) continue;
        this.#log.info({ key: Key }, 'half an object removed');
        removed++;
      }
    }
    return removed;
  }

  async check(signal: AbortSignal): Promise<void> {
    if (await this.#hasBucket(signal)) return;
    this.#ready = undefined;
    await this.#bucketReady();
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  /** Makes the bucket if it is not there yet. What fails is tried again by the next that needs it. */
  #bucketReady(): Promise<void> {
    this.#ready ??= this.#makeBucket().catch((error) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #makeBucket(): Promise<void> {
    if (!(await this.#hasBucket())) {
      const command = new CreateBucketCommand({ Bucket: this.#bucket });
      await this.#answer('create the bucket', async (abortSignal) => {
        try {
          await this.#client.send(command, { abortSignal });
          this.#log.info({ bucket: this.#bucket }, 'bucket made');
        } catch (error) {
          // Another replica was faster.
          const taken = ['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'];
          if (!taken.includes(detailsOf(error).name)) throw error;
        }
      });
    }
  }

  async #hasBucket(signal?: AbortSignal): Promise<boolean> {
    const command = new HeadBucketCommand({ Bucket: this.#bucket });
    const send = (abortSignal: AbortSignal) => this.#client.send(command, { abortSignal });
    return (await this.#answer('find the bucket', send, signal)) !== undefined;
  }

  /** The uploads that have begun and not ended. */
  async *#uploadPages(signal?: AbortSignal): AsyncIterable<readonly MultipartUpload[]> {
    let from: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
    while (from) {
      const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({ Bucket: this.#bucket, ...from });
      const send = async (abortSignal: AbortSignal) => {
        try {
          return await this.#client.send(command, { abortSignal });
        } catch (error) {
          // Some stores keep no list of them, and remove them on their own.
          if (detailsOf(error).status === 501) return undefined;
          throw error;
        }
      };
      const answer = await this.#answer('list uploads', send, signal);
      yield answer?.Uploads ?? [];
      const { IsTruncated, NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = answer ?? {};
      from = IsTruncated && KeyMarker ? { KeyMarker, ...(UploadIdMarker && { UploadIdMarker }) } : undefined;
    }
  }

  /**
   * Sends a command and waits for the beginning of its answer, and no longer than a caller would.
   *
   * @returns undefined if there is no such thing
   */
  async #answer<T>(what: string, send: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal) {
    const late = new AbortController();
    // Not AbortSignal.timeout, which would also end the content of a get.
    const timer = setTimeout(() => late.abort(), answerTimeout);
    const either = signal ? AbortSignal.any([signal, late.signal]) : late.signal;
    try {
      return await this.#do(what, () => send(either));
    } catch (error) {
      if (detailsOf(error).name === 'AbortError') {
        signal?.throwIfAborted();
        throw this.#availability.away(`no answer within ${answerTimeout / 1000} s`, what);
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param source content that the command sends, which may fail as well */
  async #do<T>(what: string, send: () => Promise<T>, source?: Readable): Promise<T | undefined> {
    try {
      const result = await send();
      this.#availability.well();
      return result;
    } catch (error) {
      if (source?.errored) throw source.errored;
      const { name, status, code } = detailsOf(error);
      if (name === 'AbortError') throw error;
      if (name === 'NoSuchBucket') {
        this.#ready = undefined;
        throw this.#availability.away(name, what);
      }
      if (status === 404) return undefined;
      if (status === 416) throw new HttpError(416, 'range-not-satisfiable', 'The range starts after the end');
      // Neither the error nor its message go on: they may show keys, signatures and what was signed.
      if (status !== undefined && status < 500 && status !== 429 && name !== 'RequestTimeout') {
        throw new Error(`the object store ${this.#shown} refused to ${what}: ${status} ${name}`);
      }
      // Anything else that no store answered is a mistake in the code, or an answer that cannot be read.
      if (status === undefined && code === undefined && !noAnswer.includes(name)) throw error;
      throw this.#availability.away([status, code ?? name].filter(Boolean).join(' '), what);
    }
  }
}

/** Whether a part starts where it was asked to, and is no longer. */
function isRange(got: string | undefined, asked: { start: number; end: number }, bytes: number): boolean {
  const start = Number(/^bytes (\d+)-/.exec(got ?? '')?.[1] ?? -1);
  return start === asked.start && bytes <= asked.end - asked.start + 1;
}

/** What an error of the SDK says, without its message. */
function detailsOf(error: unknown): { name: string; status: number | undefined; code: string | undefined } {
  const { name, code, $metadata } = error as Error & { code?: unknown; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  // The answer to a HEAD has no body that could name it.
  const known = /^Unknown/.test(name) && status ? (STATUS_CODES[status] ?? name) : name;
  return { name: known, status, code: typeof code === 'string' ? code : undefined };
}
