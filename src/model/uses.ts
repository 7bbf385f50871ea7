import { z } from 'zod';
import { oneOfKinds, strict, wholeNumber } from './declaration-error.ts';
import { durationFrom } from './duration.ts';
import type { Variables } from './env.ts';

const database = oneOfKinds('kind', [
  strict({
    kind: z.literal('postgres'),
    /** Connections that one pod holds at most. @default 5 */
    connections: wholeNumber(1, 100).default(5),
    /** How long one statement may take. @default '5s' */
    statementTimeout: durationFrom('10ms', '10m').default('5s'),
  }),
]);
const keyValue = oneOfKinds('kind', [strict({ kind: z.literal('redis') })]);
const objects = oneOfKinds('kind', [strict({ kind: z.literal('objectStore') })]);

/** What a service keeps its data in. Each is its own: no other service can read it. */
export const uses = strict({
  /** A database and a role of its own. @default - none */
  database: database.optional(),
  /** Keys of its own, all of which may expire. @default - none */
  keyValue: keyValue.optional(),
  /** A bucket of its own. @default - none */
  objects: objects.optional(),
});

export type Uses = z.output<typeof uses>;
export type StoreKind = keyof Uses;
type Options<Kind extends StoreKind> = Omit<z.input<Exclude<(typeof uses)['shape'][Kind], undefined>> & object, 'kind'>;

/** A Postgres database with a role of its own, both named like the service. */
export function postgres(options: Options<'database'> = {}) {
  return { kind: 'postgres' as const, ...options };
}

/** Keys in Redis, behind a prefix that no other service can touch. */
export function redis() {
  return { kind: 'redis' as const };
}

/** A bucket of any S3-compatible store. */
export function objectStore() {
  return { kind: 'objectStore' as const };
}

/** The Secret that says where a service's store is and lets it in. */
export function storeSecret(service: string, kind: StoreKind): string {
  return `${service}-${{ database: 'database', keyValue: 'redis', objects: 'objects' }[kind]}`;
}

/** The keys of those Secrets. */
export const storeSecretKeys = {
  url: 'url',
  accessKeyId: 'access-key-id',
  secretAccessKey: 'secret-access-key',
} as const;

/** A variable from the Secret of a store. It is never `generated`: the store knows its value too, so none is made for a service alone. */
export function storeVariable<const Optional extends boolean>(
  secret: string,
  key: keyof typeof storeSecretKeys,
  { optional }: { readonly optional: Optional },
) {
  return { type: 'secret', secret, key: storeSecretKeys[key], optional, generated: false } as const;
}

/** The variables by which a process finds its stores. A URL that carries a password is a secret as a whole. */
export function storeVariables(service: string, declared: Uses): Variables {
  return {
    ...(declared.database && {
      DATABASE_URL: storeVariable(storeSecret(service, 'database'), 'url', { optional: false }),
    }),
    ...(declared.keyValue && {
      REDIS_URL: storeVariable(storeSecret(service, 'keyValue'), 'url', { optional: false }),
    }),
    ...(declared.objects && {
      OBJECTS_URL: { type: 'text' },
      // Left out where the cluster itself lets the pod in (workload identity).
      OBJECTS_ACCESS_KEY_ID: storeVariable(storeSecret(service, 'objects'), 'accessKeyId', { optional: true }),
      OBJECTS_SECRET_ACCESS_KEY: storeVariable(storeSecret(service, 'objects'), 'secretAccessKey', { optional: true }),
    }),
  };
}
