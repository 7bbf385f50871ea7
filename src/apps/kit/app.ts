import type { FastifyInstance } from 'fastify';
import type { Service } from '../../model/index.ts';
import type { Clients } from './clients.ts';
import type { Config } from './config.ts';
import type { Handlers } from './contract-routes.ts';
import type { Logger } from './log.ts';
import type { OwnMetrics } from './own-metrics.ts';
import type { Readiness } from './readiness.ts';

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
  /** Adds what is to be closed after the last request; the last added is closed first. */
  onClose(close: () => unknown): void;
}

/** A service's declaration together with its code. */
export interface App<S extends Service = Service> {
  readonly service: S;
  // A method, as an app of a certain service must fit where any app is asked for.
  setup(kit: Kit<S>): Promise<Handlers<S['contract']>>;
}

/**
 * Joins a declaration with the code behind it.
 *
 * @param setup runs once, before the service listens; gives one handler for each operation of the contract
 */
export function defineApp<S extends Service>(
  service: S,
  setup: (kit: Kit<S>) => Promise<Handlers<S['contract']>>,
): App<S> {
  return { service, setup };
}
