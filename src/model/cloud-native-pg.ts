import { z } from 'zod';
import { bucketUrl } from './bucket-url.ts';
import { cronSchedule } from './cron.ts';
import { across, form, rule, strict, wholeNumber } from './declaration-error.ts';
import { image } from './image.ts';
import { dnsLabel, objectName } from './names.ts';
import { networksAtPort, outsideAt } from './network.ts';
import { pods } from './pods.ts';
import { byteQuantity, cpuQuantity } from './quantity.ts';

const retention = form(
  /^[1-9]\d*[dwm]$/,
  "days, weeks or months, such as '30d', '4w' or '3m'",
  'write a number and its unit',
);

/** What a folder of the archive is called: the name of the server that wrote it. */
const archiveName = dnsLabel;

const time = z.iso.datetime({
  offset: true,
  error: rule("a time with its zone, such as '2026-11-21T09:30:00Z'", 'write date, T, time and Z or an offset'),
});

const backups = z.union(
  [
    z.literal('none'),
    strict({
      /** The bucket that has them. Below it each environment and system has a folder. */
      to: bucketUrl,
      /** What the NetworkPolicy lets through to the bucket: pods of the cluster, or networks. */
      at: outsideAt,
      /** The Secret in each system's namespace with the bucket's keys, `access-key-id` and `secret-access-key`. @default 'postgres-backups' */
      secret: objectName.default('postgres-backups'),
      /** When a whole copy is made, by UTC: five fields as of a CronJob, the minute one number. In between, the log of each change is written there all the time. @default '30 2 * * *' */
      schedule: cronSchedule.default('30 2 * * *'),
      /** For how long one can go back. @default '30d' */
      retention: retention.default('30d'),
    }),
  ],
  {
    error: rule(
      "{ to, at, ... }, or 'none' where all may be lost",
      "name the bucket, or write backups: 'none' on purpose",
    ),
  },
);

const recovery = across(
  strict({
    /** The archive that it is made from: `postgres`, or the `archive` of the recovery before. */
    from: archiveName,
    /** The archive that it writes from then on: a name that no server has used. */
    archive: archiveName,
    /** The moment to go back to. @default - the last one that is in the archive */
    at: time.optional(),
  }),
  ({ from, archive }, add) => {
    if (from === archive)
      add(['archive'], archive, `a name other than that of ${from}, which it is made from`, 'name a new one');
  },
);

/** A cluster of Postgres that the operator CloudNativePG looks after. */
export const cloudNativePgStore = strict({
  kind: z.literal('cloudnative-pg'),
  /** Servers: one that writes, and standbys of which one takes over within seconds. Each is on a node of its own, over all zones. With 1 nothing takes over. @default 3 */
  instances: wholeNumber(1, 9).default(3),
  /** Its image: one of CloudNativePG's, whose tag begins with the version of Postgres. @default 'ghcr.io/cloudnative-pg/postgresql:18-minimal-trixie' */
  image: image.default('ghcr.io/cloudnative-pg/postgresql:18-minimal-trixie'),
  /** Connections that it admits: those that the roles of all services may have, and its own. `resources.memory` must have room for them. @default 500 */
  connections: wholeNumber(10, 5_000).default(500),
  /** The volume of each server. It can grow where the StorageClass allows it, and never shrink. @default '10Gi' */
  storage: byteQuantity.default('10Gi'),
  /** The StorageClass that makes the volumes. @default - the cluster's default StorageClass */
  storageClass: objectName.optional(),
  /** What each server requests. No CPU limit. */
  resources: strict({
    /** CPU requested. @default '500m' */
    cpu: cpuQuantity.default('500m'),
    /** Memory requested, and at most. A quarter is the server's cache; of the rest each of `connections` may need 4Mi. @default '3Gi' */
    memory: byteQuantity.default('3Gi'),
  }).prefault({}),
  /** The PgBouncers in front, which all services go through. */
  pooler: strict({
    /** How many. 0 for none: services then reach the server that writes. @default 2 */
    instances: wholeNumber(0, 20).default(2),
    /** CPU that each requests. @default '100m' */
    cpu: cpuQuantity.default('100m'),
    /** Memory that each requests, and at most. @default '128Mi' */
    memory: byteQuantity.default('128Mi'),
  }).prefault({}),
  /** Copies in a bucket, from which any moment can be had again; or `'none'`. */
  backups,
  /** Systems whose cluster, when it is made anew, is made from the archive of an earlier one, by system. @default - none: a new cluster is empty */
  recovery: z.record(dnsLabel, recovery).default({}),
  /** Where the API server of Kubernetes answers: its servers and its poolers ask it who they are. `kubectl get endpointslices kubernetes` shows it. */
  api: networksAtPort,
  /** The operator's pods, which look at the servers. @default - as its manifests and its Helm chart have them, in cnpg-system */
  operator: pods.prefault({ namespace: 'cnpg-system', labels: { 'app.kubernetes.io/name': 'cloudnative-pg' } }),
});
