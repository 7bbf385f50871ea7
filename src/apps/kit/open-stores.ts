import type { Registry } from 'prom-client';
import { type Service, toMilliseconds } from '../../model/index.ts';
import type { Background } from './background.ts';
import type { Settings } from './config.ts';
import { createFollow, cursorMigration } from './follow.ts';
import type { Logger } from './log.ts';
import type { Readiness } from './readiness.ts';
import { createDatabase } from './stores/database.ts';
import type { Migration } from './stores/migrations.ts';
import { openKeyValue } from './stores/open-key-value.ts';
import { openObjectStore } from './stores/open-object-store.ts';

/** How long a query waits for a connection, in milliseconds. */
const connectTimeout = 2_000;

/** @see openStores */
export interface OpenStoresProps {
  readonly service: Service;
  readonly settings: Settings;
  readonly migrations: readonly Migration[];
  readonly registry: Registry;
  readonly log: Logger;
  readonly readiness: Readiness;
  readonly background: Background;
}

/**
 * Opens the stores that a service declares, and adds each to what it needs to be ready: it does nothing useful without. Waits for none of them.
 *
 * @throws Error if a store's URL is none
 */
export async function openStores({
  service,
  settings,
  migrations,
  registry,
  log,
  readiness,
  background,
}: OpenStoresProps) {
  const { database: declared, keyValue: keys, objects: bucket } = service.uses;
  const shared = { service: service.name, registry, log };
  const database =
    declared &&
    createDatabase({
      ...shared,
      url: settings.urlOf('DATABASE_URL'),
      connections: declared.connections,
      connectTimeout,
      statementTimeout: toMilliseconds(declared.statementTimeout),
      migrations: [cursorMigration, ...migrations],
    });
  const keyValue = keys && openKeyValue({ ...shared, url: settings.urlOf('REDIS_URL'), prefix: service.name });
  const [accessKeyId, secretAccessKey] = ['OBJECTS_ACCESS_KEY_ID', 'OBJECTS_SECRET_ACCESS_KEY'].map(settings.valueOf);
  const objects =
    bucket &&
    (await openObjectStore({
      ...shared,
      url: settings.urlOf('OBJECTS_URL'),
      ...(accessKeyId !== undefined && { accessKeyId }),
      ...(secretAccessKey !== undefined && { secretAccessKey }),
    }));
  const open = Object.entries({ database, keyValue, objects }).flatMap(([name, store]) =>
    store ? [{ name, store }] : [],
  );
  for (const { name, store } of open) readiness.add(name, (signal) => store.check(signal));
  return {
    given: { database, keyValue, objects, follow: database && createFollow(database, background) },
    close: async () => {
      await Promise.all(open.map(({ store }) => store.close()));
    },
  };
}
