import { z } from 'zod';
import { bucketUrl } from './bucket-url.ts';
import { cloudNativePgStore } from './cloud-native-pg.ts';
import { databaseResources } from './database-resources.ts';
import { oneOfKinds, strict, wholeNumber } from './declaration-error.ts';
import { image } from './image.ts';
import { dnsLabel, objectName } from './names.ts';
import { outsideAt } from './network.ts';
import { byteQuantity, cpuQuantity } from './quantity.ts';

const resources = strict({
  /** CPU requested. @default '100m' */
  cpu: cpuQuantity.default('100m'),
  /** Memory requested, and at most. @default '256Mi' */
  memory: byteQuantity.default('256Mi'),
});

const inCluster = {
  /** Its volume. It can grow later where the StorageClass allows it, and never shrink. @default '1Gi' */
  storage: byteQuantity.default('1Gi'),
  /** The StorageClass that makes the volume. @default - the cluster's default StorageClass */
  storageClass: objectName.optional(),
  /** What its container requests. No CPU limit. */
  resources: resources.prefault({}),
};

const outside = {
  kind: z.literal('outside'),
  /** What the NetworkPolicy lets through: pods of the cluster, or networks. The Secret of each service has the URL. */
  at: outsideAt,
};

/** An S3 gateway in front of a volume. */
export const objectGateway = strict({
  kind: z.literal('versitygw'),
  /** Its image. @default 'ghcr.io/versity/versitygw:v1.8.0' */
  image: image.default('ghcr.io/versity/versitygw:v1.8.0'),
  ...inCluster,
});

/** Where an environment keeps the data of its systems. */
export const stores = strict({
  /** The Postgres of services that use a database. @default - none: no service here may use one */
  database: oneOfKinds('kind', [
    strict({
      kind: z.literal('postgres'),
      /** Its image. The default is whichever patch of 18 a node pulls. @default 'postgres:18' */
      image: image.default('postgres:18'),
      /** Connections that it admits: at least those of all pods of all services at their most. `resources.memory` must have room for them. @default 280 */
      connections: wholeNumber(10, 5_000).default(280),
      ...inCluster,
      /** What its container requests. No CPU limit. */
      resources: databaseResources.prefault({}),
    }),
    cloudNativePgStore,
    strict(outside),
  ]).optional(),
  /** The Redis of services that use keys. @default - none: no service here may use one */
  keyValue: oneOfKinds('kind', [
    strict({
      kind: z.literal('redis'),
      /** Its image. The default is whichever version 7 a node pulls. @default 'redis:7' */
      image: image.default('redis:7'),
      ...inCluster,
    }),
    strict(outside),
  ]).optional(),
  /** The buckets of services that keep objects. @default - none: no service here may keep any */
  objects: oneOfKinds('kind', [
    objectGateway,
    strict({
      ...outside,
      /** The bucket of each service, by system and service. */
      buckets: z.record(dnsLabel, z.record(dnsLabel, bucketUrl)),
    }),
  ]).optional(),
});

export type Stores = z.output<typeof stores>;
type Given = z.input<typeof stores>;
type Options<Store extends keyof Stores, Kind extends string> = Omit<
  Extract<NonNullable<Given[Store]>, { kind: Kind }>,
  'kind'
>;

/** One Postgres with a volume in each system's namespace. What is lost with its node is lost: for what must not be, cloudNativePg() or an outside one. */
export function runPostgres(options: Options<'database', 'postgres'> = {}) {
  return { kind: 'postgres' as const, ...options };
}

/** A cluster of Postgres servers in each system's namespace, with a pooler in front and copies in a bucket, looked after by the operator CloudNativePG. */
export function cloudNativePg(options: Options<'database', 'cloudnative-pg'>) {
  return { kind: 'cloudnative-pg' as const, ...options };
}

/** One Redis with a volume in each system's namespace. */
export function runRedis(options: Options<'keyValue', 'redis'> = {}) {
  return { kind: 'redis' as const, ...options };
}

/** One S3 gateway with a volume in each system's namespace. */
export function runObjectStore(options: Options<'objects', 'versitygw'> = {}) {
  return { kind: 'versitygw' as const, ...options };
}

/** A database or Redis that somebody else runs, by the URL in each service's Secret. */
export function outsideStore(at: z.input<typeof outside.at>) {
  return { kind: 'outside' as const, at };
}

/** Buckets that somebody else keeps. */
export function outsideBuckets(options: Options<'objects', 'outside'>) {
  return { kind: 'outside' as const, ...options };
}
