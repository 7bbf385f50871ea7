import { exposedRoutes, kitPaths, type Route, type Service } from '../../model/index.ts';
import { bySpecificity, covers, overlap } from './path-pattern.ts';

/** A route behind a host: where it leads, or that it leads nowhere. */
export interface GatewayRoute {
  /** The methods; HEAD follows GET. */
  readonly methods: readonly string[];
  readonly template: string;
  /** @default - nowhere: the service would take it for a route that is not exposed */
  readonly to?: { readonly service: Service; readonly route: Route };
}

/** A path behind a host, and the methods that it answers to. */
export interface GatewayPath {
  readonly template: string;
  /** None where it is closed, although the template of another route stands for it. */
  readonly methods: readonly string[];
}

/**
 * The routes of services behind one host. The first one that fits a request is the right one: the more a template says the earlier it comes. Right before a route
 * stand those of its service that are not exposed and that the service would choose in its place, such as `/users/internal` before `/users/:handle`.
 */
export function gatewayRoutes(services: readonly Service[]): readonly GatewayRoute[] {
  return services
    .flatMap((service) => exposedRoutes(service.contract).map((route) => ({ service, route })))
    .toSorted((one, other) => bySpecificity(one.route.path, other.route.path) || byText(one.route, other.route))
    .flatMap(({ service, route }) => [
      ...closedRoutes(service)
        .filter(({ method, path }) => method === route.method && overlap(path, route.path))
        .filter(({ path }) => bySpecificity(path, route.path) < 0)
        .map(({ method, path }) => ({ methods: methodsOf(method), template: path })),
      { methods: methodsOf(route.method), template: route.path, to: { service, route } },
    ]);
}

/** What paths answer to, the right one first again. */
export function gatewayPaths(routes: readonly GatewayRoute[]): readonly GatewayPath[] {
  const templates = [...new Set(routes.map(({ template }) => template))].toSorted(bySpecificity);
  return templates.map((template) => {
    const methods = routes
      .filter((each) => each.to && covers(each.template, template))
      .flatMap((each) => each.methods)
      .filter((method) => !isClosed(routes, method, template));
    return { template, methods: [...new Set(methods)].toSorted() };
  });
}

function isClosed(routes: readonly GatewayRoute[], method: string, template: string): boolean {
  return routes.find((each) => each.methods.includes(method) && covers(each.template, template))?.to === undefined;
}

/** What a service answers to, and nobody outside may ask. */
function closedRoutes({ contract }: Service): Pick<Route, 'method' | 'path'>[] {
  return [
    ...Object.values(contract.routes).filter(({ exposed }) => !exposed),
    ...Object.values(kitPaths).map((path) => ({ method: 'GET' as const, path })),
  ].toSorted((one, other) => bySpecificity(one.path, other.path));
}

function methodsOf(method: Route['method']): readonly string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method];
}

/** Templates that differ in the names of their parameters alone, and methods: in an order that never changes. */
function byText(one: Route, other: Route): number {
  return `${one.path} ${one.method}` < `${other.path} ${other.method}` ? -1 : 1;
}
