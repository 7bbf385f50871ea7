import type { Route } from '../model/index.ts';

/**
 * A route with its values put in.
 *
 * @param call what its schemas want: `params`, `query` and `body`
 * @returns the path with its query, and the body as JSON where there is one
 */
export function requestOf(route: Route, call: unknown): { readonly path: string; readonly body?: string } {
  const { params = {}, query = {}, body } = (call ?? {}) as { params?: object; query?: object; body?: unknown };
  const values = new Map(Object.entries(params));
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
  return {
    path: search.size > 0 ? `${path}?${search}` : path,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}
