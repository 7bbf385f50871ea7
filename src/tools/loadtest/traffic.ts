import type { Route, RouteCall, System } from '../../model/index.ts';
import { requestOf } from '../request-of.ts';

/** One request as it goes over the wire. */
export interface LoadRequest {
  readonly method: Route['method'];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A route that is asked, and how often beside the others. */
export interface TrafficRoute {
  readonly service: string;
  /** Such as `GET /posts/:id`. */
  readonly name: string;
  /** Its share, in parts of the sum of all shares. */
  readonly weight: number;
  /** The next request of it. */
  readonly next: () => LoadRequest;
}

/** The traffic of a system, once all is there that its requests need. */
export interface Traffic extends AsyncDisposable {
  readonly routes: readonly TrafficRoute[];
}

export interface TrafficProps {
  readonly system: System;
  /** Where the system is reached. */
  readonly url: URL;
  /** The Host header. @default - that of the URL */
  readonly host?: string | undefined;
  /** Told what is made ready. */
  readonly print: (line: string) => void;
}

/** Makes ready what requests need, such as people who are logged in. What it made is taken away again when it is disposed of. @throws CommandError where the system does not take it */
export type OpenTraffic = (props: TrafficProps) => Promise<Traffic>;

interface Asked<R extends Route> {
  readonly service: string;
  readonly route: R;
  readonly weight: number;
  /** What its next request asks for, and as whom. @default - nothing, as nobody */
  readonly give?: () => { readonly call?: RouteCall<R>; readonly token?: string };
}

/** A route of a contract that is asked, with what its schemas want. */
export function ask<R extends Route>({ service, route, weight, give }: Asked<R>): TrafficRoute {
  const { method, path } = route;
  return {
    service,
    name: `${method} ${path}`,
    weight,
    next: () => {
      const { call, token } = give?.() ?? {};
      const { path: asked, body } = requestOf(route, call);
      return {
        method,
        path: asked,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body }),
      };
    },
  };
}
