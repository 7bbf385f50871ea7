import type { FastifyInstance } from 'fastify';
import type { Service, StoreKind } from '../../model/index.ts';
import type { TokenRules } from './access-token.ts';
import type { Background } from './background.ts';
import type { CacheCounts } from './caches.ts';
import type { Clients } from './clients.ts';
import type { ColdStart } from './cold-start.ts';
import type { SleeperProps } from './cold-starts.ts';
import type { Config } from './config.ts';
import type { Handlers } from './contract-routes.ts';
import type { Follow } from './follow.ts';
import type { Logger } from './log.ts';
import type { OwnMetrics } from './own-metrics.ts';
import type { Readiness } from './readiness.ts';
import type { Database } from './stores/database.ts';
import type { KeyValue } from './stores/key-value.ts';
import type { Migration } from './stores/migrations.ts';
import type { ObjectStore } from './stores/object-store.ts';

/** A store, for a service that declares it in `uses`. */
type IfUsed<S extends Service, Kind extends StoreKind, Store> = S['uses'] extends { readonly [K in Kind]: unknown }
  ? Store
  : undefined;

/** What a service's code gets from its declaration. */
export interface Kit<S extends Service = Service> extends Pick<Clients<S>, 'client' | 'outside'> {
  /** The environment variables, parsed and checked. */
  readonly config: Config<S>;
  /** Within a request, its lines carry the ids of request and trace. */
  readonly log: Logger;
  readonly metrics: OwnMetrics<S['metrics']>;
  /** For plugins and routes beside those of the contract. */
  readonly server: FastifyInstance;
  readonly ready: Pick<Readiness, 'add'>;
  /** The service's own database, with its migrations done before any query. */
  readonly database: IfUsed<S, 'database', Database>;
  readonly keyValue: IfUsed<S, 'keyValue', KeyValue>;
  readonly objects: IfUsed<S, 'objects', ObjectStore>;
  /** Follows a list of another service, such as its deleted accounts; how far is kept in the database. */
  readonly follow: IfUsed<S, 'database', Follow>;
  /** Waits for a service that may have no pods, for those that are not called but for somebody else. Once for each, in `setup`. */
  coldStart(sleeper: SleeperProps): Pick<ColdStart, 'wait'>;
  /** Counts the hits and misses of something that remembers, by a name of its own. Once for each, in `setup`. */
  cache(name: string): CacheCounts;
  /** Does work beside the requests, again and again. */
  readonly every: Background['every'];
  /** Says whose access tokens the routes with `user: true` take. Once, in `setup`. */
  authenticate(rules: TokenRules): void;
  /** Adds what is to be closed after the last request; the last added is closed first. */
  onClose(close: () => unknown): void;
}

/** A service's declaration together with its code. */
export interface App<S extends Service = Service> {
  readonly service: S;
  // A method, as an app of a certain service must fit where any app is asked for.
  setup(kit: Kit<S>): Promise<Handlers<S['contract']>>;
  readonly migrations: readonly Migration[];
}

/**
 * Joins a declaration with the code behind it.
 *
 * @param setup runs once, before the service listens; gives one handler for each operation of the contract. It does not wait for a store: one that is
 * away keeps the service from being ready, not from starting
 * @param options.migrations of its database, oldest first. @default - none
 */
export function defineApp<S extends Service>(
  service: S,
  setup: (kit: Kit<S>) => Promise<Handlers<S['contract']>>,
  options: { readonly migrations?: readonly Migration[] } = {},
): App<S> {
  return { service, setup, migrations: options.migrations ?? [] };
}
