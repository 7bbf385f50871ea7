import type { Registry } from 'prom-client';
import type { z } from 'zod';
import {
  type Call,
  type Contract,
  clientRequestDuration,
  clientRequests,
  type Duration,
  type RouteCall,
  type RouteResult,
  type Service,
  toMilliseconds,
  urlVariable,
} from '../../model/index.ts';
import type { Settings } from './config.ts';
import { Peer, type Query } from './peer.ts';
import { SeriesMetrics } from './series-metrics.ts';

/** What one call may add. */
export interface CallOptions {
  /** @default - none beside those of the kit */
  readonly headers?: Readonly<Record<string, string>>;
  /** Gives the call up. @default - only its time-out does */
  readonly signal?: AbortSignal;
}

/** The operations of another service as functions: typed by its contract, their answers checked against it. Each throws ClientError. */
export type Client<C extends Contract> = {
  readonly [Operation in keyof C['routes']]: (
    ...args: keyof RouteCall<C['routes'][Operation]> extends never
      ? [call?: undefined, options?: CallOptions]
      : [call: RouteCall<C['routes'][Operation]>, options?: CallOptions]
  ) => Promise<RouteResult<C['routes'][Operation]>>;
};

/** An API outside the cluster. */
export interface OutsideClient {
  /**
   * @param path what follows the declared URL
   * @throws ClientError
   */
  get<Schema extends z.ZodType>(
    path: `/${string}`,
    options: CallOptions & { readonly query?: Query; readonly schema: Schema },
  ): Promise<z.output<Schema>>;
}

/** Everything that a service may call, and nothing else. */
export interface Clients<S extends Service = Service> {
  /** @throws Error at start if the service does not declare the call */
  client<C extends S['calls'][number]['contract']>(contract: C): Client<C>;
  readonly outside: { readonly [Name in keyof S['outside']]: OutsideClient };
  close(): Promise<void>;
}

/** Makes the clients of all declared calls. */
export function createClients<S extends Service>(service: S, settings: Settings, registry: Registry): Clients<S> {
  const metrics = new SeriesMetrics(registry, clientRequests, clientRequestDuration);
  const userAgent = `${service.name}/${settings.config.SERVICE_VERSION}`;
  const peerOf = (name: string, limits: { timeout: Duration; retries: number }, internal: boolean) =>
    new Peer({
      name,
      baseUrl: settings.urlOf(urlVariable(name)),
      timeout: toMilliseconds(limits.timeout),
      retries: limits.retries,
      internal,
      userAgent,
      service: service.name,
      metrics,
    });
  const calls: readonly Call[] = service.calls;
  const internal = new Map<Contract, Peer>(
    calls.map((call) => [call.contract, peerOf(call.contract.name, call, true)]),
  );
  const external = Object.entries(service.outside).map(([name, api]) => [name, peerOf(name, api, false)] as const);
  const outside = Object.fromEntries(external.map(([name, peer]) => [name, outsideClient(peer)]));
  return {
    client: (contract) => {
      const peer = internal.get(contract);
      if (peer) return contractClient(contract, peer);
      const declared = [...internal.keys()].map(({ name }) => name).join(', ') || 'none';
      throw new Error(
        `${service.name} has no declared call to ${contract.name}; declared: ${declared}; fix: add its contract to calls in ${service.name}/service.ts`,
      );
    },
    outside: outside as Clients<S>['outside'],
    close: async () => {
      await Promise.all([...internal.values(), ...external.map(([, peer]) => peer)].map((peer) => peer.close()));
    },
  };
}

function contractClient<C extends Contract>(contract: C, peer: Peer): Client<C> {
  const operations = Object.entries(contract.routes).map(([operation, route]) => {
    const run = (call: { params?: object; query?: object; body?: unknown } = {}, options: CallOptions = {}) =>
      peer.call({
        ...options,
        operation,
        method: route.method,
        path: fill(route.path, (call.params ?? {}) as Record<string, unknown>),
        query: call.query as Query | undefined,
        body: call.body,
        schema: route.response,
      });
    return [operation, run];
  });
  return Object.fromEntries(operations);
}

function fill(template: string, params: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
}

function outsideClient(peer: Peer): OutsideClient {
  return {
    get: (path, options) => peer.call({ ...options, operation: `GET ${path}`, method: 'GET', path }),
  };
}
