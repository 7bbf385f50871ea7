import { exposedRoutes, type System } from '../../model/index.ts';
import { ask, type TrafficRoute } from './traffic.ts';

/** What anybody may ask of a system without knowing anything of it: each exposed GET without a parameter, a user or a query that it must have. */
export function defaultTraffic({ entrances }: System): TrafficRoute[] {
  const services = new Set(entrances.flatMap((entrance) => entrance.services));
  return [...services].flatMap(({ contract }) =>
    exposedRoutes(contract)
      .filter(({ method, user, params, query }) => method === 'GET' && !user && !params && isOptional(query))
      .map((route) => ask({ service: contract.name, route, weight: 1 })),
  );
}

function isOptional(query: ReturnType<typeof exposedRoutes>[number]['query']): boolean {
  return query === undefined || query.safeParse({}).success;
}
