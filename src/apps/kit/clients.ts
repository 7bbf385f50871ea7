import type { FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import type { z } from 'zod';
import {
  type Call,
  type Contract,
  clientRequestDuration,
  clientRequests,
  coldStartVariable,
  type Duration,
  kitPaths,
  type RouteCall,
  type RouteResult,
  type Service,
  toMilliseconds,
  urlVariable,
} from '../../model/index.ts';
import type { ColdStarts } from './cold-starts.ts';
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

/** What a call of one of our services may add. */
export interface InternalCallOptions extends CallOptions {
  /**
   * The request of whoever it is made for: the other service then sees their address and their program in place of this one's, such as for a limit for each
   * address. @default - the call is this service's own
   */
  readonly onBehalfOf?: Pick<FastifyRequest, 'ip' | 'headers'>;
}

/** The operations of another service as functions: typed by its contract, their answers checked against it. Each throws ClientError. */
export type Client<C extends Contract> = {
  readonly [Operation in keyof C['routes']]: (
    ...args: keyof RouteCall<C['routes'][Operation]> extends never
      ? [call?: undefined, options?: InternalCallOptions]
      : [call: RouteCall<C['routes'][Operation]>, options?: InternalCallOptions]
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

/** @see createClients */
export interface ClientsProps<S extends Service> {
  readonly service: S;
  readonly settings: Settings;
  readonly registry: Registry;
  readonly coldStarts: ColdStarts;
  /** The caller, as `name/version`. */
  readonly userAgent: string;
}

/** Makes the clients of all declared calls. */
export function createClients<S extends Service>(props: ClientsProps<S>): Clients<S> {
  const { service, settings, registry, coldStarts, userAgent } = props;
  const metrics = new SeriesMetrics(registry, clientRequests, clientRequestDuration);
  const peerOf = (name: string, limits: { timeout: Duration; retries: number }, internal: boolean, waits = false) => {
    const baseUrl = settings.urlOf(urlVariable(name));
    const asleep = waits ? coldStarts.of({ name, readyUrl: `${baseUrl}${kitPaths.ready}` }) : undefined;
    // Where the environment gives none, the peer always has pods there.
    const limit = waits ? toMilliseconds(settings.valueOf(coldStartVariable(name)) as Duration) : 0;
    return new Peer({
      name,
      baseUrl,
      timeout: toMilliseconds(limits.timeout),
      retries: limits.retries,
      internal,
      userAgent,
      service: service.name,
      metrics,
      ...(asleep && limit > 0 && { coldStart: { limit, service: asleep } }),
    });
  };
  const calls: readonly Call[] = service.calls;
  const internal = new Map<Contract, Peer>(
    calls.map((call) => [call.contract, peerOf(call.contract.name, call, true, call.waits)]),
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
    const run = (
      call: { params?: object; query?: object; body?: unknown } = {},
      { onBehalfOf, headers, ...options }: InternalCallOptions = {},
    ) =>
      peer.call({
        ...options,
        headers: { ...(onBehalfOf && headersOf(onBehalfOf)), ...headers },
        operation,
        method: route.method,
        template: route.path,
        path: fill(route.path, (call.params ?? {}) as Record<string, unknown>),
        query: call.query as Query | undefined,
        body: call.body,
        schema: route.response,
      });
    return [operation, run];
  });
  return Object.fromEntries(operations);
}

/** The address as a proxy in front of a service tells it. */
function headersOf({ ip, headers }: Pick<FastifyRequest, 'ip' | 'headers'>): Record<string, string> {
  return { 'x-forwarded-for': ip, 'user-agent': headers['user-agent'] ?? '' };
}

function fill(template: string, params: Readonly<Record<string, unknown>>): string {
  return template.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
}

function outsideClient(peer: Peer): OutsideClient {
  return {
    get: (path, options) => peer.call({ ...options, operation: `GET ${path}`, method: 'GET', path }),
  };
}
