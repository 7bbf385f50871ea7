/** As much of s3rver, which has no types, as the tests use. */
declare module 's3rver' {
  import type { AddressInfo } from 'node:net';
  import type { Readable } from 'node:stream';

  export interface StoredObject {
    readonly bucket: string;
    readonly key: string;
    /** Missing where a range is outside the object. */
    content: Readable | undefined;
    readonly metadata: Record<string, unknown>;
    readonly size: number;
    readonly lastModifiedDate: Date;
  }

  export interface Written {
    readonly size: number;
    readonly md5: string;
  }

  export interface Context {
    readonly method: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string | undefined>>;
    status: number;
    type: string;
    body: string;
  }

  export interface Store {
    getResourcePath(bucket: string, key: string | undefined, resource: string): string;
    getObject(
      bucket: string,
      key: string,
      options?: { start?: number; end?: number | undefined },
    ): Promise<StoredObject | null>;
    listObjects(bucket: string, options: { prefix: string }): Promise<{ objects: StoredObject[] }>;
    putObject(object: StoredObject & { readonly content: Readable }): Promise<Written>;
    putPart(bucket: string, upload: string, part: number | string, content: Readable): Promise<Written>;
    putMetadata(bucket: string, key: string, metadata: Record<string, unknown>, md5: string): Promise<void>;
    deleteObject(bucket: string, key: string): Promise<void>;
  }

  export default class S3rver {
    constructor(options: {
      address: string;
      port: number;
      directory: string;
      silent: boolean;
      vhostBuckets: boolean;
    });
    readonly store: Store;
    readonly middleware: ((context: Context, next: () => Promise<void>) => unknown)[];
    run(): Promise<AddressInfo>;
    close(): Promise<void>;
  }
}
