import { z } from 'zod';
import { databaseResources } from './database-resources.ts';
import { form, listOf, oneOfKinds, type Rule, rule, strict, wholeNumber } from './declaration-error.ts';
import { dnsLabel, objectName, shownUrl } from './names.ts';
import { network } from './network.ts';
import { podsAtPort, port } from './pods.ts';
import { byteQuantity, cpuQuantity } from './quantity.ts';

/** Its tag is the label `app.kubernetes.io/version` too. A version in part, such as `18`, gets patches, and another day is another image; a digest never is. */
const image = form(
  /^[a-z0-9][a-z0-9./:_-]*:(?!latest(@|$))[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?(@sha256:[0-9a-f]{64})?$/,
  'an image with a version as its tag, such as postgres:18, and with or without @sha256: and its digest',
  'write the name, a colon and the version; not latest',
);

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

const networks = strict({
  /** Where it may be, as IPv4 networks. */
  networks: listOf(network, 'IPv4 network', "name it, such as ['10.1.0.0/16']"),
  /** Where it answers there. */
  port,
});

const outside = {
  kind: z.literal('outside'),
  /** What the NetworkPolicy lets through: pods of the cluster, or networks. The Secret of each service has the URL. */
  at: z.union([podsAtPort, networks]),
};

const bucketPattern = /^https?:\/\/[^/?#@]+\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\?region=[a-z0-9-]+)?$/;
const bucketMistake: Rule = {
  allowed: 'the URL of a bucket, such as https://s3.example.com/photos?region=eu-central-1',
  fix: 'write the scheme, the host, a slash and the bucket, and no key',
};
const bucketUrl = z.string({ error: rule(bucketMistake.allowed, bucketMistake.fix) }).superRefine((given, context) => {
  // Somebody may have written the key into it.
  if (!bucketPattern.test(given) || !URL.canParse(given))
    context.addIssue({ code: 'custom', params: bucketMistake, input: shownUrl(given) });
});

/** Where an environment keeps the data of its systems. */
export const stores = strict({
  /** The Postgres of services that use a database. @default - none: no service here may use one */
  database: oneOfKinds('kind', [
    strict({
      kind: z.literal('postgres'),
      /** Its image. The default is whichever patch of 18 a node pulls. @default 'postgres:18' */
      image: image.default('postgres:18'),
      /** Connections that it admits: at least those of all pods of all services at their most. `resources.memory` must have room for them. @default 240 */
      connections: wholeNumber(10, 5_000).default(240),
      ...inCluster,
      /** What its container requests. No CPU limit. */
      resources: databaseResources.prefault({}),
    }),
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
    strict({
      kind: z.literal('versitygw'),
      /** Its image. @default 'ghcr.io/versity/versitygw:v1.8.0' */
      image: image.default('ghcr.io/versity/versitygw:v1.8.0'),
      ...inCluster,
    }),
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

/** One Postgres with a volume in each system's namespace. What is lost with its node is lost: production has an outside one. */
export function runPostgres(options: Options<'database', 'postgres'> = {}) {
  return { kind: 'postgres' as const, ...options };
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
