import { z } from 'zod';
import { bucketUrl } from './bucket-url.ts';
import { cronSchedule } from './cron.ts';
import { oneOfKinds, strict, wholeNumber } from './declaration-error.ts';
import { durationFrom } from './duration.ts';
import type { Variables } from './env.ts';
import { outsideAt } from './network.ts';
import { objectGateway } from './stores.ts';
import { timeZone } from './time-zone.ts';
import { storeSecret, storeVariable } from './uses.ts';

/** How the databases of an environment are backed up. */
export const backups = strict({
  /** When: five fields as of a CronJob, the minute one number. Each database has a minute of its own, 7 after the one before. @default '17 3 * * *' */
  schedule: cronSchedule.default('17 3 * * *'),
  /** The time zone of the schedule. @default - UTC */
  timeZone: timeZone.default('Etc/UTC'),
  /** How many backups of each database are kept: the newest. @default 14 */
  keep: wholeNumber(1, 1_000).default(14),
  /** How long one backup may take. @default '1h' */
  timeLimit: durationFrom('1m', '20h').default('1h'),
  /** Where they are kept. */
  to: oneOfKinds('kind', [
    objectGateway,
    strict({
      kind: z.literal('outside'),
      /** What the NetworkPolicy lets through: pods of the cluster, or networks. */
      at: outsideAt,
      /** The bucket. Its keys begin with system and service. */
      url: bucketUrl,
    }),
  ]),
});

export type Backups = z.output<typeof backups>;
type Given = z.input<typeof backups>;
type Options<Key extends 'to', Kind extends string> = Omit<Extract<Given[Key], { kind: Kind }>, 'kind'>;

/** A CronJob for each database that dumps it to an object store. */
export function keepBackups(options: Given): Given {
  return options;
}

/** A bucket that somebody else keeps. */
export function outsideBucket(options: Options<'to', 'outside'>) {
  return { kind: 'outside' as const, ...options };
}

/** The Secret with the keys of the store of backups, in the namespace of each system. No service gets it. */
export const backupSecret = 'backups';

/** The variables of the process that backs the database of a service up, or restores it. */
export function backupVariables(service: string) {
  return {
    DATABASE_URL: storeVariable(storeSecret(service, 'database'), 'url', { optional: false }),
    BACKUPS_URL: { type: 'text' },
    // Left out where the cluster itself lets the pod in (workload identity).
    BACKUPS_ACCESS_KEY_ID: storeVariable(backupSecret, 'accessKeyId', { optional: true }),
    BACKUPS_SECRET_ACCESS_KEY: storeVariable(backupSecret, 'secretAccessKey', { optional: true }),
    /** What the keys of its backups begin with. */
    BACKUPS_FOLDER: { type: 'text', default: service },
    BACKUPS_KEEP: { type: 'integer', min: 1, default: 14 },
  } as const satisfies Variables;
}
