import { type Contract, exposedRoutes, kitPaths, type Route } from '../model/index.ts';

/** What a router in front lets through. */
export interface PathMatch {
  /** @default - every method: an Ingress cannot tell them apart */
  readonly method?: Route['method'] | 'HEAD';
  readonly path: string;
  /** Whether only this path passes, or all that is below it too. */
  readonly exact: boolean;
}

type Router = 'ingress' | 'gateway';

/** The matches that let a service's exposed routes through a router. */
export function exposedMatches(contract: Contract, router: Router): readonly PathMatch[] {
  const matches = exposedRoutes(contract).flatMap((route) => matchesOf(route, router));
  return [...new Map(matches.map((match) => [JSON.stringify(match), match])).values()];
}

/** A route that a router lets through although it is not exposed. */
export interface Leak {
  /** The exposed route whose match is too wide. */
  readonly exposed: string;
  /** What it opens too. */
  readonly opened: string;
}

/**
 * What the matches of the exposed routes open beyond them. Standard Ingress and HTTPRoute know no path parameters, so a route with one opens all that is
 * below its fixed part, and an Ingress opens a path for every method.
 */
export function leaks(contract: Contract, router: Router): readonly Leak[] {
  const inside = [
    ...Object.values(contract.routes).filter((route) => !route.exposed),
    ...Object.values(kitPaths).map((path) => ({ method: 'GET' as const, path })),
  ];
  return exposedRoutes(contract).flatMap((exposed) =>
    inside
      .filter((route) => matchesOf(exposed, router).some((match) => lets(match, exposed, route)))
      .map((opened) => ({ exposed: nameOf(exposed), opened: nameOf(opened) })),
  );
}

/** A route of one service that a router sends to another behind the same host. */
export interface Stolen {
  /** The exposed route that is meant. */
  readonly route: string;
  /** The other service's exposed route whose match is nearer. */
  readonly by: string;
}

/** The exposed routes of a service that the matches of another one take away: of two matches for one path a router takes the longer one. */
export function stolenRoutes(contract: Contract, other: Contract, router: Router): readonly Stolen[] {
  return exposedRoutes(contract).flatMap((route) => {
    const own = matchesOf(route, router)[0];
    // An exact match is the nearest that there is, and no two services have the same path.
    if (!own || own.exact) return [];
    return exposedRoutes(other)
      .filter((taker) =>
        matchesOf(taker, router).some((match) => {
          const isNearer = match.exact || segments(match.path).length >= segments(own.path).length;
          return isNearer && route.path !== taker.path && lets(match, { ...taker, method: otherMethod(route) }, route);
        }),
      )
      .map((taker) => ({ route: nameOf(route), by: nameOf(taker) }));
  });
}

/** A method that is not the route's own, for `lets` to look at the path alone. */
function otherMethod({ method }: Route): Route['method'] {
  return method === 'GET' ? 'POST' : 'GET';
}

function nameOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  return `${method} ${path}`;
}

function matchesOf(route: Route, router: Router): readonly PathMatch[] {
  const parameter = route.path.indexOf('/:');
  const place =
    parameter === -1
      ? { path: route.path, exact: true }
      : { path: route.path.slice(0, parameter) || '/', exact: false };
  if (router === 'ingress') return [place];
  // Every service answers HEAD where it answers GET.
  const methods = route.method === 'GET' ? (['GET', 'HEAD'] as const) : [route.method];
  return methods.map((method) => ({ method, ...place }));
}

function lets(match: PathMatch, exposed: Route, route: Pick<Route, 'method' | 'path'>): boolean {
  if (match.method !== undefined && match.method !== route.method) return false;
  // Of two templates for one path the service takes the one without parameters, which is the exposed one.
  if (match.exact && exposed.method === route.method) return false;
  const wanted = segments(match.path);
  const given = segments(route.path);
  if (match.exact ? given.length !== wanted.length : given.length < wanted.length) return false;
  return wanted.every((segment, at) => given[at] === segment || given[at]?.startsWith(':'));
}

function segments(path: string): string[] {
  return path.split('/').filter(Boolean);
}
